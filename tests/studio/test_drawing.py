"""Lanes, rolls, tempo and sections on one time axis."""

from __future__ import annotations

import re

import numpy as np
import pytest
import studio_samples as samples
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.pages import RollNote, roll_svg
from composer_daw.performance import Performance, TempoMap, Text
from composer_daw.studio import Marker, Piece, Stem, Version, markers_of, tempo_curve
from composer_daw.studio.drawing import (
    MOST_RUNS,
    MOST_WRITTEN,
    KitAxes,
    Shape,
    drawn_layers,
    layers_of,
    legend_of,
    named,
    placed,
    runs_of,
    sections_of,
    shows_written,
    tempo_drawing,
)


@given(st.lists(st.floats(0.0, 59.9), min_size=1, max_size=9))
def test_sections_fill_the_time_from_the_first_on(starts: list[float]) -> None:
    sections = placed(sections_of([Marker(at, f"s{at}") for at in starts], 60.0), 60.0)
    assert sections[0]["start"] == pytest.approx(min(starts), abs=1e-3)
    assert [one["end"] for one in sections] == [*(one["start"] for one in sections[1:]), 60.0]
    assert sum(one["width"] for one in sections) + sections[0]["left"] == pytest.approx(100.0, abs=0.1)
    assert len(sections) == len({round(at, 3) for at in starts})


def test_sections_that_begin_together_are_one_and_those_outside_are_none() -> None:
    markers = [
        Marker(4.0, "B", "late"),
        Marker(1.0, "A"),
        Marker(4.0, "C", "night"),
        Marker(9.0, "D"),
        Marker(-1.0, "E"),
    ]
    sections = sections_of(markers, 8.0)
    assert [(one["title"], one["start"], one["end"], one["text"]) for one in sections] == [
        ("A", 1.0, 4.0, ""),
        ("B · C", 4.0, 8.0, "late night"),
    ]
    assert sections_of([], 8.0) == []


def test_tempo_is_drawn_in_steps_over_the_time() -> None:
    drawing = tempo_drawing([(0.0, 100.0), (30.0, 120.0), (45.0, 80.0), (70.0, 10.0)], 60.0)
    assert drawing is not None and drawing["words"] == "80–120 bpm"
    found = re.fullmatch(r"M0 ([\d.]+)H([\d.]+)V([\d.]+)H([\d.]+)V([\d.]+)H1000", drawing["path"])
    assert found
    first, at, higher, then, lowest = map(float, found.groups())
    assert (at, then) == (500.0, 750.0) and higher < first < lowest
    flat = tempo_drawing([(0.0, 96.0)], 60.0)
    assert flat == {"path": "M0 50.0H1000", "words": "96 bpm"}
    assert tempo_drawing([], 60.0) is None


def test_a_version_shows_its_stems_notes_or_its_own() -> None:
    stems = samples.stems()
    by_stem = layers_of(Version("mix", samples.mixed(stems), samples.notes(), stems=stems))
    assert [(one.stem, one.percussion) for one in by_stem] == [
        ("bass", True),
        ("chords", False),
        ("melody", False),
    ]
    own = layers_of(Version("mix", samples.mixed(stems), samples.notes()))
    assert [(one.stem, len(one.notes)) for one in own] == [("", 12)]
    assert layers_of(Version("mix", samples.mixed(stems))) == []


def test_drums_have_a_strip_of_their_own() -> None:
    shape = Shape.of(samples.song(), [6.0, 6.0])
    assert shape.tuned is not None and shape.kit is not None
    assert (shape.tuned.span_s, shape.kit.span_s) == (6.0, 6.0)
    assert shape.tuned.low_pitch <= 64 <= 72 <= shape.tuned.high_pitch
    drawn = drawn_layers(shape, 1)
    assert [(one["stem"], one["percussion"]) for one in drawn] == [
        ("bass", True),
        ("chords", False),
        ("melody", False),
    ]
    assert all(str(one["drawing"]).count('class="note"') == 12 for one in drawn)
    assert Shape.of(samples.twins(), [6.0, 6.0]).kit is None


def test_each_piece_of_a_kit_has_a_row() -> None:
    snare = [(38, "snare=hit"), (31, "snare=flam"), (38, "snare=hit")]
    strokes = [(36, "kick=hit"), *snare, (42, "hit+hi_hat=closed"), (60, "")]
    notes = [RollNote(0.1 * at, 0.1 * at + 0.05, *stroke) for at, stroke in enumerate(strokes)]
    axes = KitAxes.of(notes, 1.0)
    assert axes.names == [("C4", 0.0), ("hi hat", 25.0), ("snare", 50.0), ("kick", 75.0)]
    assert [axes.pitch_percent(note.pitch) for note in notes] == [75.0, 50.0, 50.0, 50.0, 25.0, 0.0]
    assert (axes.pitches, axes.octaves) == (4, [])
    assert len(re.findall(r'"sounding"[^>]*height="25.0%"', str(roll_svg(notes, axes)))) == 6


def test_techniques_are_listed_once_over_all_versions() -> None:
    legend = legend_of(Shape.of(samples.twins(), [6.0, 6.0]))
    assert sorted(text for text, _ in legend) == ["legato", "pizzicato"]


def test_many_notes_are_drawn_without_what_was_written() -> None:
    sound = samples.audio(samples.noise(length_s=1.0))
    for count, written in ((MOST_WRITTEN, True), (MOST_WRITTEN + 1, False)):
        notes = [RollNote(0.01 * at, 0.01 * at + 0.01, 60, "legato", 0.0, 1.0) for at in range(count)]
        shape = Shape.of(Piece("piece", [Version("one", sound, notes)]), [20.0])
        assert shows_written(shape) is written
        assert [note.offset_s for note in shape.layers[0][0].notes] == [note.offset_s for note in notes]


def test_drums_are_named_by_piece_and_stroke() -> None:
    notes = [RollNote(0.0, 0.1, 38, "snare=side_stick")]
    piece = Piece("piece", [Version("kit", samples.audio(samples.noise(length_s=1.0)), notes)])
    assert [text for text, _ in legend_of(Shape.of(piece, [1.0]))] == ["snare side stick"]
    told = ("snare=side_stick", "hit+kick=hit", "hit+snare=ghost", "palm_mute")
    assert [named(one) for one in told] == ["snare side stick", "kick", "snare ghost", "palm mute"]


def test_drums_with_rows_of_their_own_are_not_in_the_legend() -> None:
    sound = samples.audio(samples.noise(length_s=1.0))
    stems = [
        Stem("kit", sound, [RollNote(0.0, 0.1, 38, "hit+snare=ghost")], percussion=True),
        Stem("tune", sound, [RollNote(0.0, 0.1, 60, "legato")]),
    ]
    shape = Shape.of(Piece("piece", [Version("mix", sound, stems=stems)]), [1.0])
    assert [text for text, _ in legend_of(shape)] == ["legato"]


def test_runs_too_short_to_be_read_are_left_out() -> None:
    assert [run.label for run in runs_of(samples.notes(), 6.0)] == ["legato"]
    busy = [RollNote(0.01 * at, 0.01 * at + 0.01, 60, "ab"[at % 2]) for at in range(MOST_RUNS + 1)]
    assert runs_of(busy, 6.0) == [] and len(runs_of(busy[:-1], 6.0)) == MOST_RUNS
    assert runs_of([], 6.0) == []


def test_tempo_and_markers_of_a_score() -> None:
    tempo = TempoMap(np.array([0.0, 4.0]), np.array([120.0, 60.0]))
    texts = (
        Text(2.0, " chorus ", "marker"),
        Text(0.0, "verse", "marker"),
        Text(1.0, "la", "lyric"),
        Text(1.5, " ", "marker"),
    )
    score = Performance(texts=texts, tempo=tempo)
    assert tempo_curve(score.tempo) == [(0.0, 120.0), (2.0, 60.0)]
    assert markers_of(score) == [Marker(0.0, "verse"), Marker(2.0, "chorus")]


def test_versions_of_unlike_lengths_share_the_longest_axis() -> None:
    piece = Piece("piece", [Version(name, samples.audio(samples.noise(length_s=1.0))) for name in "ab"])
    assert Shape.of(piece, [1.0, 3.0]).span_s == 3.0
