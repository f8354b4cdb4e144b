"""The audition page: one file with pictures, sound and scripts inside, which opens without a server."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from composer_daw.errors import OutputError
from composer_daw.files import write_text
from composer_daw.pages import render_shell
from composer_daw.studio.encoding import Encoding, Sound, at_once, encoded, page_rate
from composer_daw.studio.laid import Laid, Measured, Part
from composer_daw.studio.page import AuditionPage, Piece, Stem, Version
from composer_daw.studio.templating import fill, vendored

PAGE = "index.html"

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "media-src data: blob:; base-uri 'none'; form-action 'none'"
)
"""The page holds all it needs, and the browser lets it ask for nothing else."""

KEYS = (
    (("space",), "play, pause"),
    (("1", "–", "9"), "switch to a version, at the same place"),
    (("←", "→"), "back, on by 1 s; with shift by 5 s"),
    (("home", "end"), "to the start, to the end"),
    (("[", "]"), "to the section before, after"),
    (("L",), "loop the section here; again: go on"),
    (("↑", "↓"), "choose a stem"),
    (("M", "S"), "mute, solo the stem that is chosen"),
    (("A",), "all stems sound"),
    (("G",), "loudness matched, or true levels"),
    (("+", "−"), "zoom"),
    (("?",), "these keys"),
)


def write_audition(page: AuditionPage, folder: str | Path, encoding: Encoding = "auto") -> Path:
    """Write a page as `index.html` into a folder, whole or not at all; return its path.

    Missing folders are made. For "auto" see `encoding.encoded`.
    Raises OutputError, and AudioError for sounds that cannot be heard.
    """
    target = page_path(folder)
    write_text(target, render_audition(page, encoding))
    return target


def page_path(folder: str | Path) -> Path:
    """Return where the page goes; raise OutputError for a folder that is a file."""
    if Path(folder).exists() and not Path(folder).is_dir():
        raise OutputError(f"{folder}: is a file; give a folder")
    return Path(folder) / PAGE


def render_audition(page: AuditionPage, encoding: Encoding = "auto") -> str:
    """Render a page as HTML; the same page gives the same text."""
    given = [part for piece in page.pieces for part in parts_of(piece)]
    measured = at_once(Measured.of, given)
    rate = page_rate(measured[0].sample_rate)
    sounds, how = encoded([part.audio for part in given], encoding, rate)
    ids = [f"sound-{number}" for number in range(len(given))]
    parts = list(map(Part, given, measured, ids, sounds))
    laid = laid_out(page.pieces, parts)
    body = fill(
        "audition.html",
        pieces=[
            {"title": one.piece.title, "titles": [version.title for version in one.piece.versions]}
            | {"markup": one.markup(number, page.title)}
            for number, one in enumerate(laid)
        ],
        data={"rate": rate, "pieces": [one.data() for one in laid]},
        sounds=[{"id": part.sound_id, "base64": part.sound.base64} for part in parts],
        keys=KEYS,
        licence=vendored("LICENSE"),
        wavesurfer=vendored("wavesurfer.min.js"),
    )
    footer = "\n\n".join(filter(None, [page.footer, _about(sounds, how, rate)]))
    return render_shell(page.title, [body], intro=page.intro, footer=footer, lang=page.lang, policy=POLICY)


def parts_of(piece: Piece) -> list[Version | Stem]:
    """Return all that sounds in a piece: each version, then its stems."""
    parts: list[Version | Stem] = []
    for version in piece.versions:
        parts += [version, *version.stems]
    return parts


def laid_out(pieces: Sequence[Piece], parts: Sequence[Part]) -> list[Laid]:
    """Return the pieces with their parts, which come in the order of `parts_of`."""
    stock = iter(parts)
    return [
        Laid(piece, [(next(stock), [next(stock) for _ in version.stems]) for version in piece.versions])
        for piece in pieces
    ]


def _about(sounds: Sequence[Sound], how: str, rate: int) -> str:
    room = sum(len(sound.data) for sound in sounds) / 1e6
    return (
        f"Sound: {how}, {rate / 1000:g} kHz, {room:.1f} MB. "
        "Waveforms are drawn by wavesurfer.js (BSD 3-Clause)."
    )
