"""Figures: what a technique is tried on fits its range, its conditions and its company."""

from __future__ import annotations

import itertools

import pytest
from keyed_host import DRUMS, MAP

from composer_daw.calibration.figures import HELD_S, MOST_COMBINATIONS, base_trial, figures_for, trials_of
from composer_daw.calibration.playing import Cue, neutral, performance_of
from composer_daw.documents import parse_document
from composer_daw.techniques import TechniqueMap, realize


def read(text: str) -> TechniqueMap:
    return parse_document(text, TechniqueMap, "map.yaml")


def with_tremolo(more: str) -> TechniqueMap:
    return read(MAP.replace("on: [{keyswitch: 27}]", f"on: [{{keyswitch: 27}}], {more}"))


def test_all_techniques_share_their_figures() -> None:
    trials = trials_of(read(MAP))
    assert len({trial.figures for trial in trials}) == 1
    pitches = sorted({note.pitch for figure in trials[0].figures for note in figure})
    assert pitches[0] >= 48 and pitches[-1] <= 84
    assert [len(figure) for figure in trials[0].figures] == [1] * 6 + [2]


@pytest.mark.parametrize(
    "more",
    [
        "when: {pitch: [C5, A5]}",
        "when: {velocity: [1, 30]}",
        "when: {length_ms: [null, 120]}",
        "when: {length_ms: [900, null]}",
        "when: {next: overlaps, interval: [-12, -1]}",
        "when: {previous: connects}",
        "note: {transpose: -12}",
        "note: {transpose: 24}",
        "note: {pitch_range: [C4, C4]}",
        "plays: tremolo+con_sordino",
    ],
)
def test_a_technique_is_what_plays_its_figures(more: str) -> None:
    known = with_tremolo(more)
    figures = figures_for(known, ("tremolo",))
    played = []
    for figure in figures:
        rows = realize(performance_of([Cue(("tremolo",), figure)], [0.5]), known).labels
        assert ((rows.rows["sent_pitch"] >= 48) & (rows.rows["sent_pitch"] <= 84)).all()
        played.append(any("tremolo" in rows.states[number] for number in rows.rows["played"]))
    connected = "next" in more or "previous" in more
    assert all(played)
    assert {len(figure) for figure in figures} == ({2} if connected else {1, 2})


def test_an_action_that_needs_company_has_it() -> None:
    known = with_tremolo("note: {}").model_dump()
    known["techniques"]["con_sordino"]["on"][0]["only_with"] = ["pizzicato"]
    trial = next(one for one in trials_of(TechniqueMap.model_validate(known)) if one.name == "con_sordino")
    assert trial.asked == ("con_sordino", "pizzicato")


def test_strokes() -> None:
    names = [trial.name for trial in trials_of(read(DRUMS))]
    assert names == ["kick=hit", "snare=hit", "snare=rimshot", "snare=ghost"]
    assert all(trial.is_stroke for trial in trials_of(read(DRUMS)))


def test_combinations_are_few_and_of_two_groups() -> None:
    groups = {name: [f"{name}{number}" for number in range(12)] for name in "ab"}
    lines = [
        f"  {one}: {{group: {group}, on: [{{keyswitch: {12 * place + number}}}]}}"
        for place, (group, names) in enumerate(groups.items())
        for number, one in enumerate(names)
    ]
    text = "technique_map: 1\ninstrument: X\nrange: [C3, C6]\n"
    text += "groups: {b: {default: b0}, a: {default: a0}}\ntechniques:\n" + "\n".join(lines)
    together = [trial for trial in trials_of(read(text)) if trial.parts]
    assert 6 < len(together) <= MOST_COMBINATIONS
    assert all(one.parts[0][0] == "b" and one.parts[1][0] == "a" for one in together)
    assert not {"a0", "b0"} & set(itertools.chain(*(one.parts for one in together)))
    assert trials_of(read(text), ["a3"])[0].name == "a3" and len(trials_of(read(text), ["a3"])) == 1


def test_a_neutral_map_sends_all_techniques_the_same_notes() -> None:
    known = neutral(with_tremolo("note: {length: 0.3, gap_ms: 20, velocity: 1.4}, latency_ms: {first: 90}"))
    figure = figures_for(known, ("tremolo",))[0]
    rows = [
        realize(performance_of([Cue(asked, figure)], [0.5]), known).labels.rows[0]
        for asked in ((), ("tremolo",))
    ]
    for field in ("sent_onset_s", "sent_offset_s", "velocity", "sent_pitch"):
        assert rows[0][field] == rows[1][field]
    assert rows[0]["sent_offset_s"] - rows[0]["sent_onset_s"] == pytest.approx(HELD_S)


MIXED = MAP.replace("range: [C3, C6]", "range: [C3, C6]\npieces:\n  knock: {written: [C4, D4], hit: C3}")


def test_beside_drums_techniques_are_tried_on_other_pitches() -> None:
    trials = trials_of(read(MIXED))
    assert trials[-1].name != "knock=hit" and "knock=hit" in [trial.name for trial in trials]
    melodic = [trial for trial in trials if not trial.is_stroke]
    pitches = {note.pitch for trial in melodic for figure in trial.figures for note in figure}
    assert len(pitches) > 3 and not pitches & {60, 62}


def test_all_of_a_kit_is_struck() -> None:
    text = "groups: {kit: {}}\ntechniques:\n  brushes: {group: kit, on: [{program: 40}]}"
    known = read(DRUMS.replace("range: [60, 72]", text))
    (brushes, *strokes) = trials_of(known)
    assert [figure[0].pitch for figure in brushes.figures] == [60, 62]
    assert all(trial.is_stroke for trial in strokes) and len(strokes) == 4


def test_a_drum_that_no_score_writes_is_left_out() -> None:
    known = read(DRUMS.replace("kick: {written: 60,", "kick: {written: [],"))
    assert [trial.name for trial in trials_of(known)] == ["snare=hit", "snare=rimshot", "snare=ghost"]
    none = read("technique_map: 1\ninstrument: X\npieces:\n  kick: {written: [], hit: 60}\n")
    assert trials_of(none) == [] and len(base_trial(none).figures) > 1
