"""Page: sections of clips and figures as one HTML file that needs nothing but its audio.

Every style and script stands inside the file, so that a page opens from a folder, without a network.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from composer_daw.errors import InputError
from composer_daw.files import write_text
from composer_daw.pages.colours import look_of, spoken
from composer_daw.pages.player import Clip, axes_of, render_clip
from composer_daw.pages.roll import labels_of
from composer_daw.pages.table import Table, render_table
from composer_daw.pages.templating import fill

if TYPE_CHECKING:
    from markupsafe import Markup

PRELOADED_AT_MOST = 48
"""Pages with more clips than this load a sound only when it is played."""


@dataclass(frozen=True)
class Section:
    """Clips side by side on shared axes, and a table of figures below; a blank line parts paragraphs."""

    title: str
    text: str = ""
    clips: Sequence[Clip] = ()
    table: Table | None = None


@dataclass(frozen=True)
class Page:
    """A page: title, introduction and sections; `lang` is a BCP 47 tag ("en", "ja")."""

    title: str
    intro: str = ""
    sections: Sequence[Section] = ()
    footer: str = ""
    lang: str = "en"


def render_page(page: Page) -> str:
    """Render a page as HTML; the same page gives the same text."""
    count = sum(len(section.clips) for section in page.sections)
    preload = "metadata" if count <= PRELOADED_AT_MOST else "none"
    names = [f"s{number}" for number in range(1, len(page.sections) + 1)]
    body = [render_section(s, name=n, preload=preload) for s, n in zip(page.sections, names, strict=True)]
    contents = [(name, section.title) for name, section in zip(names, page.sections, strict=True)]
    return render_shell(
        page.title, body, intro=page.intro, footer=page.footer, lang=page.lang, contents=contents
    )


def write_page(page: Page, path: str | Path) -> None:
    """Write a page whole or not at all, making missing folders."""
    write_text(path, render_page(page))


def render_section(section: Section, *, name: str = "s1", preload: str = "metadata") -> Markup:
    """Render a section: heading, text, legend, cards, table; `name` is its id in the page."""
    axes = axes_of(section.clips)
    cards = [
        render_clip(clip, axes, name=f"{name}-{number}", preload=preload)
        for number, clip in enumerate(section.clips, 1)
    ]
    table = render_table(section.table) if section.table else None
    return fill(
        "section.html",
        section=section,
        name=name,
        paragraphs=_paragraphs(section.text),
        cards=cards,
        legend=_legend(section.clips),
        shows_written=any(n.written_offset_s is not None for c in section.clips for n in c.notes),
        table=table,
    )


def render_shell(
    title: str,
    body: Sequence[Markup],
    *,
    intro: str = "",
    footer: str = "",
    lang: str = "en",
    contents: Sequence[tuple[str, str]] = (),
    policy: str = "",
) -> str:
    """Render the page round a body; `contents` are (id, title) pairs that lead to parts of the body.

    `policy` is a Content-Security-Policy: what the browser lets the page ask for.

    Pages with other bodies (a listening test) use this shell, and bring forms and scripts inside the body.
    """
    return str(
        fill(
            "page.html",
            title=title,
            body=body,
            paragraphs=_paragraphs(intro),
            closing=_paragraphs(footer),
            lang=lang,
            contents=contents if len(contents) > 1 else (),
            policy=policy,
        )
    )


def relative_href(audio: str | Path, page: str | Path) -> str:
    """Return the URL of an audio file relative to the page's folder, quoted as URLs are.

    Raises InputError when no relative way leads there, as between two drives.
    """
    try:
        way = os.path.relpath(audio, Path(page).parent)
    except ValueError as error:
        raise InputError(f"{audio}: no relative way leads there from {page}; use one drive") from error
    return quote(Path(way).as_posix())


def _legend(clips: Sequence[Clip]) -> list[tuple[str, object]]:
    shown = [c for c in clips if "roll" in c.views]
    labels = dict.fromkeys(label for clip in shown for label in labels_of(clip.notes))
    return [(spoken(label), look_of(label)) for label in labels]


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]
