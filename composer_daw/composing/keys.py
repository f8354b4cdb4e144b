"""Keys as people write them: A minor, F# major, Bbm, ハ長調, 嬰ヘ短調."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator

from composer_daw.composing.conditions import Key, Mode

LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
KANA = {"ハ": 0, "ニ": 2, "ホ": 4, "ヘ": 5, "へ": 5, "ト": 7, "イ": 9, "ロ": 11}
SHARPS, FLATS = ("#", "♯", "sharp", "嬰"), ("b", "♭", "flat", "変")
MODES: dict[str, Mode] = {
    "": "major", "major": "major", "maj": "major", "minor": "minor", "min": "minor", "m": "minor",
    "長調": "major", "短調": "minor",
}  # fmt: skip
ENGLISH = re.compile(r"([a-g])\s*-?\s*(#|♯|sharp|b|♭|flat)?\s*(major|minor|maj|min|m)?", re.IGNORECASE)
JAPANESE = re.compile(r"(嬰|変)?([ハニホヘへトイロ])(長調|短調)")
NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def key_of(text: str) -> Key:
    """Return the key that a text names; raise ValueError."""
    plain = unicodedata.normalize("NFC", text).strip()
    if found := JAPANESE.fullmatch(plain):
        shift, kana, mode = found.groups()
        return Key((KANA[kana] + _shift(shift)) % 12, MODES[mode])
    if found := ENGLISH.fullmatch(plain):
        letter, shift, mode = found.groups()
        big_m = mode == "M"
        return Key(
            (LETTERS[letter.lower()] + _shift(shift)) % 12,
            "major" if big_m else MODES[(mode or "").lower()],
        )
    raise ValueError(f"'{text}' is no key; write one such as A minor, F# major or ハ長調")


def key_name(key: Key) -> str:
    """Return a key in words (reverse of `key_of`)."""
    return f"{NAMES[key.tonic]} {key.mode}"


def fifths_of(key: Key) -> tuple[int, bool]:
    """Return a key's signature: how many sharps (flats are negative), and whether it is minor."""
    tonic = key.tonic + (3 if key.mode == "minor" else 0)
    sharps = 7 * tonic % 12
    return sharps - 12 if sharps > 6 else sharps, key.mode == "minor"


def _shift(text: str | None) -> int:
    plain = (text or "").lower()
    return 1 if plain in SHARPS else -1 if plain in FLATS else 0


def _checked(text: str) -> str:
    key_of(text)
    return text


KeyText = Annotated[str, AfterValidator(_checked)]
"""A key in a document."""
