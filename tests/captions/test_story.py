"""Stories in Japanese and English: the words that are read, and the point that they come to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.captions import Words, load_lexicon, read_story
from composer_daw.captions.lexicon import Lexicon
from composer_daw.composing.song import emotion_spellings
from composer_daw.documents import parse_document
from composer_daw.errors import DocumentError, InputError
from composer_daw.files import shipped

WORDS = Words.of(emotion_spellings())


def said(text: str) -> dict[str, str]:
    """Return what was read, and what it says; with a minus where it is negated."""
    return {
        one.written: ("-" if one.negated else "") + one.meaning.says for one in read_story(text, WORDS).found
    }


def point(text: str) -> tuple[float, float]:
    found = read_story(text, WORDS).point
    assert found is not None
    return found


def test_the_longest_entry_counts() -> None:
    assert said("今夜は流れ星") == {"今夜": "at night", "流れ星": "under the stars"}
    assert said("悲劇的な最後") == {"悲劇的": "tragic", "最後": "an ending"}
    assert said("She lost her first love") == {"lost": "bereft", "first love": "lovestruck"}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("彼は泣いた", "泣い"),
        ("泣きながら", "泣き"),
        ("泣けば", "泣け"),
        ("悲しかった", "悲しかっ"),
        ("悲しく響く", "悲しく"),
        ("走り出そう", "走り出そ"),
        ("消えてしまった", "消えて"),
        ("微笑んだ", "微笑ん"),
    ],
)
def test_japanese_words_are_inflected(text: str, word: str) -> None:
    assert list(said(text)) == [word]


@pytest.mark.parametrize("text", ["running", "runs", "ran", "run"])
def test_english_words_are_inflected(text: str) -> None:
    assert said(f"She {text} home") == {text: "running", "home": "back home"}


@pytest.mark.parametrize(
    ("text", "is_negated"),
    [
        ("悲しくない", True),
        ("悲しくはなかった", True),
        ("悲しいとは言わない", False),
        ("もう泣きません", True),
        ("泣かずに", True),
        ("泣いてずっと", False),
        ("she is not sad", True),
        ("she isn't sad", True),
        ("she was never really sad", True),
        ("not far. sad", False),
        ("sad, not angry", False),
        ("I cannot stop crying", False),
        ("she can't help but weep", False),
        ("not only sad but angry", False),
        ("泣かずにはいられない", False),
        ("泣かないではいられない", False),
    ],
)
def test_negation(text: str, is_negated: bool) -> None:
    first = next(one for one in read_story(text, WORDS).found if one.meaning.says in ("sad", "tearful"))
    assert first.negated == is_negated


def test_what_is_negated_counts_for_the_opposite_and_less() -> None:
    assert point("she is not happy") == (-0.4, 0.225)
    assert point("she is happy") == (0.8, 0.45)
    assert read_story("she is not happy", WORDS).emotion == ""
    assert said("not at night") == {"night": "at night"}  # a scene is there all the same


def test_what_follows_a_turn_counts_double() -> None:
    assert point("悲しい。でも嬉しい")[0] > point("悲しい。嬉しい")[0] > point("嬉しい。でも悲しい")[0]
    assert point("sad, but happy")[0] > point("happy, but sad")[0]


@pytest.mark.parametrize("text", ["星さんは帰った", "雪ちゃん", "春風先生が来た", "北海道へ行った", "八月"])
def test_names_and_other_words_are_passed_by(text: str) -> None:
    assert said(text) == {}


def test_a_name_in_english_is_no_word() -> None:
    assert "Joy" not in said("Yesterday Joy met Rain near the bridge; Joy said nothing")
    assert "Joy" in said("Joy filled the house. What joy it was")


def test_kana_inside_other_words_are_no_words() -> None:
    assert said("まいかりんぐ") == {}  # いかり
    assert said("彼のいかりが") == {"いかり": "angry"}


def test_the_emotion_is_the_one_that_is_named() -> None:
    assert read_story("切ない夜、切ない歌、嬉しい", WORDS).emotion == "wistful"
    assert read_story("The door opens.", WORDS).emotion == ""
    assert read_story("The door opens.", WORDS).point is None


SAD = ("一人で泣く冬の夜、別れの手紙", "She weeps alone in winter; they said goodbye, and hope is gone")
HAPPY = ("夏の海で友達と笑って踊る", "Friends dance and laugh in the summer sun")


@pytest.mark.parametrize(("sad", "happy"), [SAD and (SAD[0], HAPPY[0]), (SAD[1], HAPPY[1])])
def test_sad_and_happy_stories_lie_apart(sad: str, happy: str) -> None:
    (low_v, low_a), (high_v, high_a) = point(sad), point(happy)
    assert low_v < -0.2 and high_v > 0.4
    assert low_a < 0 < high_a


def test_another_language_is_refused() -> None:
    with pytest.raises(InputError, match="German"):
        read_story("Die Nacht ist kalt und der Mond ist hell", WORDS)


PIECES = [
    "悲しい",
    "雨",
    "泣いた",
    "。",
    "でも",
    "ない",
    "happy",
    " not ",
    " rain ",
    "but ",
    "さん",
    "ー",
    "\n",
    "a",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=60))
def test_any_text_gives_a_point_within_the_square(text: str) -> None:
    try:
        reading = read_story(text, WORDS)
    except InputError:
        return
    if reading.point is not None:
        assert all(-1 <= axis <= 1 for axis in reading.point)
    assert reading == read_story(text, WORDS)


def test_every_entry_of_the_lexicon_is_found_by_itself() -> None:
    for _, row in load_lexicon().rows():
        for word in row.ja:
            assert [one.meaning.says for one in read_story(f"「{word}」の", WORDS).found] == [row.says], word
        for word in row.en:
            assert row.says in said(f"so then {word} here").values(), word


def test_a_word_that_stands_twice_is_refused() -> None:
    text = (shipped("configs") / "captions" / "lexicon.yaml").read_text(encoding="utf-8")
    with pytest.raises(
        DocumentError, match=r"lexicon.yaml:\d+: motions.*'dance' stands under 'at the festival'"
    ):
        parse_document(text.replace("[festival, carnival", "[festival, dance"), Lexicon, "lexicon.yaml")
