"""What a generator promises, clause by clause: a score that breaks one is refused in one line."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from small_composing import Plain, write_song

from composer_daw.composing.arranger import Arranger
from composer_daw.composing.conditions import Generator, SongConditions
from composer_daw.composing.generators import GENERATORS, check_genre, generator_named
from composer_daw.composing.request import load_request
from composer_daw.composing.score_check import CLAUSES, check_score
from composer_daw.composing.spans import spans_of
from composer_daw.errors import InputError
from composer_daw.events import Kind
from composer_daw.performance import CONTROL, Performance, TempoMap, Text

ROOT = Path(__file__).parents[2]
Change = Callable[[Performance], Performance]


@pytest.fixture(scope="module")
def conditions(tmp_path_factory: pytest.TempPathFactory) -> SongConditions:
    return load_request(write_song(tmp_path_factory.mktemp("song"))).conditions


@pytest.fixture(scope="module")
def score(conditions: SongConditions) -> Performance:
    return Plain().generate(conditions, 0)


def put(column: str, value: float, row: int = 5, written: bool = True) -> Change:
    """Return a change of one note."""

    def change(score: Performance) -> Performance:
        notes = score.notes.copy()
        for name in (column, f"written_{column}") if written and column.endswith("_s") else (column,):
            notes[name][row] = value
        return dataclasses.replace(score, notes=notes)

    return change


def texts(*texts: tuple[float, str, str]) -> Change:
    """Return a change that leaves only these texts: beat, text, kind."""

    def change(score: Performance) -> Performance:
        made = [
            Text(float(score.tempo.seconds_at(beat)), text, kind)  # type: ignore[arg-type]
            for beat, text, kind in texts
        ]
        return dataclasses.replace(score, texts=tuple(made))

    return change


def tempo(bpm: list[float], metres: tuple[tuple[float, int, int], ...] = ((0.0, 4, 4),)) -> Change:
    beats = np.arange(len(bpm), dtype=float)
    return lambda score: dataclasses.replace(score, tempo=TempoMap(beats, np.array(bpm), metres))


def control(time_s: float, channel: int = 0, track: int = 0) -> Change:
    rows = np.array([(time_s, int(Kind.CONTROL), channel, track, 64, 127)], CONTROL)
    return lambda score: dataclasses.replace(score, controls=rows)


def named(*sets: tuple[str, ...]) -> Change:
    """Return a change of the sets of techniques, in the order in which the score lists them."""
    return lambda score: dataclasses.replace(score, techniques=(*sets, *score.techniques[len(sets) :]))


def repeated(score: Performance) -> Performance:
    """Return the score with the second note of the melody at the pitch of the first, which is held."""
    melody = np.flatnonzero(score.notes["track"] == 0)[:2]
    notes = score.notes.copy()
    notes["pitch"][melody] = 60
    notes["duration_s"][melody[0]] = notes["written_duration_s"][melody[0]] = 1.6
    return dataclasses.replace(score, notes=notes)


def of_track(track: int, **columns: float) -> Change:
    def change(score: Performance) -> Performance:
        notes = score.notes.copy()
        for name, value in columns.items():
            notes[name][notes["track"] == track] = value
        return dataclasses.replace(score, notes=notes)

    return change


FORM = ((0.0, "verse", "marker"), (32.0, "chorus", "marker"), (64.0, "verse", "marker"))
BROKEN: dict[str, tuple[Change, str]] = {
    "parts": (
        lambda score: dataclasses.replace(score, tracks=score.tracks[:2]),
        "the parts melody, bass, not melody, bass, drums, violin",
    ),
    "a part too many": (put("track", 4), "notes or controls for part 5, of 4 parts"),
    "the tempo": (tempo([60.0]), "the tempo 60, where the song has 71"),
    "two tempos": (tempo([71.0, 72.0]), "the tempo 71 and 72, where the song has 71"),
    "the metre": (tempo([71.0], ((0.0, 3, 4),)), "another metre than 4/4"),
    "a marker too few": (texts(*FORM[:2]), "the markers verse, chorus, which are not the form"),
    "a marker too many": (
        texts(*FORM, (70.0, "[technique:pizzicato]", "marker")),
        "the markers verse, chorus, verse, [technique:pizzicato], which are not the form",
    ),
    "a marker off the bar line": (
        texts(FORM[0], (33.0, "chorus", "marker"), FORM[2]),
        "the marker of chorus on beat 33, where the section begins on 32",
    ),
    "another text": (texts(*FORM, (1.0, "pizz.", "text")), "texts of the kind text; only markers and lyrics"),
    "no number": (put("onset_s", np.nan), "notes at times that are no numbers"),
    "played elsewhere": (put("onset_s", 3.0, written=False), "played at other times than they are written"),
    "no length": (put("duration_s", 0.0), "notes without length"),
    "before the start": (put("onset_s", -0.5), "notes from beat -0.59"),
    "after the end": (put("onset_s", 90.0), "where the song has 0 to 96"),
    "a control before the start": (control(-1.0), "controls at times that are none"),
    "two channels": (control(1.0, channel=7), "melody on 2 channels; each part has one"),
    "the kit's channel": (of_track(0, channel=9), "melody on channel 10; the kit has 10, no other"),
    "a kit elsewhere": (of_track(2, channel=5), "drums on channel 6; the kit has 10, no other"),
    "one channel for two": (of_track(1, channel=0), "melody and bass on the same channel, 1"),
    "a range": (of_track(0, pitch=20), "melody from 20 to 20, and it has 43 to 96"),
    "a velocity": (put("velocity", 0), "velocities from 0 to 90; they go from 1 to 127"),
    "a pitch twice": (repeated, "a pitch of melody that begins again while it sounds"),
    "a technique that is not listed": (put("technique", 9), "techniques that the score does not list"),
    "a technique that a part lacks": (named(("tremolo",)), "with tremolo, which its instrument does not"),
    "what was asked": (of_track(3, technique=0), "notes of violin in verse without pizzicato"),
}


def test_a_score_that_keeps_the_promise_passes(score: Performance, conditions: SongConditions) -> None:
    assert conditions.bpm == 71
    check_score(score, conditions)
    check_score(control(1.0)(score), conditions)
    check_score(texts(*FORM, (1.0, "la", "lyric"))(score), conditions)


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_promise_is_told(score: Performance, conditions: SongConditions, case: str) -> None:
    change, problem = BROKEN[case]
    with pytest.raises(InputError, match="^the generator wrote ") as error:
        check_score(change(score), conditions)
    assert problem in str(error.value) and "\n" not in str(error.value)


def test_every_clause_has_a_case(score: Performance, conditions: SongConditions) -> None:
    breaks = set()
    for change, _ in BROKEN.values():
        for clause in CLAUSES:
            try:
                clause(change(score), conditions)
            except InputError:
                breaks.add(clause)
                break
    assert breaks == set(CLAUSES)


def test_a_silent_part_breaks_nothing(score: Performance, conditions: SongConditions) -> None:
    only = dataclasses.replace(score, notes=score.notes[score.notes["track"] == 3])
    check_score(only, conditions)
    check_score(dataclasses.replace(score, notes=score.notes[:0]), conditions)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "examples" / "songs").glob("*.yaml")), ids=lambda path: path.stem
)
def test_the_arranger_keeps_it(path: Path) -> None:
    told = load_request(path).conditions
    check_score(Arranger().generate(told, 5), told)


def test_spans(conditions: SongConditions) -> None:
    spans = [(one.name, one.start, one.end) for one in spans_of(conditions)]
    assert spans == [("verse", 0, 32), ("chorus", 32, 64), ("verse", 64, 96)]


# --- who can write ---------------------------------------------------------------------------------------


def test_generators_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(generator_named("arranger"), Arranger)
    monkeypatch.setitem(GENERATORS, "plain", "small_composing:Plain")
    made: Generator = generator_named("plain")
    assert made.name == "plain 1"
    with pytest.raises(InputError, match=r"no generator 'aranger' \(did you mean 'arranger'\?\); there is"):
        generator_named("aranger")


def test_a_genre_that_a_generator_does_not_write(monkeypatch: pytest.MonkeyPatch) -> None:
    check_genre(Plain(), "ballad")
    monkeypatch.setattr(Plain, "genres", frozenset({"rock", "pop"}))
    with pytest.raises(InputError, match="plain 1 writes no 'ballad'; it has pop, rock"):
        check_genre(Plain(), "ballad")
