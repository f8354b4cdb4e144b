"""The catalogue: every plugin in a process of its own, and the scan goes on whatever they do."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import psutil
import pytest
from installed_plugins import installed, probe_plugins
from probe_plugin import PARAMETERS, ProbePlugins

from composer_daw.authoring import catalogue
from composer_daw.authoring.catalogue import Catalogue, load_catalogue, save_catalogue, scan
from composer_daw.authoring.determinism import Repeats
from composer_daw.authoring.look import Entry, describe
from composer_daw.errors import CrashError, InputError


@pytest.fixture(scope="module")
def probe() -> ProbePlugins:
    return probe_plugins()


def folder_of(tmp_path: Path, *plugins: Path) -> Path:
    """Return a folder that holds copies of plugins."""
    folder = tmp_path / "plugins"
    folder.mkdir(exist_ok=True)
    for plugin in plugins:
        copy = shutil.copytree if plugin.is_dir() else shutil.copyfile
        copy(plugin, folder / plugin.name)
    return folder


def children() -> set[psutil.Process]:
    """Return the processes that were started here, but for the one that `multiprocessing` keeps."""
    found = psutil.Process().children(recursive=True)
    return {one for one in found if "resource_tracker" not in " ".join(one.cmdline())}


def test_describe(probe: ProbePlugins) -> None:
    found = describe(probe.variant("latency=64", "vst3"))
    assert (found.name, found.vendor, found.role, found.error) == ("Probe", "composer_daw", "instrument", "")
    assert (found.latency_samples, found.inputs, found.outputs) == (64, 0, 2)
    assert 0 < found.load_s < 30
    shown = {one.name: one for one in found.parameters}
    assert set(PARAMETERS) <= set(shown)
    assert (shown["Waveform"].value, shown["Waveform"].text) == (0.0, "sine")
    assert not any(name.startswith("MIDI") for name in shown)
    assert found.repeats is None


def test_describe_raises_what_a_scan_lists(probe: ProbePlugins) -> None:
    with pytest.raises(CrashError, match="crashing at load"):
        describe(probe.variant("crash-load"))
    with pytest.raises(InputError, match="no such file"):
        describe("/nope.so")


def test_a_scan_goes_on_whatever_plugins_do(probe: ProbePlugins, tmp_path: Path) -> None:
    before, wanted = children(), ("", "crash-load", "hang-load", "flood")
    folder = folder_of(
        tmp_path,
        *(probe.variant(options, "vst2") for options in wanted),
        probe.variant("", "vst3", "ProbeEffect"),
        probe.variant("crash-load", "vst3"),
    )
    (folder / "text.so").write_text("nothing of the kind")
    told: list[tuple[str, int]] = []
    found = scan(
        [folder], limit_s=2.0, workers=3, progress=lambda entry, total: told.append((entry.path, total))
    )
    entries = {Path(entry.path).name: entry for entry in found.plugins}
    assert list(entries) == sorted(entries)
    well = {name for name, entry in entries.items() if not entry.error}
    assert well == {"Probe.so", "Probe@flood.so", "ProbeEffect.vst3"}
    assert entries["ProbeEffect.vst3"].role == "effect"
    assert "crashed while it was asked what it is (SIGSEGV)" in entries["Probe@crash-load.so"].error
    assert "SIGSEGV" in entries["Probe@crash-load.vst3"].error
    assert "hung while it was asked what it is: no answer in 2 s" in entries["Probe@hang-load.so"].error
    assert (entries["text.so"].kind, entries["text.so"].role) == (None, "?")
    assert "is no plugin" in entries["text.so"].error
    assert sorted(path for path, _ in told) == [entry.path for entry in found.plugins]
    assert {total for _, total in told} == {7}
    assert children() <= before


def test_what_is_known_and_the_same_is_not_loaded_again(
    probe: ProbePlugins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(tmp_path, probe.variant("", "vst2"), probe.variant("crash-load", "vst2"))
    first = scan([folder])
    assert [bool(entry.error) for entry in first.plugins] == [False, True]
    save_catalogue(first, tmp_path / "catalogue.json")
    known = load_catalogue(tmp_path / "catalogue.json")
    assert known == first
    loaded: list[object] = []
    real = catalogue.run_jobs
    monkeypatch.setattr(
        catalogue,
        "run_jobs",
        lambda work, jobs, *rest, **more: loaded.extend(jobs) or real(work, jobs, *rest, **more),
    )
    assert scan([folder], known) == first
    assert loaded == []
    scan([folder])
    assert len(loaded) == 2


def test_another_binary_under_the_same_name_is_loaded_again(probe: ProbePlugins, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, probe.variant("", "vst2"))
    first = scan([folder])
    shutil.copyfile(probe.variant("", "vst2", "ProbeDrums"), folder / "Probe.so")
    second = scan([folder], first)
    assert [entry.name for entry in (*first.plugins, *second.plugins)] == ["Probe", "ProbeDrums"]


def test_determinism_that_was_not_asked_before_is_found_out(probe: ProbePlugins, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, probe.variant("random", "vst2"), probe.variant("", "vst2", "ProbeEffect"))
    first = scan([folder])
    assert [entry.repeats for entry in first.plugins] == [None, None]
    second = scan([folder], first, determinism=True)
    assert [entry.repeats and entry.repeats.verdict for entry in second.plugins] == ["no", "yes"]
    save_catalogue(second, tmp_path / "catalogue.json")
    assert load_catalogue(tmp_path / "catalogue.json") == second
    assert scan([folder], second) == second  # what is known of it stays


def test_what_was_found_before_an_error_stands(probe: ProbePlugins, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, probe.variant("missing=sustain", "vst2"))
    (found,) = scan([folder], determinism=True, limit_s=1.0).plugins
    assert (found.name, found.repeats) == ("Probe", None)
    assert "stays silent" in found.error


def test_an_interrupt_leaves_nothing_to_wait_for(probe: ProbePlugins, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, probe.variant("", "vst2"), probe.variant("hang-load", "vst2"))

    def interrupted(entry: Entry, total: int) -> None:
        raise KeyboardInterrupt

    start, before = time.monotonic(), children()
    with pytest.raises(KeyboardInterrupt):
        scan([folder], limit_s=60.0, workers=2, progress=interrupted)
    assert time.monotonic() - start < 15
    assert children() <= before


def test_real_plugins_as_they_are(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, installed("amsynth_vst"), installed("DragonflyHallReverb-vst"))
    hall, synth = scan([folder]).plugins
    assert (hall.name, hall.role, len(hall.parameters)) == ("Dragonfly Hall Reverb", "effect", 18)
    assert (synth.name, synth.role, synth.id) == ("amsynth", "instrument", "amsy")
    assert {one.name for one in synth.parameters} > {"amp_attack", "filter_cutoff"}


def test_an_empty_folder(tmp_path: Path) -> None:
    assert scan([tmp_path]) == Catalogue(plugins=())


def test_folders_that_are_none(probe: ProbePlugins, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        scan([tmp_path / "nope"])
    for plugin in (probe.variant("", "vst2"), probe.variant("", "vst3")):
        with pytest.raises(InputError, match="`composer-daw plugins describe` shows one plugin"):
            scan([plugin])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"catalogue": 2, "plugins": []}', '{"plugins": [{}]}'])
def test_a_file_that_is_no_catalogue(tmp_path: Path, text: str) -> None:
    file = tmp_path / "catalogue.json"
    file.write_text(text)
    with pytest.raises(InputError, match="is no catalogue of plugins; name another file, or remove it"):
        load_catalogue(file)


def test_every_fact_survives_the_file(tmp_path: Path) -> None:
    entry = Entry(path="/x.so", kind="vst2", name="Üx", repeats=Repeats("no", "a second take", -20.5))
    save_catalogue(Catalogue(plugins=(entry,)), tmp_path / "deep" / "catalogue.json")
    assert load_catalogue(tmp_path / "deep" / "catalogue.json").plugins == (entry,)
