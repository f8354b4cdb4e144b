"""Captions and attribute tokens made of the words of a story."""

from __future__ import annotations

import re

import pytest

from composer_daw.captions import Words, caption_of, language_of, load_lexicon, read_story, tokens_of
from composer_daw.captions.caption import SMALL
from composer_daw.composing.song import emotion_spellings

WORDS = Words.of(emotion_spellings())
LEXICON = load_lexicon()
VOICES = ("melody", "chords", "bass", "drums", "violin", "viola", "cello", "contrabass")
NAMES = {"melody": "violin", "chords": "electric piano", "drums": "band"}


def caption(story: str, at: tuple[float, float] | None = None, adjective: str = "") -> str:
    reading = read_story(story, WORDS)
    return caption_of(reading, at or reading.point or (0.0, 0.0), VOICES, NAMES, LEXICON, adjective)


def test_the_words_of_the_story_stand_in_it() -> None:
    assert caption("夕暮れ、寂しい", (-0.6, -0.5)) == "a lonely cello at dusk, slow and tender"
    said = caption("She runs laughing through the summer city with her friends")
    assert said == "a laughing band running in summer in the city, of friends, bright and energetic"


def test_without_a_feeling_the_emotion_is_said() -> None:
    assert caption("", (-0.6, 0.6), "anxious") == "an anxious bass, restless and tense"
    assert caption("She walks by the sea", (0.0, 0.0)).startswith("a violin wandering by the sea, ")


def test_a_story_that_tells_nothing_leaves_the_manner() -> None:
    assert caption("", (0.0, 0.0)) == "steady and flowing"
    assert caption("The door opens.", (-0.6, -0.6)) == "slow and tender"


@pytest.mark.parametrize(
    ("story", "said"),
    [
        ("light, a hopeful light", "a hopeful guitar in the light, warm"),
        ("She is warm at home", "a warm guitar back home, light"),
        ("tender, tender night", "a tender cello at night, slow"),
    ],
)
def test_what_has_been_said_is_not_said_again(story: str, said: str) -> None:
    at = (-0.6, -0.6) if "tender" in story else (0.6, 0.0)
    names = {**NAMES, "chords": "guitar"}
    assert caption_of(read_story(story, WORDS), at, VOICES, names, LEXICON) == said


def test_phrases_that_meet_share_a_word() -> None:
    said = caption("He fights on; the battlefield burns", (-0.6, 0.6))
    assert "fighting on the battlefield" in said, said


def test_no_caption_of_the_lexicon_says_a_word_twice() -> None:
    rows = [row for _, row in LEXICON.rows() if row.en]
    for one, other in zip(rows, rows[7:] + rows[:7], strict=True):
        for at in ((-0.6, -0.6), (0.0, 0.0), (0.6, 0.0), (0.6, 0.6)):
            said = caption(f"{one.en[0]}; {other.en[0]}", at)
            words = [word for word in re.findall(r"[a-zé]+", said) if word not in SMALL]
            assert len(words) == len(set(words)), said


def test_what_is_negated_is_not_said() -> None:
    assert "sad" not in caption("he is not sad") and "sad" not in tokens_of(
        read_story("he is not sad", WORDS), (0, 0), LEXICON
    )


def test_a_voice_that_does_not_play_is_not_named() -> None:
    reading = read_story("寂しい", WORDS)
    said = caption_of(reading, (-0.6, -0.6), ("bass", "drums"), NAMES, LEXICON)
    assert said.startswith("a lonely bass")
    assert caption_of(reading, (-0.6, -0.6), (), NAMES, LEXICON).startswith("a lonely song")


@pytest.mark.parametrize("valence", [-0.8, 0.0, 0.8])
@pytest.mark.parametrize("arousal", [-0.8, 0.0, 0.8])
def test_every_third_has_a_manner_in_english(valence: float, arousal: float) -> None:
    said = caption("雨の夜", (valence, arousal))
    assert language_of(said)[0] == "en"
    assert re.fullmatch(r"an? [a-z -]+ at night in the rain, \w+ and \w+", said)


def test_tokens_come_once_and_are_eight_at_most() -> None:
    reading = read_story("雨の夜、雨、海、山、森、街、別れ、涙、雪、星、風", WORDS)
    tokens = tokens_of(reading, (0.0, 0.0), LEXICON)
    assert len(tokens) == len(set(tokens)) == 8
    assert tokens[0] == "rain"


def test_most_tokens_mean_something_to_the_arranger() -> None:
    """A token that no generator knows is lost; nearly all tilt the one that ships."""
    from composer_daw.composing.arranger.tables import words

    known = words()
    tokens = {token for _, row in LEXICON.rows() for token in row.tokens}
    assert len(tokens & set(known)) >= 0.8 * len(tokens), sorted(tokens - set(known))
