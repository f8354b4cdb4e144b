"""Words: what is folded, how they read, what they may be an inflection of."""

from __future__ import annotations

import pytest

from composer_daw.humanizer.emotion_words import folded, kanji, reading, without_endings


@pytest.mark.parametrize("word", ["con brio", "Con-Brio", "ＣＯＮ＿ＢＲＩＯ", "con  brio"])
def test_width_case_spaces_and_hyphens_make_no_difference(word: str) -> None:
    assert folded(word) == "conbrio"


@pytest.mark.parametrize(
    ("kana", "romaji"),
    [
        ("かなしい", ("kanashii", "kanasii", "Kanashii")),
        ("せつない", ("setsunai", "setunai")),
        ("ぜつぼう", ("zetsubou", "zetsubo", "zetsubō", "zetubou")),
        ("きぼう", ("kibou", "kibō", "kibô")),
        ("こうふん", ("koufun", "kohun")),
        ("げきじょう", ("gekijou", "gekizyo", "gekijo")),
        ("かっぱつ", ("kappatsu", "kappatu")),
        ("きんぱく", ("kimpaku", "kinpaku")),
        ("ふあん", ("fuan", "huan")),
        ("ロマンチック", ("romanchikku",)),
        ("メロディー", ("merodeii",)),
        ("いっちょう", ("itchou", "icchou", "ittyou")),
    ],
)
def test_kana_and_romaji_read_alike(kana: str, romaji: tuple[str, ...]) -> None:
    said = {reading(one) for one in romaji if not one.startswith("icch")}
    assert said == {reading(kana)}


def test_what_has_no_reading() -> None:
    assert reading("悲しい") == ""
    assert reading("") == ""
    assert reading("!?") == "!?"


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("静かな", "静か"),
        ("静かです", "静か"),
        ("静かだった", "静か"),
        ("幸せに", "幸せ"),
        ("悲しさ", "悲しい"),
        ("悲しみ", "悲しい"),
        ("悲しげな", "悲しい"),
        ("切なく", "切ない"),
        ("寂しそうに", "寂しい"),
        ("優しかったです", "優しい"),
    ],
)
def test_endings(word: str, meant: str) -> None:
    tried = list(without_endings(word))
    assert tried[0] == word and meant in tried


@pytest.mark.parametrize("word", ["な", "です", "さ", "い", ""])
def test_an_ending_alone_is_a_word(word: str) -> None:
    assert list(without_endings(word)) == [word]


def test_kanji() -> None:
    assert kanji("悲しいsad嘆") == {"悲", "嘆"}
