"""The emotion profile that ships, points and words, and profiles that cannot be used."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.errors import DocumentError, InputError
from composer_daw.files import shipped
from composer_daw.humanizer.emotion import PROFILE, EmotionProfile, Point, check_point, load_profile
from composer_daw.humanizer.expression import ANCHORS, FIGURES, Figure

FILE = shipped("configs") / PROFILE
XMIDI = ["exciting", "warm", "happy", "romantic", "funny", "sad", "angry", "lazy", "quiet", "fear"]
XMIDI += ["magnificent"]
STEPS = np.linspace(-1, 1, 9)
MEASURED = ("tempo_factor", "level_db", "articulation", "timing_ms")

WAYS = {  # along valence, along arousal; docs/humanizer.md has the same table
    "tempo_factor": ("rises", "rises"),
    "level_db": ("rises", "rises"),
    "articulation": ("falls", "falls"),
    "velocity_spread": ("falls", "rises"),
    "timing_ms": ("falls", "falls"),
    "swing": ("rises", "rises"),
    "phrase_arch": ("falls", "falls"),
    "duration_contrast": ("rises", "rises"),
    "punctuation": ("rises", "rises"),
    "final_ritard": ("falls", "falls"),
    "vibrato_cents": ("falls", "rises"),
    "vibrato_hz": ("falls", "rises"),
    "attack_ms": ("falls", "falls"),
    "brightness": ("rises", "rises"),
    "register_semitones": ("rises", "turns"),
}


@pytest.fixture(scope="module")
def profile() -> EmotionProfile:
    return load_profile()


def changed(tmp_path: Path, *swaps: tuple[str, str]) -> Path:
    """Return a copy of the profile that ships with some text of it replaced."""
    text = FILE.read_text(encoding="utf-8")
    for old, new in swaps:
        assert text.count(old) >= 1
        text = text.replace(old, new, 1)
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_published_anchors(profile: EmotionProfile) -> None:
    """Bresin & Friberg 2011, table 1: against neutral, and at the clip where the figure is out of it."""
    tempo = {"happy": 1.57, "scary": 1.40, "neutral": 1.0, "peaceful": 0.70, "sad": 0.5}  # 0.42: clipped
    level = {"happy": 8.0, "scary": 8.0, "neutral": 0.0, "peaceful": -4.9, "sad": -9.8}  # 11.4, 8.4: clipped
    notes_per_s = {"happy": 4.984, "scary": 4.446, "neutral": 3.172, "peaceful": 2.227, "sad": 1.333}
    levels = {"happy": 7.79, "scary": 4.74, "neutral": -3.66, "peaceful": -8.51, "sad": -13.44}
    for name, point in ANCHORS.items():
        played = profile.at(*point)
        assert played.tempo_factor == pytest.approx(tempo[name])
        assert played.level_db == pytest.approx(level[name])
        figure = profile.figures["tempo_factor"].values(*point, clipped=False)
        assert figure == pytest.approx(notes_per_s[name] / notes_per_s["neutral"], rel=0.005)
        figure = profile.figures["level_db"].values(*point, clipped=False)
        assert figure == pytest.approx(levels[name] - levels["neutral"], abs=0.06)


def test_articulation_is_the_slider_mapped(profile: EmotionProfile) -> None:
    slider = {"happy": 2.234, "scary": 1.976, "neutral": 1.341, "peaceful": 0.687, "sad": 0.647}
    for name, value in slider.items():
        played = profile.at(*ANCHORS[name])
        assert played.articulation == pytest.approx(1.1 - 0.378 * (value - 0.647), abs=0.003)


@pytest.mark.parametrize("name", FIGURES)
def test_which_way_each_figure_goes(profile: EmotionProfile, name: str) -> None:
    figure = profile.figures[name]
    assert (figure.way("valence"), figure.way("arousal")) == WAYS[name]
    for axis, way in enumerate(WAYS[name]):
        points = [(step, 0.0) if axis == 0 else (0.0, step) for step in STEPS]
        change = np.diff([profile.at(*point).figures()[name] for point in points])
        if way != "turns":
            assert (change * (1 if way == "rises" else -1) >= 0).all()
        if name in MEASURED:
            assert (np.abs(change) > 1e-3).all(), "a figure that is measured moves at each of nine steps"


def test_register_hardly_follows_arousal(profile: EmotionProfile) -> None:
    heights = [profile.at(0, arousal).register_semitones for arousal in STEPS]
    assert np.ptp(heights) <= 1.1


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_every_figure_stays_in_its_limits(valence: float, arousal: float) -> None:
    for name, value in load_profile_once().at(valence, arousal).figures().items():
        assert FIGURES[name].lowest <= value <= FIGURES[name].highest


@functools.cache
def load_profile_once() -> EmotionProfile:
    return load_profile()


def test_neutral_changes_nothing_that_the_score_writes(profile: EmotionProfile) -> None:
    neutral = profile.at(0, 0)
    assert (neutral.tempo_factor, neutral.level_db, neutral.swing) == (1, 0, 1)
    assert (neutral.velocity_spread, neutral.register_semitones, neutral.mode) == (1, 0, "as written")


def test_sad_wistful_desperate(profile: EmotionProfile) -> None:
    (order,) = profile.orders
    assert order.words == ("悲しい", "切ない", "絶望")
    assert set(order.falls) == {"tempo_factor", "level_db"}
    assert set(order.rises) == {"timing_ms", "phrase_arch"}
    three = [profile.at(*profile.point(word)) for word in order.words]
    for one, other in zip(three, three[1:], strict=False):
        assert other.tempo_factor / one.tempo_factor < 0.9
        assert other.level_db - one.level_db < -2
        assert other.timing_ms - one.timing_ms > 0.9
        assert other.phrase_arch - one.phrase_arch > 0.2


def test_an_order_that_figures_would_break(profile: EmotionProfile) -> None:
    flat = Figure.model_validate({"at": (1, 1, 1, 1, 1), "clip": (0.5, 1.6), "source": "ours"})
    told = list(profile.broken_orders({"tempo_factor": flat}))
    assert [one.figure for one in told] == ["tempo_factor", "tempo_factor"]
    assert told[0].problem == "tempo_factor must fall from 悲しい (1) to 切ない (1)"
    assert list(profile.broken_orders({})) == []


def test_the_labels_of_xmidi_and_emopia(profile: EmotionProfile) -> None:
    assert [name for name, word in profile.words.items() if word.source == "xmidi"] == XMIDI
    for word, signs in {"Q1": (1, 1), "Q2": (-1, 1), "Q3": (-1, -1), "q4": (1, -1)}.items():
        assert tuple(np.sign(profile.point(word))) == signs


def test_there_are_words_enough_in_both_languages(profile: EmotionProfile) -> None:
    assert len(profile.words) >= 60
    spellings = [one for name, word in profile.words.items() for one in (name, *word.also)]
    assert sum(not one.isascii() for one in spellings) >= 60
    for name, word in profile.words.items():
        if not name.startswith("Q"):
            assert any(not one.isascii() for one in word.also), f"{name} has no Japanese"


def test_what_contradicts_its_palette_is_not_called_by_its_name(profile: EmotionProfile) -> None:
    """KTH: sad has large arches, tender small ones, angry negative ones; ours follow that for sad alone."""
    assert profile.figures["phrase_arch"].source == "ours"
    signed = {name for name, one in profile.figures.items() if one.source == "kth_signs"}
    assert signed == {"duration_contrast", "punctuation"}
    happy, sad = profile.at(1, 1), profile.at(-1, -1)
    assert happy.punctuation > profile.at(0, 0).punctuation and sad.duration_contrast < 0


def test_russells_directions(profile: EmotionProfile) -> None:
    degrees = {"pleased": 0, "exciting": 45, "aroused": 90, "distressed": 135, "miserable": 180}
    degrees |= {"depressed": 225, "sleepy": 270, "relaxed": 315}
    for word, angle in degrees.items():
        valence, arousal = profile.point(word)
        assert np.degrees(np.arctan2(arousal, valence)) % 360 == pytest.approx(angle)


@pytest.mark.parametrize(
    "word",
    [
        "sad",
        "SAD",
        "悲しい",
        "哀しい",
        "かなしい",
        "カナシイ",
        "ｶﾅｼｲ",
        "kanashii",
        "悲しさ",
        "悲しみに",
        "悲しいです",
    ],
)
def test_one_word_in_many_spellings(profile: EmotionProfile, word: str) -> None:
    assert profile.name_of(word) == "sad"
    assert profile.point(word) == Point(-0.6, -0.3)


@pytest.mark.parametrize(
    ("noun", "name"),
    [
        ("sadness", "sad"),
        ("Happiness", "happy"),
        ("desperation", "desperate"),
        ("tenderness", "tender"),
        ("loneliness", "lonely"),
        ("anxiety", "anxious"),
        ("nostalgia", "nostalgic"),
    ],
)
def test_a_noun_will_do(profile: EmotionProfile, noun: str, name: str) -> None:
    assert profile.name_of(noun) == name


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("meloncholic", "melancholic"),
        ("tryumphant", "triumphant"),
        ("kanashi", "かなしい (sad), はかない (ephemeral)"),
        ("悲嘆", "嘆き (mournful), 悲しい (sad), 悲劇的 (tragic)"),
    ],
)
def test_an_unknown_word_is_told_the_nearest(profile: EmotionProfile, word: str, near: str) -> None:
    with pytest.raises(InputError) as told:
        profile.point(word)
    assert str(told.value) == f"no emotion '{word}'; near it: {near}; `composer-daw emotions list` shows all"


@pytest.mark.parametrize("word", ["", "qqqq", "🎻"])
def test_an_unknown_word_that_is_like_none(profile: EmotionProfile, word: str) -> None:
    with pytest.raises(InputError, match=f"^no emotion '{word}'; `composer-daw emotions list` shows all$"):
        profile.point(word)


@given(st.text(max_size=30))
def test_any_text_is_a_word_or_an_error(word: str) -> None:
    try:
        valence, arousal = load_profile_once().point(word)
    except InputError:
        return
    assert -1 <= valence <= 1 and -1 <= arousal <= 1


@pytest.mark.parametrize(
    ("point", "problem"),
    [
        ((3, 0), "valence 3 is outside -1..1"),
        ((0, -1.01), "arousal -1.01 is outside -1..1"),
        ((float("nan"), 0), "valence nan is outside -1..1"),
        ((0, float("inf")), "arousal inf is outside -1..1"),
    ],
)
def test_points_outside_the_square(profile: EmotionProfile, point: tuple[float, float], problem: str) -> None:
    for refused in (check_point, profile.at):
        with pytest.raises(InputError, match=f"^{re.escape(problem)}$"):
            refused(*point)


def test_mode_advice(profile: EmotionProfile) -> None:
    assert [profile.at(v, 0).mode for v in (-1, -0.21, -0.2, 0, 0.2, 0.21)] == [
        "minor", "minor", "as written", "as written", "as written", "major",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "[0.5, 1.6]",
            "[0.4, 1.6]",
            "figures: tempo_factor: clip: the clip leaves what is allowed: [0.5, 1.6]",
        ),
        ("  swing: ", "  swung: ", "figures: 'swing' is missing"),
        ("# dB, of", "speed: {at: [0, 0, 0, 0, 0], clip: [-1, 1], source: ours}  #", "speed: unknown figure"),
        ("source: kth_signs", "source: kth_sign", "no source 'kth_sign' (did you mean 'kth_signs'?)"),
        ("at: [-0.6, -0.3]", "at: [-3, -0.3]", "words: sad: at[0]: "),
        ("怒り,", "悲しい,", "words: angry: '悲しい' stands for sad, too; keep one"),
        ("[悲しい, 切ない, 絶望]", "[悲しい, 切なすぎる]", "orders[0]: words: no word '切なすぎる'"),
        (
            "[tempo_factor",
            "[tempo_facto",
            "orders[0]: no figure 'tempo_facto' (did you mean 'tempo_factor'?)",
        ),
        (
            "[悲しい, 切ない, 絶望]",
            "[悲しい, 絶望, 切ない]",
            "orders[0]: tempo_factor must fall from 絶望 (0.5) to 切ない (0.625); change the points, ",
        ),
        (
            "wistful:     {at: [-0.6, -0.6]",
            "wistful:     {at: [0.6, 0.6]",
            "orders[0]: tempo_factor must fall from 悲しい (0.762) to 切ない (1.38)",
        ),
        (
            "[4, 8, 9, 9, 15]",
            "[15, 9, 9, 8, 4]",
            "orders[0]: timing_ms must rise from 悲しい (",
        ),
        ("minor_below: -0.2", "minor_below: 0.5", "mode: minor_below must not be above"),
        ("emotion_profile: 1", "emotion_profile: 2", "emotion_profile: "),
    ],
)
def test_profiles_that_cannot_be_used(tmp_path: Path, old: str, new: str, problem: str) -> None:
    path = changed(tmp_path, (old, new))
    with pytest.raises(DocumentError, match=re.escape(problem)) as told:
        load_profile(path)
    assert re.match(rf"{re.escape(str(path))}:\d+: ", str(told.value))


def test_a_profile_of_ones_own(tmp_path: Path) -> None:
    mine = load_profile(changed(tmp_path, ("[1.57, 1.40, 1.00, 0.70, 0.42]", "[1.2, 1.2, 1, 0.9, 0.9]")))
    assert mine.at(1, 1).tempo_factor == pytest.approx(1.2)
    with pytest.raises(InputError, match="no such file"):
        load_profile(tmp_path / "none.yaml")
