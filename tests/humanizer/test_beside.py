"""Controls and texts keep on their side of the notes that they speak to."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from random_scores import POINTS, scores

from composer_daw.events import Kind
from composer_daw.humanizer import humanize
from composer_daw.performance import CONTROL, Performance, Text, note_rows


@given(scores(), POINTS, st.sampled_from(["keep", "map"]), st.data())
def test_nothing_is_overtaken(
    score: Performance, point: tuple[float, float], tempo: str, data: st.DataObject
) -> None:
    at = data.draw(st.lists(st.sampled_from(score.notes["onset_s"].tolist()), max_size=4))
    controls = np.zeros(len(at), CONTROL)
    controls["time_s"], controls["kind"] = at, Kind.PROGRAM
    controls["number"], controls["channel"] = np.arange(len(at)), data.draw(st.sampled_from([0, 1, 9]))
    texts = tuple(Text(one, str(number), track=number % 3) for number, one in enumerate(at))
    score = dataclasses.replace(score, controls=controls, texts=texts)
    played = humanize(score, *point, tempo=tempo).performance
    before, after = (one.notes[np.argsort(one.notes["source"])] for one in (score, played))
    for one in score.controls:
        (now,) = played.controls[played.controls["number"] == one["number"]]["time_s"]
        follow = (before["channel"] == one["channel"]) & (before["onset_s"] >= one["time_s"])
        assert (after["onset_s"][follow] >= now).all()
    for was, text in zip(score.texts, played.texts, strict=True):
        mine = before["track"] == text.track
        mine = mine if mine.any() else np.ones(len(mine), bool)
        assert (after["onset_s"][mine & (before["onset_s"] >= was.time_s)] >= text.time_s).all()


def test_what_is_between_two_notes_stays_there() -> None:
    notes = note_rows([(0.25 * n, 0.25, 60 + n, 80) for n in range(40)])
    texts = tuple(Text(0.25 * n, str(n)) for n in range(40))
    played = humanize(Performance(notes, texts=texts), -1, -1, seed=4).performance
    onsets = played.notes[np.argsort(played.notes["source"])]["onset_s"]
    times = np.array([text.time_s for text in played.texts])
    assert (times <= onsets).all()
    assert (times[1:] > onsets[:-1]).all()
    assert np.abs(times - onsets).max() < 0.2
