"""What plugins say of themselves: real ones, the probe in both formats, and some that are badly made."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from installed_plugins import installed, probe_plugins
from probe_plugin import COMPILER, FORMATS, Format, ProbePlugins

from composer_daw.errors import CrashError, HostError, InputError, LoadError
from composer_daw.plugins import roles
from composer_daw.plugins.introspect import introspect
from composer_daw.plugins.roles import check_role, identity_of
from composer_daw.plugins.vst2_binary import version_text

both_formats = pytest.mark.parametrize("format", FORMATS)
TINY = Path(__file__).parents[1] / "support" / "tiny_vst2.cpp"


@pytest.fixture(scope="module")
def probe() -> ProbePlugins:
    return probe_plugins()


@pytest.fixture
def tiny(probe: ProbePlugins, tmp_path: Path) -> Callable[..., Path]:
    """Return a function that builds the tiny VST2 with some faults."""

    def built(*faults: str, name: str = "Tiny", inputs: int = 0, plugin_id: int = 0x54696E79) -> Path:
        target = tmp_path / "tiny_file.so"
        garbage = int("GARBAGE" in faults)
        defines = [f'-DNAME="{name}"', f"-DINPUTS={inputs}", f"-DID={plugin_id}", f"-DGARBAGE={garbage}"]
        defines += [f"-D{fault}" for fault in faults if fault != "GARBAGE"]
        subprocess.run([COMPILER, "-shared", "-fPIC", *defines, str(TINY), "-o", str(target)], check=True)
        return target

    return built


def test_an_instrument() -> None:
    found = introspect(installed("amsynth_vst"))
    assert (found.kind, found.id, found.name, found.vendor) == ("vst2", "amsy", "amsynth", "Nick Dowell")
    assert (found.categories, found.is_instrument, found.inputs, found.outputs) == ("Synth", True, 0, 2)


def test_another_instrument_that_starts_threads_of_its_own() -> None:
    found = introspect(installed("ZynAddSubFX"))
    assert (found.id, found.name, found.vendor) == ("ZASF", "ZynAddSubFX", "ZynAddSubFX Team")
    assert found.is_instrument and found.version.startswith("3.")


def test_an_effect() -> None:
    found = introspect(installed("DragonflyHallReverb-vst"))
    assert (found.name, found.is_instrument, found.inputs) == ("Dragonfly Hall Reverb", False, 2)


@pytest.mark.parametrize(
    ("kind", "instrument", "inputs", "outputs"),
    [("Probe", True, 0, 2), ("ProbeDrums", True, 0, 4), ("ProbeEffect", False, 2, 2)],
)
@both_formats
def test_the_probe(
    probe: ProbePlugins, format: Format, kind: str, instrument: bool, inputs: int, outputs: int
) -> None:
    found = introspect(probe.variant(format=format, kind=kind))  # type: ignore[arg-type]
    assert (found.kind, found.name, found.vendor, found.version) == (format, kind, "composer_daw", "1.0.0")
    assert (found.is_instrument, found.inputs, found.outputs) == (instrument, inputs, outputs)
    assert len(found.id) == {"vst2": 4, "vst3": 32}[format]
    assert len(found.sha256) == 64


def test_the_ids_tell_plugins_apart(probe: ProbePlugins) -> None:
    kinds = ("Probe", "ProbeDrums", "ProbeEffect")
    assert len({introspect(probe.variant(kind=kind, format="vst3")).id for kind in kinds}) == 3


@both_formats
def test_a_crash_costs_one_line(probe: ProbePlugins, format: Format) -> None:
    with pytest.raises(CrashError) as raised:
        introspect(probe.variant("crash-load", format))
    assert str(raised.value) == (
        "Probe@crash-load: crashed while it was asked what it is (SIGSEGV); "
        "it said last: Probe: crashing at load"
    )


@both_formats
def test_a_hang_costs_its_limit(probe: ProbePlugins, format: Format) -> None:
    start, before = time.monotonic(), set(psutil.Process().children(recursive=True))
    with pytest.raises(HostError) as raised:
        introspect(probe.variant("hang-load", format), limit_s=0.7)
    assert time.monotonic() - start < 5
    assert str(raised.value).startswith(
        "Probe@hang-load: hung while it was asked what it is: no answer in 0.7 s"
    )
    assert set(psutil.Process().children(recursive=True)) <= before


@both_formats
def test_a_flood_of_words_does_not_drown_the_answer(probe: ProbePlugins, format: Format) -> None:
    assert introspect(probe.variant("flood", format)).name == "Probe"


def test_nothing_of_a_plugin_is_loaded_here(probe: ProbePlugins) -> None:
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("no list of loaded libraries on this system")
    before = maps.read_text().count("Probe")  # other tests load it in this process
    introspect(probe.variant("", "vst2"))
    introspect(probe.variant("", "vst3"))
    assert maps.read_text().count("Probe") == before


def test_the_process_ends_with_its_caller(probe: ProbePlugins) -> None:
    path = probe.variant("hang-load")
    code = f"from composer_daw.plugins.introspect import introspect; introspect({str(path)!r}, 60)"
    caller = subprocess.Popen([sys.executable, "-c", code])
    try:
        end = time.monotonic() + 10
        while not (children := psutil.Process(caller.pid).children()) and time.monotonic() < end:
            time.sleep(0.02)
    finally:
        caller.kill()
        caller.wait()
    gone, alive = psutil.wait_procs(children, timeout=5)
    assert (len(gone), alive) == (1, [])


@pytest.mark.parametrize("path", ["/nope.so", TINY])
def test_what_is_no_plugin_is_not_even_started(path: str) -> None:
    with pytest.raises(InputError):
        introspect(path)


def test_a_tiny_plugin_without_the_flag_of_instruments(tiny: Callable[..., Path]) -> None:
    found = introspect(tiny())
    assert (found.name, found.id, found.version, found.vendor) == ("Tiny", "Tiny", "1.2.0.3", "v" * 64)
    assert found.is_instrument  # it takes no audio and gives some


def test_a_plugin_without_a_name_goes_by_its_file(tiny: Callable[..., Path]) -> None:
    found = introspect(tiny(name="", inputs=2, plugin_id=0x01020304))
    assert (found.name, found.id, found.is_instrument) == ("tiny_file", "0x01020304", False)


def test_a_name_that_is_not_utf_8(tiny: Callable[..., Path]) -> None:
    assert introspect(tiny(name="Fl\\xfcgel")).name == "Fl�gel"


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        ("NOTHING", LoadError, "tiny_file: gave no plugin when it was asked for one"),
        ("GARBAGE", LoadError, "tiny_file: gave something that is no VST2 plugin"),
        ("MISSING_SYMBOL", LoadError, "tiny_file: cannot be loaded: .*not_there_at_all"),
        ("EXITS", CrashError, r"tiny_file: crashed while it was asked what it is \(exit code 0\)"),
        ("ABORTS", CrashError, r"tiny_file: crashed while it was asked what it is \(SIGABRT\)"),
    ],
)
def test_badly_made_plugins(
    tiny: Callable[..., Path], fault: str, error: type[HostError], message: str
) -> None:
    with pytest.raises(error, match=message) as raised:
        introspect(tiny(fault))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, ""), (-1, ""), (1, "1"), (1203, "1.2.0.3"), (0x010203, "1.2.3"), (0x01000000, "1.0.0.0")],
)
def test_versions(number: int, text: str) -> None:
    assert version_text(number) == text


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_roles(probe: ProbePlugins, cache: Path) -> None:
    synth, effect = probe.variant(), probe.variant(kind="ProbeEffect")
    assert check_role(synth, "instrument").name == "Probe"
    assert check_role(effect, "effect").name == "ProbeEffect"
    with pytest.raises(InputError) as raised:
        check_role(effect, "instrument")
    assert str(raised.value) == (
        f"{effect}: is an effect, not an instrument: name it under 'effects:', as {{plugin: {{source: ...}}}}"
    )
    with pytest.raises(InputError, match="is an instrument, not an effect"):
        check_role(synth, "effect")


def test_a_plugin_is_asked_once(probe: ProbePlugins, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = identity_of(probe.variant())
    (kept,) = cache.rglob("*.json")
    asked: list[object] = []
    real = roles.Introspection
    monkeypatch.setattr(roles, "Introspection", lambda plugin: asked.append(plugin) or real(plugin))
    assert identity_of(probe.variant()) == first
    assert asked == []
    for damaged in ("", "[]", '{"form": 1}', '{"form": 0}', kept.read_text().replace(first.sha256, "0" * 64)):
        kept.write_text(damaged)
        assert identity_of(probe.variant()) == first
    assert len(asked) == 5


def test_a_cache_that_cannot_be_written(probe: ProbePlugins, cache: Path) -> None:
    cache.write_text("a file in the way")
    assert identity_of(probe.variant()).name == "Probe"
