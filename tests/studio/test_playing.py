"""The page in a browser, opened from a file and worked by keys, mouse and fingers as a person would."""

from __future__ import annotations

import re
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import studio_samples as samples
from devtools import Tab
from hearing import level_db, places, shifts
from recording import start_tape, stop_tape

from composer_daw.measure import longest_gap_s
from composer_daw.studio import AuditionPage, write_audition

PLACE = "Audition.desk.place"
PLAYING = "Boolean(Audition.desk.engine?.playing)"


def pressed(tab: Tab, css: str) -> list[str]:
    """Return the names of the buttons of the open piece that are pressed."""
    names: list[str] = tab.run(
        f"[...document.querySelectorAll('.audition:not([hidden]) {css}[aria-pressed=true]')]"
        ".map((one) => one.ariaLabel ?? one.textContent.trim())"
    )
    return names


def play(tab: Tab) -> None:
    tab.press(" ")
    tab.wait(f"{PLAYING} && {PLACE} > 0.1")


def test_it_plays_from_a_file_and_says_nothing(tab: Tab, page: Path) -> None:
    assert [path.name for path in page.parent.iterdir()] == ["index.html"]
    tab.call("Network.enable")
    tab.open(page)
    play(tab)
    tab.wait("document.querySelector('.note.on')")
    assert tab.run("location.protocol") == "file:"
    assert tab.run("document.querySelector('#play').ariaLabel") == "Pause"
    tab.press(" ")
    assert not tab.run(PLAYING)
    before = tab.run(PLACE)
    time.sleep(0.2)
    assert tab.run(PLACE) == before > 0.1
    asked = [
        e["params"]["request"]["url"] for e in tab.pipe.events if e["method"] == "Network.requestWillBeSent"
    ]
    assert asked and {re.split(":", url)[0] for url in asked} <= {"file", "data"}
    assert [url for url in asked if url.startswith("file:")] == [page.as_uri()]
    assert tab.said() == []


def test_the_browser_lets_the_page_ask_for_nothing(tab: Tab, page: Path) -> None:
    for url in (page.as_uri(), "data:text/plain,x", "http://127.0.0.1:9/"):
        assert tab.run(f"fetch('{url}').then(() => 'came', () => 'refused')") == "refused"
    assert any("Content Security Policy" in said for said in tab.said())


def test_a_sound_that_did_not_load_is_tried_again(tab: Tab) -> None:
    sound = "document.getElementById(Audition.data.pieces[2].versions[0].stems[0].sound.id)"
    tab.run(f"Audition.desk.open(2); globalThis.whole = {sound}.textContent; {sound}.textContent = 'AAAA'")
    tab.wait("Audition.desk.mixes.size === 2")
    tab.press(" ")
    tab.wait(PLAYING)
    tab.run("Audition.desk.mute('bass')")
    tab.wait("document.querySelector('#status').textContent.startsWith('This sound does not play here')")
    assert tab.run("Audition.desk.stems.size") == 0
    tab.run(f"{sound}.textContent = whole; Audition.desk.mute('bass')")
    tab.run("Audition.desk.mute('bass')")
    tab.wait("Audition.desk.engine.versions[0].stems?.length === 3")
    assert tab.said() == []


def test_the_notes_of_the_stem_that_is_chosen_stand_before_the_others(tab: Tab) -> None:
    tab.run("Audition.desk.open(2)")
    front = "[...document.querySelectorAll('[data-roll] .layer.front')].map((one) => one.dataset.stem)"
    behind = front.replace(".front", ".behind")
    tab.press("ArrowDown")
    assert (tab.run(front), tab.run(behind)) == (["chords"], ["melody"])
    tab.click(".audition:not([hidden]) [data-stem-row=melody] .title")
    assert (tab.run(front), tab.run(behind)) == (["melody"], ["chords"])
    assert tab.run("document.querySelector('.audition:not([hidden]) .front-name').textContent") == "▸ melody"


@pytest.mark.parametrize("guarded", [False])
def test_keys_switch_without_a_seam_in_the_sound_that_plays(tab: Tab, long_page: Path) -> None:
    tab.open(long_page)
    tab.wait("Audition.desk.mixes.size === 2")
    tab.press("g")
    play(tab)
    start_tape(tab)
    for key in ("2", "1", "2"):
        time.sleep(0.3)
        tab.press(key)
        tab.wait(f"Audition.desk.current === {int(key) - 1}")
    time.sleep(0.3)
    heard = stop_tape(tab)
    found = places(heard, samples.noise(length_s=samples.LONG_S))
    gains = [gain for _, _, gain in found]
    assert len(shifts(found)) == 1 and set(gains) == {1.0, 0.5}
    assert sum(one != two for one, two in pairwise(gains)) == 3
    length_s = heard.shape[1] / samples.RATE
    assert longest_gap_s(heard[0], samples.RATE, 0.002, length_s, -50.0) == 0.0
    (name,) = pressed(tab, ".version")
    assert "soft" in name


def test_a_switch_is_told(tab: Tab) -> None:
    tab.run(
        "globalThis.told = []; const status = document.querySelector('#status');"
        "new MutationObserver(() => told.push(status.textContent)).observe(status, {childList: true})"
    )
    tab.press("2")
    tab.wait("told.includes('Version 2: soft')")
    tab.press("g")
    tab.wait("told.includes('True levels')")
    tab.wait("told[told.length - 1] === ''")  # and goes away by itself


def test_it_sleeps_while_it_is_still_and_goes_on_where_it_was(tab: Tab) -> None:
    play(tab)
    tab.press(" ")
    at = tab.run(PLACE)
    tab.wait("Audition.desk.context.state === 'suspended'")
    tab.press("2")
    tab.wait("Audition.desk.engine.current === 1")
    tab.press(" ")
    tab.wait(f"{PLAYING} && {PLACE} > {at + 0.1}")
    assert tab.run(PLACE) < at + 2.0


def test_arrows_home_and_end_move(tab: Tab) -> None:
    for key, shift, place in (
        ("ArrowRight", False, 1.0),
        ("ArrowRight", True, 6.0),
        ("ArrowLeft", False, 5.0),
        ("Home", False, 0.0),
        ("ArrowLeft", False, 0.0),
        ("End", False, 6.0),
    ):
        tab.press(key, shift)
        assert tab.run(PLACE) == place, key
    tab.press(" ")
    tab.wait(f"{PLAYING} && {PLACE} < 2")  # from the end it begins anew
    tab.press("ArrowRight", shift=True)
    tab.wait(f"!{PLAYING} && {PLACE} === 6")
    assert tab.run("document.querySelector('#play').ariaLabel") == "Play"


def test_sections_are_gone_to_and_looped(tab: Tab) -> None:
    tab.press("]")
    assert tab.run(PLACE) == 2.0
    assert tab.run("document.querySelector('.now').textContent") == "verse a lonely cello at dusk"
    tab.press("]")
    tab.press("[")
    assert tab.run(PLACE) == 2.0
    tab.press("[")
    assert tab.run(PLACE) == 0.0
    tab.click("[data-marker='1']")
    assert (tab.run(PLACE), len(pressed(tab, "[data-marker]"))) == (2.0, 1)
    play(tab)
    tab.press("End")
    tab.wait(f"{PLACE} >= 5.9")
    tab.wait(f"!{PLAYING}")
    tab.press(" ")
    tab.wait(f"{PLAYING} && {PLACE} > 2.9")  # a loop begins anew at its own start
    tab.wait(f"{PLACE} < 2.5")
    tab.press("l")
    assert pressed(tab, "[data-marker]") == []
    tab.wait(f"{PLACE} > 3.6")
    assert tab.run(PLAYING)


@pytest.mark.parametrize("guarded", [False])
def test_stems_by_key(tab: Tab, long_page: Path) -> None:
    tab.open(long_page)
    tab.click("[data-open='1']")
    tab.press(" ")
    tab.wait(f"{PLAYING} && {PLACE} > 0.1")
    start_tape(tab)
    time.sleep(0.25)
    tab.press("ArrowDown")
    tab.press("m")
    assert pressed(tab, ".mute") == ["Mute chords"] * 2, "in both versions"
    tab.wait("Audition.desk.stems.size === 1 && Audition.desk.engine.muted.has('chords')")
    time.sleep(0.3)
    tab.press("ArrowDown")
    tab.press("s")
    assert pressed(tab, ".solo") == ["Solo melody"] * 2
    time.sleep(0.35)
    tab.press("a")
    assert pressed(tab, ".mute") + pressed(tab, ".solo") == []
    time.sleep(0.3)
    heard = stop_tape(tab)
    window = 4096
    levels = np.array(
        [
            [level_db(heard[0, at : at + window], hz) > -30 for hz in samples.STEM_HZ.values()]
            for at in range(0, heard.shape[1] - window, 1024)
        ]
    )
    heard_so = [
        tuple(row) for at, row in enumerate(levels.tolist()) if at == 0 or row != levels.tolist()[at - 1]
    ]
    assert heard_so[0] == (True, True, True) == heard_so[-1]
    assert (True, False, True) in heard_so and (False, False, True) in heard_so
    begun_s = 0.002  # the tape's first sample may lie near zero, and the meter hears a millisecond at once
    assert longest_gap_s(heard[0], samples.RATE, begun_s, heard.shape[1] / samples.RATE) == 0.0
    assert tab.run("document.querySelectorAll('.layer.silent').length") == 0


def test_what_is_muted_is_dimmed_and_stays_so_in_another_version(tab: Tab) -> None:
    tab.click("[data-open='2']")
    tab.click("[data-mute='chords']")
    assert tab.run("[...document.querySelectorAll('.layer.silent')].map((one) => one.dataset.stem)") == [
        "chords"
    ]
    tab.press("2")
    tab.wait("Audition.desk.current === 1")
    assert tab.run("[...document.querySelectorAll('.layer.silent')].map((one) => one.dataset.stem)") == [
        "chords"
    ]
    shown = "[...document.querySelectorAll('.audition:not([hidden]) .stem')].filter((one) => !one.hidden)"
    assert tab.run(f"{shown}.map((one) => [one.dataset.rowOf, one.classList.contains('silent')])") == [
        ["1", False],
        ["1", True],
        ["1", False],
    ]


def test_space_plays_after_a_click_and_presses_what_tab_has_reached(tab: Tab) -> None:
    tab.click("[data-version='1']")
    tab.wait("Audition.desk.current === 1")
    play(tab)
    tab.press(" ")
    assert not tab.run(PLAYING) and tab.run("Audition.desk.current") == 1
    tab.run("document.querySelector('[data-version=\"1\"]').focus()")
    tab.press("Tab", shift=True)
    assert tab.run("document.activeElement.dataset.version") == "0"
    tab.press(" ")
    tab.wait("Audition.desk.current === 0")
    assert not tab.run(PLAYING)


def test_the_picture_and_the_bar_are_clicked(tab: Tab) -> None:
    box = tab.run(
        "(() => { const b = document.querySelector('.audition .seek').getBoundingClientRect();"
        " const w = document.querySelector('[data-wave=\"0\"]').getBoundingClientRect();"
        " return [b.x, b.width, w.y + 20]; })()"
    )
    tab.click_at(box[0] + box[1] / 2, box[2])
    assert abs(tab.run(PLACE) - 3.0) < 0.02
    tab.run("document.querySelector('#seek-bar').focus()")
    tab.press("ArrowRight")
    assert abs(tab.run(PLACE) - 4.0) < 0.02
    assert tab.run("document.querySelector('#seek-bar').ariaValueText") == "0:04.0 of 0:06.0, chorus"
    tab.click("#to-start")
    assert tab.run(PLACE) == 0.0


def test_help_opens_and_closes(tab: Tab) -> None:
    tab.press("?")
    assert tab.run("document.querySelector('#help').open")
    tab.press("ArrowRight")
    assert tab.run(PLACE) == 0.0, "what is covered does not move"
    tab.press("Escape")
    assert not tab.run("document.querySelector('#help').open")
    tab.click("#ask")
    tab.click("#close-help")
    assert not tab.run("document.querySelector('#help').open")


def test_zoom_widens_the_axis_and_follows_what_plays(tab: Tab) -> None:
    for _ in range(5):
        tab.press("+")
    width = "document.querySelector('.lanes').{}"
    assert tab.run(width.format("scrollWidth")) > 4 * tab.run(width.format("clientWidth"))
    tab.press("ArrowRight", shift=True)
    assert tab.run(width.format("scrollLeft")) > 1000, "where it went can be seen"
    tab.press("Home")
    assert tab.run(width.format("scrollLeft")) == 0
    play(tab)
    tab.wait(width.format("scrollLeft") + " > 300")
    for _ in range(9):
        tab.press("-")
    assert tab.run(width.format("scrollWidth")) == tab.run(width.format("clientWidth"))


def test_another_piece_stops_the_first(tab: Tab) -> None:
    play(tab)
    tab.click("[data-open='1']")
    assert not tab.run(PLAYING) and tab.run(PLACE) == 0.0
    assert tab.run("[...document.querySelectorAll('.audition')].map((one) => one.hidden)") == [
        True,
        False,
        True,
    ]
    assert tab.run("document.querySelector('#loop').hidden"), "it has no sections"
    play(tab)


def test_match_is_turned_off_and_on(tab: Tab) -> None:
    gains = "Audition.desk.engine.versions.map((one) => one.match.value)"
    play(tab)
    assert tab.run(gains)[1] / tab.run(gains)[0] > 1.9
    tab.click("#match")
    assert tab.run(gains) == [1, 1] and tab.run("document.querySelector('#match').ariaPressed") == "false"
    tab.press("g")
    assert tab.run(gains)[1] > 1.9


def test_a_sound_that_does_not_decode_is_told(tab: Tab, page: Path, tmp_path: Path) -> None:
    html = page.read_text(encoding="utf-8")
    (tmp_path / "broken.html").write_text(re.sub(r'(id="sound-0">).{40}', r"\g<1>" + "A" * 40, html))
    tab.open(tmp_path / "broken.html")
    tab.press(" ")
    tab.wait(
        "document.querySelector('#status').textContent.startsWith('This sound does not play here')"
    )  # it stays
    assert not tab.run(PLAYING) and tab.said() == []


def test_sound_as_mp3_keeps_its_place(browser: Tab, tmp_path: Path) -> None:
    browser.forget()
    browser.open(write_audition(AuditionPage("MP3", [samples.twins()]), tmp_path, "mp3"))
    browser.wait("Audition.desk.mixes.size === 2")
    browser.run("globalThis.heard = null; Audition.desk._mix(0).then(({buffer}) => { heard = buffer; })")
    browser.wait("heard")
    whole = samples.noise()
    assert browser.run("heard.length") == whole.shape[1]
    stretch = np.array(browser.run("[...heard.getChannelData(0).subarray(100000, 104000)]"))
    near = whole[0, 99_000:105_000].astype(np.float64)
    assert int(np.correlate(near, stretch, "valid").argmax()) == 1000
    assert browser.said() == []
