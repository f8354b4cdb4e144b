"""Every instrument that can be heard here: its own map has no fault, and every fault put into it is found."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Callable, Iterator

import pytest
from broken_maps import Broken, broken_copies, swapped_copies
from late_sfz import write_late_instrument
from muted_sfz import write_muted_instrument
from small_sfz import write_small_instrument

from composer_daw.calibration import Verification, verify, verify_instrument
from composer_daw.errors import ComposerError
from composer_daw.hosts.base import Host
from composer_daw.rendering import Instrument, load_instrument, open_host
from composer_daw.rendering.instrument import instrument_names

RATE = 44_100
WRITTEN = {
    "sfz/small": write_small_instrument,
    "sfz/late": write_late_instrument,
    "sfz/muted": write_muted_instrument,
}
ALL = (*instrument_names(), *WRITTEN)

SOME = {
    "studio/violin": ("con_sordino",),
    "musescore/violins": ("tremolo",),
    "general_midi/drums": ("brushes", "snare=electric", "vibraslap=hit"),
    "sfz/small": ("staccato",),
    "sfz/muted": ("con_sordino",),
    "plugins/amsynth": ("sustain",),
}
"""What is heard, and what is broken, in every run; all else is marked as long."""

Listen = Callable[..., Verification]


@pytest.fixture(scope="module", params=ALL)
def instrument(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    """Each instrument that ships, and SFZ files that are written here."""
    name = request.param
    if name in WRITTEN:
        return load_instrument(WRITTEN[name](tmp_path_factory.mktemp("sfz")))
    return load_instrument(name)


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """The name by which the instrument was asked for."""
    return str(request.node.callspec.params["instrument"])


@pytest.fixture(scope="module")
def host(instrument: Instrument) -> Iterator[Host]:
    """Its engine, opened once for all copies: every render starts afresh."""
    with contextlib.ExitStack() as stack:
        try:
            host = stack.enter_context(open_host(instrument, RATE, instrument.preset.repeats == "fresh"))
            assert host.state is not None  # a plugin loads when it is first asked for something
        except ComposerError as error:
            required = os.environ.get("COMPOSER_DAW_REQUIRE_ALL") == "1"
            pytest.fail(str(error)) if required else pytest.skip(str(error))
        yield host


@pytest.fixture
def listen(host: Host, monkeypatch: pytest.MonkeyPatch) -> Listen:
    """Return a function that verifies an instrument with the engine that is open."""
    monkeypatch.setattr(verify, "open_host", lambda *arguments: contextlib.nullcontext(host))

    def heard(instrument: Instrument, techniques: tuple[str, ...] | None = None) -> Verification:
        return verify_instrument(instrument, RATE, techniques=techniques)

    return heard


def is_found(broken: Broken, verification: Verification) -> bool:
    """Tell whether a fault is found: under its name or that of its twin, and under no other."""
    faults = verification.faults
    named = {name for one in faults for name in (one.technique, one.also)} - {""}
    return broken.culprit in named and named <= {broken.culprit, broken.also}


def check(
    name: str,
    good: Verification,
    copies: list[Broken],
    listen: Listen,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Listen to broken copies, and say how many were found."""
    missed = []
    for broken in copies:
        found = listen(broken.instrument, broken.techniques)
        if not is_found(broken, found):
            missed.append(f"{broken.what}: {[str(one) for one in found.faults]}")
    with capsys.disabled():
        print(
            f"\nverify: {name}: {len(copies)} broken copies, {len(copies) - len(missed)} found; "
            f"its own map: {len(good.faults)} faults",
            end=" ",
        )
    assert [str(one) for one in good.faults] == []
    assert missed == []


@pytest.mark.parametrize("instrument", SOME, indirect=True)
def test_some_faults_are_found(
    instrument: Instrument,
    name: str,
    listen: Listen,
    capsys: pytest.CaptureFixture[str],
) -> None:
    known = instrument.technique_map
    good = listen(instrument, tuple(dict.fromkeys((*sorted(known.defaults), *SOME[name]))))
    chosen: dict[tuple[str, str], Broken] = {}
    for broken in broken_copies(instrument):
        if broken.culprit in SOME[name] or broken.culprit.startswith("cc "):
            chosen.setdefault((broken.culprit, broken.kind), broken)
    assert chosen or not any(one.on for one in known.techniques.values())
    check(name, good, list(chosen.values()), listen, capsys)


@pytest.mark.long
def test_every_fault_is_found(
    instrument: Instrument,
    name: str,
    listen: Listen,
    capsys: pytest.CaptureFixture[str],
) -> None:
    check(name, listen(instrument), list(broken_copies(instrument)), listen, capsys)


def is_heard_swapped(broken: Broken, verification: Verification) -> bool:
    """Tell whether both of two are named for sounding unlike their names, and no other one has a fault."""
    pair = {broken.culprit, broken.also}
    unlike = [one for one in verification.findings if one.check == "unlike"]
    named = {name for one in unlike for name in (one.technique, one.also)}
    faults = {name for one in verification.faults for name in (one.technique, one.also)} - {""}
    return pair <= named and faults <= pair


def check_swapped(
    name: str, copies: list[Broken], listen: Listen, capsys: pytest.CaptureFixture[str]
) -> None:
    """Listen to maps in which two techniques are exchanged; say how many were found."""
    faults, missed = 0, []
    for broken in copies:
        found = listen(broken.instrument, broken.techniques)
        faults += bool(found.faults)
        if not is_heard_swapped(broken, found):
            missed.append(f"{broken.what}: {[str(one) for one in found.findings]}")
    with capsys.disabled():
        found_count = len(copies) - len(missed)
        print(f"\nverify: {name}: {len(copies)} swapped, {found_count} found, {faults} as faults", end=" ")
    assert missed == []


@pytest.mark.long
def test_techniques_of_different_character_that_are_swapped_are_found(
    instrument: Instrument,
    name: str,
    listen: Listen,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if name != "sfz/small":  # clicks, which promise nothing
        check_swapped(name, list(swapped_copies(instrument)), listen, capsys)


SWAPPED = {"musescore/violins": [("pizzicato", "tremolo")]}
"""What is exchanged in every run; all else is marked as long."""


@pytest.mark.parametrize("instrument", SWAPPED, indirect=True)
def test_some_that_are_swapped_are_found(
    instrument: Instrument,
    name: str,
    listen: Listen,
    capsys: pytest.CaptureFixture[str],
) -> None:
    copies = [one for one in swapped_copies(instrument) if (one.culprit, one.also) in SWAPPED[name]]
    assert len(copies) == len(SWAPPED[name])
    check_swapped(name, copies, listen, capsys)


@pytest.mark.long
@pytest.mark.parametrize("instrument", ["sfz/muted"], indirect=True)
def test_all_that_is_heard_of_a_map_names_no_other_technique(
    instrument: Instrument, listen: Listen, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole map is heard each time: what follows from a fault is not told as faults of others."""
    copies = [dataclasses.replace(broken, techniques=None) for broken in broken_copies(instrument)]
    check("sfz/muted, heard whole", listen(instrument), copies, listen, capsys)
