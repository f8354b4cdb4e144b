"""Invariants of the whole humanizer, over scores that nobody would write."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_scores import POINTS, scores

from composer_daw.errors import InputError
from composer_daw.humanizer import Humanized, apply, humanize, load_plan, save_plan
from composer_daw.humanizer.rules.palette import PALETTE
from composer_daw.midi import load_midi, save_midi
from composer_daw.performance import Performance, TempoMap, note_rows

US = 1.5e-6
"""Played times are whole microseconds."""
TEMPI = st.sampled_from(["keep", "map"])
EXAMPLES = settings(max_examples=60)


def by_source(performance: Performance) -> np.ndarray:
    return performance.notes[np.argsort(performance.notes["source"])]


def check_valid(score: Performance, humanized: Humanized) -> None:
    """Fail unless what must hold of any performance of a score holds."""
    played = humanized.performance
    before, after = by_source(score), by_source(played)
    for column in ("pitch", "channel", "track", "technique", "source"):
        assert np.array_equal(before[column], after[column])
    assert np.isfinite(after["onset_s"]).all() and (after["onset_s"] >= 0).all()
    assert ((after["velocity"] >= 1) & (after["velocity"] <= 127)).all()
    for track, channel in {(row["track"], row["channel"]) for row in before}:
        voice = (before["track"] == track) & (before["channel"] == channel)
        was, now = before["onset_s"][voice], after["onset_s"][voice]
        order = np.argsort(was, kind="stable")
        for one, other in itertools.combinations(order, 2):
            assert was[other] - was[one] < US or now[one] <= now[other] + US
    for rows in of_one_key(before):
        check_one_key(by_source(humanized.lines.performance)[rows], after[rows])
    assert np.array_equal(np.sort(score.controls["value"]), np.sort(played.controls["value"]))
    assert (np.diff(played.controls["time_s"]) >= 0).all() and (played.controls["time_s"] >= 0).all()
    assert len(played.texts) == len(score.texts)
    assert (played.tempo.bpm > 3.57).all() and (np.diff(played.tempo.beats) > 0).all()


def of_one_key(notes: np.ndarray) -> Iterator[np.ndarray]:
    key = notes["channel"].astype(int) * 128 + notes["pitch"]
    return (np.flatnonzero(key == one) for one in np.unique(key))


def check_one_key(was: np.ndarray, now: np.ndarray) -> None:
    """Fail where notes of one pitch and channel overlap or come apart that did not in the score, or are cut.

    `was` is the score at the tempo that is played; rows are one, columns the other note of each pair.
    """
    onset, end, later, ended = (
        one[:, None] for one in (was["onset_s"], ends_s(was), now["onset_s"], ends_s(now))
    )
    after = onset.T - onset  # how much later the other begins
    silent = onset.T - end  # how long neither sounds
    apart, nearly = (after > US) & (silent >= 0), (after > 0) & (silent >= -3 * US)
    assert (ended <= later.T + US)[apart].all()
    assert (later.T - later >= np.minimum(after, 0.020) - 2 * US)[after > US].all()
    room = np.where(nearly, after, np.inf).min(axis=1)
    assert (now["duration_s"] >= np.minimum(room, 0.020) - 2 * US).all()
    together = (after == 0) & (was["track"][:, None] == was["track"])
    together &= was["written_onset_s"][:, None] == was["written_onset_s"]
    assert (later == later.T)[together].all()


def ends_s(notes: np.ndarray) -> np.ndarray:
    return notes["onset_s"] + notes["duration_s"]


@EXAMPLES
@given(scores(), POINTS, TEMPI, st.floats(0.01, 2.0), st.integers(0, 5))
def test_whatever_the_score_the_performance_is_valid(
    score: Performance, point: tuple[float, float], tempo: str, strength: float, seed: int
) -> None:
    humanized = humanize(score, *point, tempo=tempo, strength=strength, seed=seed)
    check_valid(score, humanized)
    if tempo == "keep":
        assert humanized.performance.tempo is score.tempo


@EXAMPLES
@given(scores(), POINTS, st.dictionaries(st.sampled_from(list(PALETTE)), st.floats(0, 5), max_size=6), TEMPI)
def test_whatever_the_rules_the_performance_is_valid(
    score: Performance, point: tuple[float, float], rules: dict[str, float], tempo: str
) -> None:
    check_valid(score, humanize(score, *point, tempo=tempo, rules=rules, rubato=0.5))


@EXAMPLES
@given(scores(), POINTS, st.integers(0, 5))
def test_keep_keeps_the_length(score: Performance, point: tuple[float, float], seed: int) -> None:
    played = humanize(score, *point, seed=seed).performance
    crowded = 0.02 * (len(score.notes) + 1)
    if score.duration_s > crowded:
        assert played.duration_s == pytest.approx(score.duration_s, abs=US)
    assert np.allclose(by_source(played)["written_onset_s"], by_source(score)["written_onset_s"])


@EXAMPLES
@given(scores(deviate=False), POINTS)
def test_map_keeps_the_beats(score: Performance, point: tuple[float, float]) -> None:
    played = humanize(score, *point, tempo="map").performance
    before, after = by_source(score), by_source(played)
    beats = [one.tempo.beats_at(rows["written_onset_s"]) for one, rows in ((score, before), (played, after))]
    assert np.allclose(*beats, atol=1e-6)


@given(scores(), POINTS, TEMPI)
def test_strength_0_is_the_identity(score: Performance, point: tuple[float, float], tempo: str) -> None:
    assert humanize(score, *point, tempo=tempo, strength=0, rubato=1).performance is score


@settings(max_examples=40)
@given(score=scores(), point=POINTS, tempo=TEMPI, rubato=st.sampled_from([0.0, 0.7]))
def test_a_plan_makes_the_same_bytes_again(
    tmp_path_factory: pytest.TempPathFactory,
    score: Performance,
    point: tuple[float, float],
    tempo: str,
    rubato: float,
) -> None:
    folder = tmp_path_factory.mktemp("plan")
    first, second = (humanize(score, *point, tempo=tempo, rubato=rubato, seed=3) for _ in range(2))
    save_plan(first.plan, folder / "plan.json")
    again = apply(score, load_plan(folder / "plan.json"))
    data = [bytes_of(one, folder / "a.mid") for one in (first, second, again)]
    assert data[0] == data[1] == data[2]
    assert first.performance.notes.tobytes() == again.performance.notes.tobytes()


def bytes_of(humanized: Humanized, path: Path) -> bytes:
    save_midi(humanized.performance, path, by_track=True)
    return path.read_bytes()


@settings(max_examples=60)
@given(scores(deviate=False), POINTS, TEMPI)
def test_the_file_says_the_same_within_a_tick(
    tmp_path_factory: pytest.TempPathFactory, score: Performance, point: tuple[float, float], tempo: str
) -> None:
    path = tmp_path_factory.mktemp("file") / "played.mid"
    played = humanize(score, *point, tempo=tempo).performance
    save_midi(played, path, by_track=True)
    read = load_midi(path)
    ticks = [np.sort(one.tempo.beats_at(one.notes["onset_s"]) * 960) for one in (played, read)]
    assert np.abs(ticks[0] - ticks[1]).max() <= 0.51
    ends = [one.tempo.beats_at(one.duration_s) * 960 for one in (played, read)]
    assert abs(ends[0] - ends[1]) <= 1.01
    assert [one.name for one in read.tracks] == [one.name for one in played.tracks]
    for track in range(3):
        pitches = [np.sort(one.notes["pitch"][one.notes["track"] == track]) for one in (played, read)]
        assert np.array_equal(*pitches)


def melody(count: int = 16, bpm: float = 120.0) -> Performance:
    step = 60.0 / bpm
    notes = note_rows([(step * n, step, 60 + n % 7, 60 + 2 * (n % 30)) for n in range(count)])
    return Performance(notes, tempo=TempoMap(np.zeros(1), np.full(1, bpm)))


def test_another_seed_is_another_performance() -> None:
    one, other = (humanize(melody(), seed=seed).performance.notes for seed in (1, 2))
    assert not np.array_equal(one["onset_s"], other["onset_s"])


def test_no_note_and_one_note() -> None:
    assert len(humanize(Performance(), 1, 1, tempo="map").performance.notes) == 0
    alone = melody(1)
    for tempo in ("keep", "map"):
        check_valid(alone, humanize(alone, -1, -1, tempo=tempo))
    assert humanize(alone).performance.duration_s == alone.duration_s


def test_drums_alone() -> None:
    drums = melody(32).with_notes(channel=9, pitch=[36, 42, 38, 42] * 8)
    for tempo in ("keep", "map"):
        played = humanize(drums, 1, 1, tempo=tempo)
        check_valid(drums, played)
    assert played.performance.duration_s < 0.7 * drums.duration_s


def test_thirty_tracks() -> None:
    notes = np.concatenate([melody(40).notes for _ in range(30)])
    notes["track"], notes["channel"] = np.repeat(np.arange(30), 40), np.repeat(np.arange(30) % 16, 40)
    notes["pitch"] += np.repeat(np.arange(30) % 3, 40)
    notes["source"] = np.arange(len(notes))
    score = Performance(notes)
    for tempo in ("keep", "map"):
        check_valid(score, humanize(score, -0.5, 0.5, tempo=tempo))


def test_three_hours() -> None:
    score = melody(12_000, bpm=67.0)
    assert score.duration_s > 2.9 * 3600
    played = humanize(score, 0.2, 0.2).performance
    assert played.duration_s == pytest.approx(score.duration_s, abs=US)


@pytest.mark.parametrize("metre", [(0, 4), (255, 64), (1, 64)])
def test_metres_that_are_none(metre: tuple[int, int]) -> None:
    score = Performance(melody().notes, tempo=TempoMap(metres=((0.0, *metre),)))
    for tempo in ("keep", "map"):
        check_valid(score, humanize(score, 1, 1, tempo=tempo, rubato=0.5))


@pytest.mark.parametrize("bpm", [0.0, -3.0, 60e6, float("nan")])
def test_a_tempo_of_zero_is_refused(bpm: float) -> None:
    with np.errstate(divide="ignore", invalid="ignore"):
        tempo = TempoMap(np.zeros(1), np.full(1, bpm))
    score = Performance(melody(4).notes, tempo=tempo)
    with pytest.raises(InputError, match="the tempo at beat 0 is .*; give it one that can be played"):
        humanize(score)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"valence": 3}, "valence 3 is outside -1..1"),
        ({"arousal": float("nan")}, "arousal nan is outside -1..1"),
        ({"emotion": "trumphant"}, "no emotion 'trumphant'; near it: triumphant"),
        ({"strength": -1}, "strength -1 is outside 0..2"),
        ({"rubato": 1.5}, "rubato 1.5 is outside 0..1"),
        ({"tempo": "kept"}, "no tempo 'kept' .did you mean 'keep'"),
        ({"rules": {"high_lout": 1}}, "no rule 'high_lout' .did you mean 'high_loud'"),
        ({"rules": {"high_loud": 99}}, "high_loud: strength 99 is outside -10..10"),
        ({"rules": {"score_legato": -1}}, "score_legato: strength -1: .* greater than or equal to 0"),
    ],
)
def test_bad_options_in_one_line(options: dict, said: str) -> None:
    with pytest.raises(InputError, match=said) as told:
        humanize(melody(), **options)
    assert "\n" not in str(told.value)


def test_words_and_what_takes_their_place() -> None:
    plan = humanize(melody(), emotion="悲しい", arousal=0.5).plan
    assert (plan.valence, plan.arousal, plan.emotion) == (-0.6, 0.5, "悲しい")


def test_the_plan_says_where_the_rubato_is_from() -> None:
    assert humanize(melody()).plan.rubato.source == "none"
    assert humanize(melody(), rubato=0.5).plan.rubato.source not in ("none", "")
