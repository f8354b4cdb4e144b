"""What the page looks like: on a phone, in the dark, and to those who have only keys, or a screen reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from devtools import Tab

CONTRAST = """
(() => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data];
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = rgba(getComputedStyle(one).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return rgba("Canvas");
  };
  const light = (colour) => {
    const curve = (share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = colour.map((value) => curve(value / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const poor = [];
  let count = 0;
  for (const element of document.querySelectorAll("main *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest("svg, script, template")) continue;
    if (!element.getBoundingClientRect().width) continue;
    const [one, two] = [light(rgba(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    count += 1;
    if (ratio < 4.5) poor.push([element.className || element.tagName, element.textContent.trim(), ratio]);
  }
  return [count, poor];
})()
"""

SMALL = """
[...document.querySelectorAll("button, input")].filter((one) => one.checkVisibility()).map((one) => {
  const box = one.getBoundingClientRect();
  return [one.ariaLabel ?? one.textContent.trim(), Math.round(box.width), Math.round(box.height)];
}).filter(([name, width, height]) => height < 40 || width < 40)
"""


def narrow(tab: Tab, page: Path, dark: bool = False) -> None:
    tab.screen(390, 844, mobile=True, dark=dark)
    tab.open(page)
    tab.wait("Audition.desk.mixes.size === 2")


def test_a_phone_shows_all_of_it(tab: Tab, page: Path) -> None:
    narrow(tab, page)
    for piece in (0, 2):
        tab.run(f"Audition.desk.open({piece})")
        assert tab.run("[innerWidth, document.documentElement.scrollWidth]") == [390, 390]
        assert tab.run(SMALL) == []
    room, bar = tab.run(
        "[parseFloat(getComputedStyle(document.querySelector('main')).paddingBottom),"
        " document.querySelector('.transport').offsetHeight]"
    )
    assert bar < room, "the end of the page is not behind the player"
    assert bar < 844 / 4


def test_fingers_play_switch_and_seek(tab: Tab, page: Path) -> None:
    narrow(tab, page)
    tab.tap("#play")
    tab.wait("Audition.desk.engine?.playing")
    tab.tap(".pills:not([hidden]) button:nth-child(2)")
    tab.wait("Audition.desk.current === 1")
    tab.tap("[data-wave='1']")
    tab.wait("Audition.desk.place > 2.9")
    assert tab.run("Audition.desk.engine.playing") and tab.said() == []


def test_keys_alone_reach_everything_and_show_where_they_are(tab: Tab) -> None:
    tab.run("Audition.desk.open(2)")
    tab.run("document.activeElement.blur(); window.scrollTo(0, 0)")
    reached = []
    for _ in range(60):
        tab.press("Tab")
        found = tab.run(
            "(() => { const one = document.activeElement, style = getComputedStyle(one);"
            " return one === document.body ? null : [one.ariaLabel ?? one.textContent.trim(),"
            " parseFloat(style.outlineWidth), style.outlineStyle]; })()"
        )
        if found is None:
            break
        reached.append(found)
    names = [name for name, _, _ in reached]
    assert all(width >= 2 and style != "none" for _, width, style in reached)
    order = [
        next(at for at, name in enumerate(names) if word in name)
        for word in (
            "twins",
            "Zoom",
            "intro",
            "mix",
            "Mute bass",
            "Solo melody",
            "To the start",
            "Play",
            "Position",
            "Loop",
            "Match loudness",
            "Help",
        )
    ]
    assert order == sorted(order)
    buttons = tab.run(
        "[...document.querySelectorAll('button')].filter((one) => one.checkVisibility()).length"
    )
    assert len([name for name in names if name]) >= buttons


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("piece", [0, 2])
def test_all_text_can_be_read(tab: Tab, page: Path, dark: bool, piece: int) -> None:
    tab.screen(1280, 900, dark=dark)
    tab.open(page)
    tab.run(f"Audition.desk.open({piece})")
    tab.run("document.querySelector('[data-marker]').click()")
    count, poor = tab.run(CONTRAST)
    assert count > 40 and poor == []


def test_dark_and_light_paint_the_waveforms_anew(tab: Tab) -> None:
    options = "Audition.desk.lane.waves.get('0').shown.options"
    colours = f"[{options}.waveColor, {options}.progressColor]"
    light = tab.run(colours)
    tab.screen(1280, 900, dark=True)
    tab.wait(f"{colours}[0] !== {light[0]!r}")
    assert tab.run(colours)[1] != light[1]


def test_a_screen_reader_finds_a_name_on_everything(tab: Tab) -> None:
    tab.run("Audition.desk.open(2)")
    tree = tab.call("Accessibility.getFullAXTree")["nodes"]
    worked = ("button", "slider", "radio", "checkbox", "link", "dialog", "group", "region", "image", "status")
    roles: dict[str, list[str]] = {}
    for node in tree:
        role = node.get("role", {}).get("value")
        if role in worked and not node.get("ignored"):
            roles.setdefault(role, []).append(node.get("name", {}).get("value", ""))
    assert all(name for role, names in roles.items() for name in names if role != "status")
    assert len(roles["button"]) > 15 and len(roles["slider"]) == 2 and len(roles["status"]) == 1


def test_the_playhead_and_the_lanes_share_one_axis(tab: Tab) -> None:
    tab.press("ArrowRight")
    tab.press("ArrowRight")
    places = tab.run(
        "[document.querySelector('.playhead').getBoundingClientRect().x + 1,"
        " document.querySelector('[data-marker=\"1\"]').getBoundingClientRect().x,"
        " [...document.querySelectorAll('.audition:not([hidden]) [data-roll] .note .written')]"
        ".map((one) => one.getBoundingClientRect().x)[4]]"
    )
    assert max(places) - min(places) < 1.5, "two seconds are at one place in all lanes"
