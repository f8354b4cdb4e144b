"""Verification: a true map has no fault, and whatever is broken in it or in the sound is found, by name."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from keyed_host import DRUMS, MAP

from composer_daw.calibration import Verification
from composer_daw.calibration.findings import CHECKS
from composer_daw.errors import TechniqueError

Listen = Callable[..., Verification]

BOWED = ["sustain", "pizzicato", "tremolo"]
MUTES = ["senza_sordino", "con_sordino"]


def faults(verification: Verification) -> list[tuple[str, str]]:
    return [(one.technique, one.check) for one in verification.faults]


def broken(before: str, after: str) -> str:
    assert MAP.count(before) == 1
    return MAP.replace(before, after)


def test_a_true_map_has_no_fault(listen: Listen) -> None:
    found = listen()
    assert found.findings == ()
    assert list(found.measured)[:6] == ["sustain", "staccato", "pizzicato", "tremolo", *MUTES]
    assert [name for name in found.measured if "+" in name] == [
        f"{name}+con_sordino" for name in ("staccato", "pizzicato", "tremolo")
    ]
    for name in ("sustain", "staccato", "pizzicato", "tremolo", "con_sordino"):
        one = found.measured[name]
        assert abs(one.cents or 0.0) < 1.0
        assert one.latency_ms == pytest.approx(0.3, abs=0.5)
        assert (one.in_map_ms, one.spread_db) == (0.0, 0.0)
        assert one.lasts_ms == pytest.approx(450 if name == "pizzicato" else 640, abs=15)
        assert one.nearest and (one.apart_db or 0.0) > 1.0
    assert json.loads(json.dumps(found.as_data()))["faults"] == []


def test_a_true_map_of_an_instrument_that_never_repeats_has_no_fault(listen: Listen) -> None:
    found = listen(noise=0.15)
    assert found.faults == ()
    assert all((found.measured[name].spread_db or 0.0) > 0.3 for name in BOWED)


BROKEN = {
    "a wrong key": ("on: [{keyswitch: 26}]", "on: [{keyswitch: 40}]", BOWED, [("pizzicato", "identical")]),
    "a wrong key of the default": (
        "on: [{keyswitch: 24}]",
        "on: [{keyswitch: 40}]",
        BOWED,
        [("sustain", "dead")],
    ),
    "the switch of the default": (
        "on: [{keyswitch: 26}]",
        "on: [{keyswitch: 24}]",
        BOWED,
        [("pizzicato", "identical")],
    ),
    "the switch of another": (
        "on: [{keyswitch: 27}]",
        "on: [{keyswitch: 26}]",
        BOWED,
        [("tremolo", "identical")],
    ),
    "the switch of another group": (
        "on: [{keyswitch: 27}]",
        "on: [{cc: 20, value: 127}]",
        [*BOWED, "con_sordino"],
        [("tremolo", "identical")],
    ),
    "a dead controller": (
        "cc: 20, value: 127",
        "cc: 85, value: 127",
        MUTES,
        [("con_sordino", "identical")],
    ),
    "a dead controller of the default": (
        "cc: 20, value: 0",
        "cc: 85, value: 0",
        MUTES,
        [("senza_sordino", "dead")],
    ),
    "dead dynamics": ("dynamics: {cc: 11}", "dynamics: {cc: 85}", ["pizzicato"], [("cc 85", "dead")]),
    "a default of another group overrules": (
        "cc: 20, value: 0",
        "keyswitch: 26",
        [*BOWED, *MUTES],
        [("senza_sordino", "identical")],
    ),
    "a default that is not told": (
        "{group: articulation, on: [{keyswitch: 24}]}",
        "{group: articulation}",
        BOWED,
        [("pizzicato", "stays"), ("tremolo", "stays")],
    ),
    "a wrong octave": (
        "on: [{keyswitch: 26}]",
        "on: [{keyswitch: 26}], note: {sounds: 12}",
        ["pizzicato"],
        [("pizzicato", "tuning")],
    ),
    "one action of two is dead": (
        "on: [{keyswitch: 26}]",
        "on: [{keyswitch: 26}, {cc: 85, value: 90}]",
        ["pizzicato"],
        [("pizzicato", "dead")],
    ),
    "what follows the score is dead": (
        "on: [{keyswitch: 26}]",
        "on: [{keyswitch: 26}, {cc: 85, value: {follow: velocity}}]",
        ["pizzicato"],
        [("pizzicato", "dead")],
    ),
    "never what plays": (
        "on: [{keyswitch: 27}]",
        "on: [{keyswitch: 27}], when: {previous: overlaps, length_ms: [1, 20]}",
        ["tremolo"],
        [("tremolo", "unreachable")],
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_map_is_found_out(listen: Listen, what: str) -> None:
    before, after, only, wanted = BROKEN[what]
    assert faults(listen(broken(before, after), only)) == wanted


@pytest.mark.parametrize("what", ["a wrong key", "the switch of another", "a dead controller"])
def test_so_it_is_where_no_two_takes_are_alike(listen: Listen, what: str) -> None:
    before, after, only, wanted = BROKEN[what]
    assert faults(listen(broken(before, after), only, noise=0.15)) == wanted


SOUNDS = {
    "fails": {"refused": {26}},
    "silent": {"silent": {26}},
    "stuck": {"stuck": {26}},
    "tuning": {"cents": {26: 45.0}},
    "clipped": {"clipped": {26}},
    "unstable": {"unsteady": {26: 1.5}},
}


@pytest.mark.parametrize("check", SOUNDS)
def test_a_sound_that_is_wrong_is_found_out(listen: Listen, check: str) -> None:
    assert faults(listen(only=BOWED, **SOUNDS[check])) == [("pizzicato", check)]


@pytest.mark.parametrize("check", ["fails", "silent"])
def test_a_default_that_is_not_heard_is_named_and_not_what_plays_with_it(listen: Listen, check: str) -> None:
    wrong = {"fails": {"refused": {24}}, "silent": {"silent": {24}}}[check]
    assert faults(listen(only=[*BOWED, *MUTES], **wrong)) == [("sustain", check)]


@pytest.mark.parametrize(
    ("cents", "told"), [(-1200.0, "-1 octave "), (2400.0, "+2 octaves "), (-33.0, "-33 cents ")]
)
def test_how_far_it_is_out_of_tune_is_told(listen: Listen, cents: float, told: str) -> None:
    (fault,) = listen(only=["pizzicato"], cents={26: cents}).faults
    assert told in fault.problem


def test_25_cents_are_in_tune(listen: Listen) -> None:
    assert listen(only=["pizzicato"], cents={26: 25.0}).faults == ()


def test_where_nothing_is_heard_only_that_is_told(listen: Listen) -> None:
    every = set(range(24, 28))
    assert faults(listen(only=["sustain", "senza_sordino"], silent=every)) == [("sustain", "silent")]


def test_a_drum_that_is_silent_is_told_once(listen: Listen) -> None:
    """Techniques of a kit are heard on its drums; the silent one is no fault of theirs."""
    kit = "groups: {kit: {default: sticks}}\ntechniques:\n  sticks: {group: kit}\n"
    kit += "  brushes: {group: kit, on: [{keyswitch: 26}], off: [{keyswitch: 24}]}\n"
    known = DRUMS.replace("range: [60, 72]\n", kit).replace("hit: 60", "hit: 1")
    assert faults(listen(known, mute_pitches={1})) == [("kick=hit", "silent")]


def test_switches_that_sound_are_heard(listen: Listen) -> None:
    """Controllers make no sound: what is heard with `con_sordino` is the switch of the default beside it."""
    found = faults(listen(only=[*BOWED, *MUTES], audible=True))
    assert [name for name, check in found if check == "audible"] == BOWED


def test_a_switch_that_comes_too_late_is_dead_after_the_default(listen: Listen) -> None:
    """Alone a technique has all the time before the score; after another it has 20 ms."""
    assert faults(listen(only=["pizzicato"], slow_s=0.03)) == [("pizzicato", "dead"), ("sustain", "dead")]


def test_channels(listen: Listen) -> None:
    assert [str(one) for one in listen(only=["pizzicato"], deaf={1}).faults] == [
        "channel 2: channel: nothing is heard on it; see `channels`"
    ]
    (fault,) = listen(only=["pizzicato"], omni=True).faults
    assert fault.technique == "channel 1"
    assert "pizzicato on channel 2 is heard on channel 1 too" in fault.problem


def test_a_late_technique_is_a_hint(listen: Listen) -> None:
    found = listen(only=["pizzicato"], late_s={26: 0.06})
    assert found.faults == ()
    (hint,) = found.hints
    assert (hint.technique, hint.check) == ("pizzicato", "late")
    assert "speaks 60 ms after it is sent, where the map says 0 ms" in hint.problem


def test_one_of_several_actions_that_works_is_no_fault(listen: Listen) -> None:
    more = "on: [{keyswitch: 26}, {cc: 21, value: {follow: velocity}}], off: [{cc: 21, value: 0}]"
    assert listen(broken("on: [{keyswitch: 26}]", more), ["pizzicato"]).faults == ()


def test_a_controller_that_is_left_behind(listen: Listen) -> None:
    more = "on: [{keyswitch: 25}, {cc: 21, value: 127}]"
    (fault,) = listen(broken("on: [{keyswitch: 25}]", more), ["staccato"]).faults
    assert (fault.technique, fault.check) == ("staccato", "stays")
    assert "it leaves CC 21 = 127 behind; give it `off`" in fault.problem


def test_an_action_that_needs_company_is_heard_with_it(listen: Listen) -> None:
    text = broken("cc: 20, value: 127}", "cc: 20, value: 127, only_with: pizzicato}")
    assert listen(text, ["pizzicato", *MUTES]).faults == ()


def test_what_is_told_alike_under_other_conditions_is_no_fault(listen: Listen) -> None:
    text = broken(
        "  tremolo: {group: articulation, on: [{keyswitch: 27}]}\n",
        "  slow: {group: articulation, plays: pizzicato, on: [{keyswitch: 26}], when: {pitch: [C5, null]}}\n",
    )
    assert listen(text, ["pizzicato", "slow"]).faults == ()


def test_both_of_two_that_sound_alike_are_named(listen: Listen) -> None:
    found = listen(broken("keyswitch: 27", "keyswitch: 26"), ["pizzicato", "tremolo"])
    (fault,) = found.faults
    assert {fault.technique, fault.also} == {"pizzicato", "tremolo"}
    assert "both by key D1; one of the two is wrong" in str(fault)
    assert found.of("pizzicato") == found.of("tremolo") == (fault,)


def test_of_two_that_sound_alike_the_one_that_the_map_is_wrong_about_is_named(listen: Listen) -> None:
    """The map knows how late each speaks; the sound of both is pizzicato's."""
    text = broken("on: [{keyswitch: 26}]", "on: [{keyswitch: 27}], latency_ms: {first: 50}")
    (fault,) = listen(text, ["pizzicato", "tremolo"], late_s={26: 0.05}).faults
    assert (fault.technique, fault.also) == ("pizzicato", "tremolo")


def test_drums(listen: Listen) -> None:
    assert listen(DRUMS).faults == ()
    assert faults(listen(DRUMS.replace("rimshot: 64", "rimshot: 62"))) == [("snare=rimshot", "identical")]
    assert faults(listen(DRUMS.replace("rimshot: 64", "rimshot: 60"))) == [("snare=rimshot", "identical")]


def test_drums_beside_techniques(listen: Listen) -> None:
    pieces = "range: [C3, C6]\npieces:\n  knock: {written: [C4, D4], low: C3, high: C5}\n"
    known = broken("range: [C3, C6]\n", pieces)
    only = [*BOWED, "knock=low", "knock=high"]
    found = listen(known, only)
    assert found.faults == () and list(found.measured) == only
    assert abs(found.measured["pizzicato"].cents or 0.0) < 1.0 and found.measured["knock=low"].cents is None
    assert faults(listen(known.replace("keyswitch: 26", "keyswitch: 40"), only)) == [
        ("pizzicato", "identical")
    ]
    assert faults(listen(known.replace("high: C5", "high: C3"), only)) == [("knock=high", "identical")]


def test_what_is_for_connected_notes_is_heard_on_them(listen: Listen) -> None:
    """Even where no two takes are alike, single notes do not water down what differs."""
    known = broken("on: [{keyswitch: 27}]", "on: [{keyswitch: 27}], when: {previous: connects}")
    only = ["sustain", "tremolo"]
    assert listen(known, only, noise=0.15).faults == ()
    wrong = known.replace("keyswitch: 27", "keyswitch: 40")
    assert faults(listen(wrong, only, noise=0.15)) == [("tremolo", "identical")]


def test_names_are_checked(listen: Listen) -> None:
    with pytest.raises(
        TechniqueError, match=r"no playable technique 'pizicato' \(did you mean 'pizzicato'\?\)"
    ):
        listen(only=["pizicato"])


def test_every_check_is_described() -> None:
    checks = {check for *_, wanted in BROKEN.values() for _, check in wanted} | set(SOUNDS)
    assert checks | {"audible", "channel", "late", "unlike"} == set(CHECKS)
