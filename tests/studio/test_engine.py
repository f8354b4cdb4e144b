"""The page's own graph, rendered to the sample: switching, seeking, looping, stems, loudness."""

from __future__ import annotations

import numpy as np
import pytest
import studio_samples as samples
from devtools import Tab
from hearing import ROUNDING, level_db, part, places, shifts
from recording import offline

from composer_daw.audio import Audio
from composer_daw.measure import click_db, longest_gap_s

RATE = samples.RATE
AHEAD_S, FADE_S = 0.026, 0.006


@pytest.fixture
def guarded() -> bool:
    """What is done to the engine comes as text, which the page's policy refuses."""
    return False


def test_a_switch_keeps_the_place_to_the_sample(tab: Tab) -> None:
    turns = [(0.8, "engine.select(1)"), (1.3, "engine.select(0)"), (1.55, "engine.select(1)")]
    heard = offline(tab, 2.2, [(0.0, "engine.match(false); engine.play()"), *turns])
    found = places(heard, samples.noise())
    assert len(shifts(found)) == 1, "one and the same place in time throughout"
    gains = [gain for _, _, gain in found]
    assert list(dict.fromkeys(gains)) == [1.0, 0.5]
    assert [
        at for at, one, two in zip(range(99), gains, gains[1:], strict=False) if one != two
    ].__len__() == 3


def test_no_sample_of_a_switch_falls_out(tab: Tab) -> None:
    heard = offline(tab, 1.6, [(0.0, "engine.match(false); engine.play()"), (0.8, "engine.select(1)")])
    whole, found = samples.noise(), places(heard, samples.noise())
    (shift,) = shifts(found)
    first = found[0][0]
    there = whole[:, first + shift : heard.shape[1] + shift]
    loud = np.abs(there) > 0.02
    gains = (heard[:, first:][loud] / there[loud]).astype(np.float64)
    assert gains.min() > 0.498 and gains.max() < 1.002, "never below the softer, nor above the louder"
    frames = np.nonzero(loud)[1]
    turning = frames[(gains > 0.51) & (gains < 0.99)]
    assert 0.003 < np.ptp(turning) / RATE <= FADE_S + 1e-4


def test_a_switch_makes_no_gap_and_no_click(tab: Tab) -> None:
    tab.run("Audition.desk.open(1)")
    times = [0.5 + 0.31 * at for at in range(12)]
    turns = [(time, f"engine.select({(at + 1) % 2})") for at, time in enumerate(times)]
    heard = offline(tab, 4.8, [(0.0, "engine.play()"), *turns]).mean(axis=0)
    at_s = [time + AHEAD_S + FADE_S / 2 for time in times]
    assert max(click_db(heard, RATE, one, reach_ms=6.0) for one in at_s) < 1.0
    assert max(longest_gap_s(heard, RATE, one - 0.05, one + 0.05) for one in at_s) == 0.0


def test_the_measure_would_hear_a_hard_switch(tab: Tab) -> None:
    tab.run("Audition.desk.open(1)")
    heard = [
        offline(tab, 2.4, [(0.0, f"engine.select({number}); engine.play()")]).mean(axis=0)
        for number in (0, 1)
    ]
    cuts = np.linspace(0.6, 2.2, 40)
    clicks, gaps = [], []
    for cut in cuts:
        at = round(cut * RATE)
        clicks.append(click_db(np.concatenate([heard[0][:at], heard[1][at:]]), RATE, cut, reach_ms=6.0))
        silent = np.concatenate([heard[0][:at], np.zeros(110), heard[1][at + 110 :]])
        gaps.append(longest_gap_s(silent, RATE, cut - 0.05, cut + 0.05))
    assert np.median(clicks) > 15.0 and min(gaps) > 0.002


def test_seeking_and_going_on_after_a_pause(tab: Tab) -> None:
    actions = [
        (0.0, "engine.play()"),
        (0.6, "engine.seek(3)"),
        (1.2, "engine.pause()"),
        (1.5, "engine.play()"),
    ]
    heard = offline(tab, 2.0, actions)
    found = places(heard, samples.noise(), every=500, width=1000)
    begun, sought, went_on = shifts(found)
    jump = 3 * RATE - round((0.6 + AHEAD_S) * RATE)
    assert abs(sought - jump) < 400, "at the place asked for, from the next quantum on"
    paused = max(at + 1000 for at, place, _ in found if place - at == sought)
    resumed = min(at for at, place, _ in found if place - at == went_on)
    lost = (resumed + went_on) - (paused + sought)
    assert 0 <= lost < 2000, "it goes on where it stopped"
    assert np.abs(part(heard, 1.26, 1.48)).max() == 0.0
    assert max(click_db(heard[0], RATE, one) for one in (0.6 + AHEAD_S,)) < 3.0
    assert begun < 0


def test_a_loop_comes_round_to_the_sample(tab: Tab) -> None:
    start, end = 2.0, 3.5
    loop = f"engine.setLoop({{start: {start}, end: {end}}}); engine.seek(3); engine.play()"
    heard = offline(tab, 3.4, [(0.0, loop)])
    found = places(heard, samples.noise(), every=500)
    round_once = round((end - start) * RATE)
    first, *others = shifts(found)
    assert others == [first - round_once, first - 2 * round_once]
    assert len(others) == 2 and max(place for _, place, _ in found) < end * RATE


def test_leaving_a_loop_is_not_heard(tab: Tab) -> None:
    loop = "engine.setLoop({start: 2, end: 3.5}); engine.seek(2.5); engine.play()"
    heard = offline(tab, 2.0, [(0.0, loop), (0.6, "engine.setLoop(null)")])
    found = places(heard, samples.noise(), every=250)
    assert len(shifts(found)) == 1
    assert max(place for _, place, _ in found) > 3.7 * RATE
    (shift,) = shifts(found)
    first = found[0][0]
    there = samples.noise()[0, first + shift : heard.shape[1] + shift]
    assert np.abs(heard[0, first:] / found[0][2] - there).max() < 2 * ROUNDING


def test_stems_take_the_place_of_the_mix_and_give_it_back(tab: Tab) -> None:
    tab.run("Audition.desk.open(2)")
    actions = [
        (0.0, "engine.match(false); engine.play()"),
        (0.8, "engine.mixer(['chords'], [])"),
        (1.6, "engine.mixer(['chords'], ['bass'])"),
        (2.4, "engine.mixer([], [])"),
    ]
    heard = offline(tab, 3.2, actions)
    table = {
        name: [round(level_db(part(heard, at, at + 0.5), hz), 1) for at in (0.25, 1.05, 1.85, 2.65)]
        for name, hz in samples.STEM_HZ.items()
    }
    full = 20 * np.log10(0.3)
    assert table["bass"] == pytest.approx([full] * 4, abs=0.1)
    assert [table["chords"][0], table["chords"][3]] == pytest.approx([full] * 2, abs=0.1)
    assert [table["melody"][at] for at in (0, 1, 3)] == pytest.approx([full] * 3, abs=0.1)
    assert max(*table["chords"][1:3], table["melody"][2]) < full - 60


def test_the_sum_of_the_stems_is_the_mix(tab: Tab) -> None:
    tab.run("Audition.desk.open(2)")
    mix = offline(tab, 1.5, [(0.0, "engine.match(false); engine.play()")])
    empty = [(0.0, "engine.match(false); engine.play()"), (0.7, "engine.mixer(['none of them'], [])")]
    by_stems = [*empty[:1], (0.7, "engine.needsStems = () => true; engine.mixer([], [])")]
    assert np.abs(offline(tab, 1.5, empty) - mix).max() == 0.0
    stems = offline(tab, 1.5, by_stems)
    assert 0.0 < np.abs(stems - mix).max() < 1e-4, "other sounds, and no seam between them"


def test_switching_versions_keeps_what_is_muted(tab: Tab) -> None:
    tab.run("Audition.desk.open(2)")
    actions = [
        (0.0, "engine.match(false); engine.mixer(['melody'], []); engine.play()"),
        (0.8, "engine.select(1)"),
    ]
    heard = offline(tab, 1.6, actions)
    levels = [level_db(part(heard, at, at + 0.45), samples.STEM_HZ["melody"]) for at in (0.3, 1.0)]
    others = [level_db(part(heard, at, at + 0.45), samples.STEM_HZ["bass"]) for at in (0.3, 1.0)]
    assert max(levels) < -70
    assert others[0] - others[1] == pytest.approx(12.04, abs=0.1)
    leak = max(level_db(part(heard, 0.8 + at / 1000, 0.85 + at / 1000), 1900.0) for at in range(0, 50, 5))
    assert leak < -80, "not even while it switches"


def test_matched_versions_are_equally_loud_and_true_levels_are_as_they_were(tab: Tab) -> None:
    tab.run("Audition.desk.open(1)")

    def loudness(script: str) -> float:
        heard = offline(tab, 2.5, [(0.0, f"{script}; engine.play()")])
        return Audio(heard[:, RATE // 4 :], RATE).loudness_lufs()

    matched = [loudness(f"engine.select({number})") for number in (0, 1)]
    true = [loudness(f"engine.match(false); engine.select({number})") for number in (0, 1)]
    own = [Audio(version.audio.samples, RATE).loudness_lufs() for version in samples.tones().versions]  # type: ignore[union-attr]
    assert matched[0] == pytest.approx(matched[1], abs=0.2)
    assert abs(own[0] - own[1]) > 5
    assert true[0] - true[1] == pytest.approx(own[0] - own[1], abs=0.2)


def test_the_end_stops_it(tab: Tab) -> None:
    script = "engine.seek(5.5); engine.play()"
    heard = offline(tab, 1.6, [(0.0, script), (1.2, "globalThis.after = [engine.playing, engine.position]")])
    assert tab.run("after") == [False, samples.LENGTH_S]
    assert np.abs(part(heard, 0.75, 1.6)).max() == 0.0


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_pressed_in_whatever_order_nothing_clicks(tab: Tab, seed: int) -> None:
    tab.run("Audition.desk.open(2)")
    rng = np.random.default_rng(seed)
    length_s, count = 5.0, 60
    times = np.sort(rng.uniform(0.05, length_s - 0.3, count))
    choices = [
        "engine.select(0)",
        "engine.select(1)",
        "engine.seek({at})",
        "engine.match({truth})",
        "engine.mixer(['bass'], [])",
        "engine.mixer(['melody', 'chords'], [])",
        "engine.mixer([], ['chords'])",
        "engine.mixer([], [])",
        "engine.setLoop({{start: {at} / 3, end: {at} / 3 + 0.6}})",
        "engine.setLoop(null)",
        "engine.pause(); engine.play()",
        "engine.seek(5.95)",
        "engine.play()",
    ]
    actions = [(0.0, "engine.play()")] + [
        (
            float(at),
            str(rng.choice(choices)).format(at=round(rng.uniform(0, 5), 3), truth=str(at % 2 < 1).lower()),
        )
        for at in times
    ]
    heard = offline(tab, length_s, actions)
    assert 0.05 < np.abs(heard).max() < 1.01
    # all three tones at full level bend by so much from sample to sample; a cut bends by their height
    bend = sum(0.3 * (2 * np.pi * hz / RATE) ** 2 for hz in samples.STEM_HZ.values())
    loudest = max(1.0, tab.run("Math.max(...Audition.desk.piece.versions.map(({gain}) => gain))"))
    fade = 0.9 * np.pi**2 / 2 / (FADE_S * RATE) ** 2
    steep = 2 * np.pi / (FADE_S * RATE) * sum(0.3 * 2 * np.pi * hz / RATE for hz in samples.STEM_HZ.values())
    assert np.abs(np.diff(heard, 2)).max() < 1.2 * loudest * (bend + 2 * fade + steep)
