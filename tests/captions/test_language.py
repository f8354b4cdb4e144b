"""Which language a text is in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.captions import check_language, language_of
from composer_daw.errors import InputError


@pytest.mark.parametrize(
    "text",
    [
        "雨の夜、彼女は一人で泣いていた。",
        "絶望",
        "東京物語",
        "夜空へ Fly away",
        "ﾖﾙﾉﾏﾁ",
        "kimi no koe ga kikoeru",
        "yoru no machi wo aruku",
        "坂本さんとBeatlesを聴く",
    ],
)
def test_japanese(text: str) -> None:
    assert check_language(text) == "ja"


@pytest.mark.parametrize(
    "text",
    [
        "She waits alone in the rain.",
        "",
        "...!?",
        "Rain.",
        "oh la la la, hey yeah",
        "Frau Schmidt walks home",
        "Jean-Luc and Amélie meet the Müllers in Rio de Janeiro",
        "Сергей walks home in the rain",
        "李明 waits for the last train, and nobody comes to the station",
        "She sings さくら by the river, and the wind answers",
        "don't you want me",
        "RAIN ON THE WINDOW",
    ],
)
def test_english_with_names(text: str) -> None:
    assert check_language(text) == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Mond ist aufgegangen und die Sterne prangen", "German"),
        ("La lune est belle et la nuit est noire", "French"),
        ("La luna es bella y la noche es oscura", "Spanish"),
        ("La luna è bella e la notte è nera", "Italian"),
        ("A lua é bonita e a noite é escura", "Portuguese"),
        ("De maan is mooi en de nacht is donker", "Dutch"),
        ("Månen är vacker och natten är mörk", "Swedish"),
        ("Yö on hiljainen ja kylmä, se on yksin", "Finnish"),
        ("Noc jest ciemna i nie ma nikogo na ulicy", "Polish"),
        ("Gece çok karanlık ve bir daha gelmedi", "Turkish"),
        ("我在夜里等你，你没有来", "Chinese"),
        ("我的祖父守着灯塔,每天晚上写信,悲伤地哭泣。", "Chinese"),
        ("秋风起兮白云飞草木黄落兮雁南归", "Chinese"),
        ("밤에 혼자 걷는다", "Korean"),
        ("Ночь, улица, фонарь", "Cyrillic"),
        ("Η νύχτα είναι μεγάλη", "Greek"),
        ("الليل طويل", "Arabic"),
        ("Lorem ipsum dolor sit amet consectetur adipiscing elit", "Latin"),
        ("zxcv qwrt plmk bvcx nhyt gfds", "does not know"),
    ],
)
def test_others_are_refused(text: str, language: str) -> None:
    found, said = language_of(text)
    assert found is None and language in said
    with pytest.raises(InputError, match="write Japanese or English"):
        check_language(text)


@given(st.text(max_size=200))
def test_any_text_has_an_answer(text: str) -> None:
    language, said = language_of(text)
    assert (language in ("ja", "en")) != bool(said)
