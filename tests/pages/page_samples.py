"""Sounds and pages for the tests of pages, made here and now."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np

from composer_daw.audio import Audio
from composer_daw.pages import Clip, Column, Page, RollNote, Section, Table

RATE = 22_050
VOID = {"meta", "link", "img", "input", "br", "hr"}


def sine(hz: float = 440.0, duration_s: float = 1.0, amplitude: float = 0.5, rate: int = RATE) -> Audio:
    time_s = np.arange(int(duration_s * rate)) / rate
    return Audio((amplitude * np.sin(2 * np.pi * hz * time_s)).astype(np.float32), rate)


def notes(label: str = "staccato") -> list[RollNote]:
    return [RollNote(0.1 + i / 4, 0.2 + i / 4, 60 + i, label, 0.1 + i / 4, 0.33 + i / 4) for i in range(3)]


def clip(title: str = "Staccato", href: str = "audio/a.wav", duration_s: float = 1.0, **more: object) -> Clip:
    values = {"notes": notes(), "caption": "Short notes", "facts": {"Peak": "-6.0 dBFS"}} | more
    return Clip(title, href, sine(duration_s=duration_s), technique="staccato", **values)  # type: ignore[arg-type]


def page(clips: list[Clip] | None = None) -> Page:
    table = Table(
        ["Technique", Column("Onset, ms", 1, "median error"), "Kind"],
        [["staccato", 2.25, "short"], ["pizzicato", -10.0, "plucked"], ["legato", None, "long"]],
        "Measured figures",
    )
    shown = [clip(), clip("Pizzicato", "audio/b.wav")] if clips is None else clips
    section = Section("A piece", "Its text.", shown, table)
    return Page("Two versions", "First.\n\nSecond.", [section], "The end.")


class Outline(HTMLParser):
    """Collect the tags (name, attributes, text inside) of a page and check that they nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.open: list[tuple[str, list[str]]] = []
        self.feed(html)
        self.close()
        assert not self.open, f"left open: {[name for name, _ in self.open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        text: list[str] = []
        self.found.append((tag, dict(attrs), text))
        if tag not in VOID:
            self.open.append((tag, text))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), []))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1][0] == tag, f"</{tag}> closes <{self.open[-1][0]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for _, text in self.open:
            text.append(data)

    def tags(self, name: str, css: str = "") -> list[dict[str, str | None]]:
        return [a for tag, a, _ in self.found if tag == name and css in [*(a.get("class") or "").split(), ""]]

    def texts(self, name: str, css: str = "") -> list[str]:
        return [
            "".join(text).strip()
            for tag, a, text in self.found
            if tag == name and (not css or css in (a.get("class") or "").split())
        ]
