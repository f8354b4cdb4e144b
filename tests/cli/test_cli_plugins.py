"""`composer-daw plugins`, and `composer-daw instruments probe`: what a person sees."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from installed_plugins import probe_plugins
from probe_plugin import ProbePlugins
from small_instruments import write_instrument


@pytest.fixture(scope="module")
def probe() -> ProbePlugins:
    return probe_plugins()


@pytest.fixture
def folder(probe: ProbePlugins, tmp_path: Path) -> Path:
    """Two plugins and one that crashes, in a folder."""
    made = tmp_path / "plugins"
    shutil.copytree(probe.variant("", "vst3"), made / "Probe.vst3")
    shutil.copyfile(probe.variant("", "vst2", "ProbeEffect"), made / "ProbeEffect.so")
    shutil.copyfile(probe.variant("crash-load", "vst2"), made / "Probe@crash-load.so")
    return made


def test_scan(run: Callable, folder: Path) -> None:
    ran = run("plugins", "scan", folder)
    assert (ran.code, ran.err) == (0, "")
    where, heads, synth, effect, _, failed, summary = [line.rstrip() for line in ran.out.splitlines()]
    assert where == f"{folder}:"
    assert heads.split() == ["role", "kind", "name", "version", "params", "repeats", "file"]
    assert synth.split() == ["instrument", "vst3", "Probe", "1.0.0", "8", "-", "Probe.vst3"]
    assert effect.split() == ["effect", "vst2", "ProbeEffect", "1.0.0", "1", "-", "ProbeEffect.so"]
    assert failed == (
        f"failed: {folder}/Probe@crash-load.so: Probe@crash-load: crashed while it was asked what it is "
        "(SIGSEGV); it said last: Probe: crashing at load"
    )
    assert summary == "plugins: 2, failed: 1"


def test_scan_into_a_catalogue_and_again(
    run: Callable, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from composer_daw.authoring import catalogue

    target = folder.parent / "catalogue.json"
    first = run("plugins", "scan", folder, "-o", target)
    assert first.out.splitlines()[-1] == f"plugins: 2, failed: 1, catalogue: {target}"
    written = target.read_bytes()
    looked: list[object] = []
    real = catalogue.run_jobs
    monkeypatch.setattr(
        catalogue,
        "run_jobs",
        lambda work, jobs, *rest, **more: looked.extend(jobs) or real(work, jobs, *rest, **more),
    )
    assert run("plugins", "scan", folder, "-o", target).out == first.out
    assert (looked, target.read_bytes()) == ([], written)
    run("plugins", "scan", folder, "-o", target, "--again")
    assert len(looked) == 3


def test_scan_as_json(run: Callable, folder: Path) -> None:
    found = json.loads(run("plugins", "scan", folder, "--json").out)
    assert [Path(one["path"]).name for one in found["plugins"]] == [
        "Probe.vst3",
        "Probe@crash-load.so",
        "ProbeEffect.so",
    ]
    assert [bool(one["error"]) for one in found["plugins"]] == [False, True, False]


def test_scan_of_nothing(run: Callable, tmp_path: Path) -> None:
    assert run("plugins", "scan", tmp_path).out == "plugins: 0, failed: 0\n"
    ran = run("plugins", "scan", tmp_path / "nope")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"error: {tmp_path}/nope: no such folder; give folders that hold plugins\n"


def test_describe(run: Callable, probe: ProbePlugins) -> None:
    ran = run("plugins", "describe", probe.variant("latency=64", "vst2"), "--determinism")
    assert (ran.code, ran.err) == (0, "")
    lines = [line.rstrip() for line in ran.out.splitlines()]
    assert lines[0] == "name       Probe"
    assert {"role       instrument (Synth)", "channels   0 in, 2 out", "latency    64 samples"} <= set(lines)
    assert "repeats    yes" in lines
    heads = next(line for line in lines if line.startswith("index"))
    assert heads.split() == ["index", "name", "value", "text"]
    assert ["Waveform", "0.0000", "sine"] in [line.split()[1:] for line in lines]


def test_describe_as_json(run: Callable, probe: ProbePlugins) -> None:
    facts = json.loads(run("plugins", "describe", probe.variant(), "--json").out)
    assert (facts["name"], facts["kind"], facts["repeats"]) == ("Probe", "vst3", None)
    assert {"Waveform", "Cutoff"} <= {one["name"] for one in facts["parameters"]}


def test_describe_what_hangs(run: Callable, probe: ProbePlugins) -> None:
    ran = run("plugins", "describe", probe.variant("hang-load"), "--limit", "0.7")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: Probe@hang-load: hung while it was asked what it is: no answer in 0.7 s; "
        "it said last: Probe: hanging at load\n"
    )


def test_describe_what_is_not_there(run: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("plugins", "describe", "./nope.so")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "no such plugin" in ran.err


def test_probe_an_instrument(run: Callable, fake_preset: Path) -> None:
    ran = run("instruments", "probe", fake_preset)
    assert (ran.code, ran.err) == (0, "")
    lines = [line.split() for line in ran.out.splitlines()]
    assert lines[1][0] == "sustain" and lines[1][-1] == "sounds"
    assert ["repeats", "yes"] in lines and ["latency", "0", "samples"] in lines
    assert any(line[:1] == ["speed"] and line[-3:] == ["times", "real", "time"] for line in lines)


def test_probe_an_instrument_as_json(run: Callable, fake_preset: Path) -> None:
    facts = json.loads(run("instruments", "probe", fake_preset, "--json").out)
    assert facts["repeats"]["verdict"] == "yes"
    assert [one["problem"] for one in facts["techniques"]] == [""] * len(facts["techniques"])


def test_probe_an_instrument_that_fails(run: Callable, tmp_path: Path) -> None:
    preset = write_instrument(tmp_path, source="broken")
    ran = run("instruments", "probe", preset)
    assert ran.code == 1
    assert "fake: broken on purpose" in ran.out
    assert ran.err.startswith(f"error: {preset}: techniques that do not sound: sustain, legato, ")
