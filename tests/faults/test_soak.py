"""Thousands of renders on two workers: nothing is lost, nothing grows, nothing is left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from midi_building import save_score
from probe_instrument import write_probe_instrument
from probe_plugin import ProbePlugins
from process_tree import Watch, below

from composer_daw.dataset import Plan, plan_versions, run_plan
from composer_daw.errors import InputError
from composer_daw.plugins.search import find_plugin
from composer_daw.rendering import load_instrument
from tests.conftest import lacking

REAL = ("amsynth_vst", "ZynAddSubFX")
GROWTH_MB = 100
"""How much more memory may be held at the end than at the end of the warm-up."""

MAP = """\
technique_map: 1
instrument: Synth
range: [C1, C7]
groups:
  articulation: {default: sustain}
techniques:
  sustain: {group: articulation}
"""
PRESET = """\
instrument: {name}
host: plugin
source: {source}
technique_map: synth_map.yaml
limits: {{load_s: 60, ready_s: 60, render_s: 60, renders: 40}}
licence: {{name: GPL-2.0-or-later, audio_redistribution: yes}}
"""


@pytest.fixture
def plugins(probe_plugins: ProbePlugins) -> dict[str, Path]:
    """The three plugins in turn, by name."""
    try:
        real = {name: find_plugin(name, Path()) for name in REAL}
    except InputError as error:
        lacking(f"{error}; Debian: amsynth, zynaddsubfx-vst")
    return {**real, "Probe": probe_plugins.variant()}


def scores(folder: Path, count: int, seed: int = 3) -> list[Path]:
    """Write scores of six notes in a second and a half."""
    rng = np.random.default_rng(seed)
    return [
        save_score(
            folder / f"short{number}.mid",
            [(240 * step, 200, int(pitch)) for step, pitch in enumerate(rng.integers(48, 84, 6))],
        )
        for number in range(count)
    ]


def groups(plugins: dict[str, Path], renders: int, seed: int = 5) -> Iterator[tuple[str, int]]:
    """Yield plugin by plugin, with the number of its next renders: all in turn, then short ones shuffled.

    A third of the renders comes in groups a fifth as long as the others, so that plugins are swapped often.
    """
    long, names = max(20, renders // 60), list(plugins)
    for number in range(2 * renders // 3 // long):
        yield names[number % len(names)], long
    short = [names[number % len(names)] for number in range(renders // 3 // (long // 5))]
    for name in np.random.default_rng(seed).permutation(short).tolist():
        yield name, long // 5


def soak_plan(folder: Path, plugins: dict[str, Path], renders: int) -> Plan:
    """Return a plan in which each group has an instrument of its own, which a worker loads anew."""
    records, assets = [], {}
    written = scores(folder, max(size for _, size in groups(plugins, renders)))
    (folder / "synth_map.yaml").write_text(MAP, encoding="utf-8")
    for number, (plugin, size) in enumerate(groups(plugins, renders)):
        name = f"Group {number} {plugin}"
        if plugin == "Probe":
            preset = write_probe_instrument(folder, plugins[plugin], name)
        else:
            preset = folder / f"group{number}.yaml"
            source = plugins[plugin].as_posix()
            preset.write_text(PRESET.format(name=name, source=source), encoding="utf-8")
        one = plan_versions(written[:size], load_instrument(preset), ["sustain"])
        records += one.records
        assets.update(one.assets)
    return Plan(tuple(records), assets)


def soak(folder: Path, plugins: dict[str, Path], renders: int) -> str:
    """Render, watch the memory of all processes together, and return a line of figures."""
    plan = soak_plan(folder, plugins, renders)
    count, ended = len(plan.records), []
    began = time.monotonic()
    with Watch(every_s=0.1) as watch:
        report = run_plan(plan, folder / "set", workers=2, progress=lambda *_: ended.append(watch.now_s))
        left = below()
    took_s = time.monotonic() - began
    assert report.failed == []
    assert len(report.rendered) == count
    assert left == []
    assert watch.left() == []
    warm, last = ended[count // 10], ended[-1 - count // 10]
    before_mb = max(held for at, held in watch.samples if at <= warm) / 2**20
    after_mb = max(held for at, held in watch.samples if at >= last) / 2**20
    highest_mb = max(held for _, held in watch.samples) / 2**20
    assert after_mb - before_mb < GROWTH_MB, f"grew from {before_mb:.0f} to {after_mb:.0f} MB"
    assert highest_mb - before_mb < GROWTH_MB, f"grew from {before_mb:.0f} to {highest_mb:.0f} MB"
    return (
        f"{count} renders in {took_s:.0f} s, {len(watch.seen)} processes; memory of all together, highest: "
        f"{before_mb:.0f} MB in the first tenth, {after_mb:.0f} MB in the last, {highest_mb:.0f} MB in all"
    )


def test_a_tenth_of_the_soak(
    tmp_path: Path, plugins: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    told = soak(tmp_path, plugins, 300)
    with capsys.disabled():
        print(f"\nsoak: {told}")


@pytest.mark.long
def test_the_whole_soak(tmp_path: Path, plugins: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    told = soak(tmp_path, plugins, 3000)
    with capsys.disabled():
        print(f"\nsoak: {told}")
