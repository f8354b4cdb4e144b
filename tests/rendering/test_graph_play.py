"""The tracks of a graph, played one after the other or by workers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_instruments import write_instrument
from small_songs import save_song, write_graph

from composer_daw.errors import HostError, InputError
from composer_daw.midi import load_midi
from composer_daw.rendering.graph_plan import Plan, plan_graph
from composer_daw.rendering.graph_play import play
from composer_daw.rendering.graph_render import render_graph

TWO = """\
  melody: {track: Melody, instrument: fake.yaml}
  alto: {track: Alto, instrument: other/fake.yaml}
  bass: {track: Bass, instrument: fake.yaml}
"""


def planned(folder: Path, tracks: str = TWO, source: str = "sine") -> Plan:
    write_instrument(folder / "other", source=source)
    return plan_graph(write_graph(folder, tracks), load_midi(save_song(folder / "song.mid")))


def test_workers_play_the_same_takes(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    told: list[str] = []
    alone, together = play(plan, 3), play(plan, 3, told=told.append, workers=2)
    assert list(alone) == list(together) == ["melody", "alto", "bass"]
    assert sorted(told) == ["alto", "bass", "melody"]
    for name, take in alone.items():
        np.testing.assert_array_equal(take.audio.samples, together[name].audio.samples)
        np.testing.assert_array_equal(take.labels.rows, together[name].labels.rows)
    assert not np.array_equal(alone["melody"].audio.samples, play(plan, 4)["melody"].audio.samples)


def test_takes_that_were_played_before_are_mixed(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    here, before = render_graph(plan, seed=3), render_graph(plan, seed=3, takes=play(plan, 3))
    np.testing.assert_array_equal(here.audio.samples, before.audio.samples)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_names_the_track(tmp_path: Path, workers: int) -> None:
    plan = planned(tmp_path)
    low = plan.score.with_notes(pitch=np.where(plan.score.notes["track"] == 2, 3, plan.score.notes["pitch"]))
    save = tmp_path / "graph.yaml"
    with pytest.raises(InputError, match=r"^alto: ") as error:
        play(plan_graph(save, low), workers=workers)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_engine_that_fails_is_an_error_of_its_track(tmp_path: Path, workers: int) -> None:
    plan = planned(tmp_path, source="broken")
    with pytest.raises(HostError, match=r"^alto: fake: broken on purpose$"):
        play(plan, workers=workers)
