"""An audition in a folder of its own: versions of scores as files, and the page on which they are heard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from composer_daw import __version__
from composer_daw.files import FolderKind, check_home, folder_whole, sha256_of, write_record
from composer_daw.rendering import load_instrument
from composer_daw.studio.audition import PAGE, write_audition
from composer_daw.studio.encoding import Encoding
from composer_daw.studio.page import AuditionPage, Piece, Version
from composer_daw.studio.versions import Progress, Settings, render_versions

AUDITION = FolderKind("an audition", "audition.json", "audition_record")
"""The folder of an audition."""


@dataclass(frozen=True)
class Asked:
    """What is to be heard: scores, by instruments, in techniques (none: as the score says)."""

    scores: tuple[str, ...]
    instruments: tuple[str, ...]
    techniques: tuple[str, ...] = ()
    title: str = ""
    """Of the page; else the names of the scores."""
    settings: Settings = Settings()


@dataclass(frozen=True)
class Audition:
    """A page that was written, its pieces with their files, and in words what is not as it was asked."""

    page: Path
    pieces: tuple[Piece, ...]
    told: tuple[str, ...]


def audition(
    asked: Asked,
    folder: str | Path,
    *,
    encoding: Encoding = "auto",
    force: bool = False,
    workers: int | None = None,
    progress: Progress = lambda name, *, total: None,
) -> Audition:
    """Render versions of scores and their page into a folder, with a record that lists every file.

    The folder is written whole or not at all; with `force` in the place of an audition in which nothing was
    changed or added. Raises OutputError, and what `render_versions` raises.
    """
    home = Path(folder)
    check_home(home, AUDITION, force)
    with folder_whole(home, AUDITION, force) as made:
        rendered = render_versions(
            asked.scores,
            asked.instruments,
            asked.techniques,
            made,
            asked.settings,
            workers=workers,
            progress=progress,
        )
        title = asked.title or " · ".join(piece.title for piece in rendered.pieces)
        write_audition(AuditionPage(title, rendered.pieces), made, encoding)
        write_record(_record(asked, title), made, AUDITION)
    pieces = tuple(_moved(piece, made, home) for piece in rendered.pieces)
    return Audition(home / PAGE, pieces, rendered.told)


def _record(asked: Asked, title: str) -> dict[str, Any]:
    """Return what an audition was made of; files are named without their folders."""
    settings = asked.settings
    return {
        AUDITION.mark: 1,
        "composer_daw": __version__,
        "title": title,
        "scores": [{"score": Path(path).name, "sha256": sha256_of(path)} for path in asked.scores],
        "instruments": [
            {"instrument": one.name if one.ships else one.path.name, "digest": one.digest}
            for one in map(load_instrument, asked.instruments)
        ],
        "techniques": list(asked.techniques),
        "sample_rate": settings.sample_rate,
        "seed": settings.seed,
        "out_of_range": settings.out_of_range,
        "stems": settings.stems,
    }


def _moved(piece: Piece, made: Path, home: Path) -> Piece:
    """Return a piece whose files stand where they went."""

    def to(audio: Any) -> Any:
        return home / audio.relative_to(made) if isinstance(audio, Path) else audio

    def version(one: Version) -> Version:
        stems = [replace(stem, audio=to(stem.audio)) for stem in one.stems]
        return replace(one, audio=to(one.audio), stems=stems)

    return replace(piece, versions=[version(one) for one in piece.versions])
