"""amsynth, a real plugin with two habits: nobody may automate it, and its voices remember what they did."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from installed_plugins import installed
from midi_building import save_score

from composer_daw.audio import Audio
from composer_daw.dataset import plan_versions, run_plan
from composer_daw.errors import HostError
from composer_daw.midi import load_midi
from composer_daw.rendering import Instrument, load_instrument, render

MAP = """\
technique_map: 1
instrument: Synth
groups: {mute: {default: open}}
techniques:
  open: {group: mute, on: [{parameter: master_vol, value: 0.6}]}
  con_sordino: {group: mute, on: [{parameter: master_vol, value: 0.1}]}
"""

PRESET = """\
instrument: Synth
host: plugin
source: amsynth_vst
technique_map: map.yaml
licence: {name: GPL-2.0-or-later, audio_redistribution: yes}
"""


@pytest.fixture
def synth(tmp_path: Path) -> Instrument:
    installed("amsynth_vst")
    (tmp_path / "map.yaml").write_text(MAP, encoding="utf-8")
    (tmp_path / "synth.yaml").write_text(PRESET, encoding="utf-8")
    return load_instrument(tmp_path / "synth.yaml")


def test_a_technique_by_a_parameter_that_nobody_automates_is_heard(
    synth: Instrument, tmp_path: Path, score: Path
) -> None:
    def level_db(technique: str) -> float:
        sound: Audio = render(load_midi(score), synth, technique).audio
        return sound.rms_db

    assert level_db("con_sordino") < level_db("open") - 12


def test_one_that_changes_on_the_way_is_an_error_and_no_wrong_label(
    synth: Instrument, tmp_path: Path
) -> None:
    changes = save_score(
        tmp_path / "changes.mid", [(0, 480, 60), (960, 480, 62)], (960, "[technique:con_sordino]")
    )
    with pytest.raises(HostError, match="master_vol: the plugin does not let it be automated"):
        render(load_midi(changes), synth)


def test_a_data_set_of_the_preset_that_ships_does_not_depend_on_the_workers(tmp_path: Path) -> None:
    installed("amsynth_vst")
    scores = [
        save_score(
            tmp_path / f"{number}.mid", [(240 * step, 400, 48 + number + 3 * step) for step in range(8)]
        )
        for number in range(4)
    ]
    digests = []
    for workers in (1, 2):
        plan = plan_versions(scores, load_instrument("plugins/amsynth"), [])
        assert all(record.fresh for record in plan.records)
        assert run_plan(plan, tmp_path / f"set{workers}", workers).failed == []
        files = sorted((tmp_path / f"set{workers}").rglob("*.wav"))
        digests.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in files])
    assert len(digests[0]) == 4
    assert digests[0] == digests[1]
