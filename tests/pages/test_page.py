"""The page as a whole: structure, escaping, determinism, and what has to be in it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import page_samples as samples
import pytest

from composer_daw.errors import InputError, OutputError
from composer_daw.pages import Page, Section, relative_href, render_page, render_shell, write_page

HOSTILE = "<script>alert('x')</script>\"&"


def test_page_holds_title_sections_and_clips_in_order() -> None:
    outline = samples.Outline(render_page(samples.page()))
    assert outline.texts("title")[0] == "Two versions"
    assert outline.texts("h1") == ["Two versions"]
    assert outline.texts("h2") == ["A piece"]
    assert outline.texts("h3") == ["Staccato", "Pizzicato"]
    assert [a["src"] for a in outline.tags("audio")] == ["audio/a.wav", "audio/b.wav"]
    assert outline.texts("p", "prose") == ["First.", "Second.", "Its text.", "The end."]


def test_page_is_the_same_every_time() -> None:
    assert render_page(samples.page()) == render_page(samples.page())


def test_ids_are_unique_and_references_lead_somewhere() -> None:
    section = samples.page().sections[0]
    outline = samples.Outline(render_page(Page("P", sections=[section, section])))
    ids = [a["id"] for _, a, _ in outline.found if "id" in a]
    assert len(ids) == len(set(ids))
    labels = [a["aria-labelledby"] for _, a, _ in outline.found if "aria-labelledby" in a]
    links = [(a["href"] or "").removeprefix("#") for a in outline.tags("a")]
    assert len(links) == 2
    assert set(labels) | set(links) <= set(ids)


def test_hostile_text_stays_text() -> None:
    hostile = samples.clip(HOSTILE, notes=samples.notes(HOSTILE), caption=HOSTILE, facts={HOSTILE: HOSTILE})
    section = replace(samples.page([hostile]).sections[0], title=HOSTILE, text=HOSTILE)
    html = render_page(Page(HOSTILE, HOSTILE, [section, section], HOSTILE, lang='en"><script>'))
    outline = samples.Outline(html)
    assert len(outline.tags("script")) == 1
    assert outline.texts("h1") == [HOSTILE]
    assert "alert('x')</script>" not in html


def test_page_needs_nothing_from_outside() -> None:
    html = render_page(samples.page())
    outline = samples.Outline(html)
    sources = [a.get("src") or a.get("href") or "" for _, a, _ in outline.found if {"src", "href"} & set(a)]
    assert all(s.startswith(("audio/", "data:", "#")) for s in sources)
    assert not re.search(r"https?://|@import|url\((?!#)", html)


def test_page_names_its_language_and_fits_a_phone() -> None:
    outline = samples.Outline(render_page(replace(samples.page(), lang="ja")))
    assert outline.tags("html")[0]["lang"] == "ja"
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in outline.tags("meta")


@pytest.mark.parametrize(("count", "preload"), [(2, "metadata"), (49, "none")])
def test_many_clips_load_only_when_played(count: int, preload: str) -> None:
    clips = [samples.clip(notes=(), views=(), duration_s=0.01)] * count
    outline = samples.Outline(render_page(samples.page(clips)))
    assert {a["preload"] for a in outline.tags("audio")} == {preload}


def test_legend_names_each_technique_once() -> None:
    clips = [samples.clip(notes=samples.notes(t)) for t in ("staccato", "con_sordino", "staccato")]
    outline = samples.Outline(render_page(samples.page(clips)))
    assert outline.texts("li")[:2] == ["staccato", "con sordino"]


def test_page_without_sections_is_a_page() -> None:
    assert samples.Outline(render_page(Page("Empty"))).texts("h1") == ["Empty"]
    assert samples.Outline(render_page(Page("Bare", sections=[Section("One")]))).texts("h2") == ["One"]


def test_shell_takes_other_bodies() -> None:
    from markupsafe import Markup

    outline = samples.Outline(render_shell("Test", [Markup("<form><button>A</button></form>")]))
    assert outline.texts("button") == ["A"]


def test_write_page_makes_folders(tmp_path: Path) -> None:
    target = tmp_path / "new" / "page.html"
    write_page(samples.page(), target)
    assert target.read_text(encoding="utf-8") == render_page(samples.page())
    with pytest.raises(OutputError, match="is a folder"):
        write_page(samples.page(), tmp_path)


def test_relative_href_is_quoted(tmp_path: Path) -> None:
    page = tmp_path / "pages" / "p.html"
    assert relative_href(tmp_path / "pages" / "a" / "1 #ä.wav", page) == "a/1%20%23%C3%A4.wav"
    assert relative_href(tmp_path / "b.wav", page) == "../b.wav"
    samples.clip(href=relative_href(tmp_path / "c:d.wav", tmp_path / "p.html"))


@pytest.mark.parametrize("href", ["", "/a", "\\a", "http://x/a.wav", "javascript:alert(1)", "c:/a.wav"])
def test_href_stays_beside_the_page(href: str) -> None:
    with pytest.raises(InputError, match="relative URL"):
        samples.clip(href=href)
