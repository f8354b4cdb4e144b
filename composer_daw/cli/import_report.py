"""What an import says: a table of files, what was lost and why, and all names that were not understood."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from composer_daw.techniques.interchange import Loss
    from composer_daw.techniques.interchange.importing import ImportedFile, ImportedMap

MOST_NAMES = 20
"""How many of the names that were not understood are printed."""

HEADS = ("file", "format", "maps", "techniques", "in vocabulary", "not understood", "lost", "icons, comments")
TOTALS = ("maps", "techniques", "in_vocabulary", "not_understood", "lost", "lost_for_show")
"""The last figures of a row, as JSON has them."""


def print_report(files: Sequence[ImportedFile], output: str) -> None:
    """Print what came of each file, what was not understood, and what was lost."""
    from composer_daw.cli.tables import print_table, print_text

    rows = [_row(shown_path(one.path), one.format, [one]) for one in files if not one.problem]
    if len(rows) > 1:
        rows.append(_row("all", "", files))
    print_table(HEADS, rows, right=HEADS[2:], folds=HEADS)
    unread = list(dict.fromkeys(name for one in files for name in one.unread))
    if unread:
        more = f", and {len(unread) - MOST_NAMES} more (--report FILE has all)"
        told = ", ".join(unread[:MOST_NAMES]) + (more if len(unread) > MOST_NAMES else "")
        click.echo()
        print_text(f"not understood, kept as they are: {told}")
    print_losses(_shortened(files))
    empty = [
        f"no techniques; not written: {each.conversion.technique_map.instrument}, {shown_path(one.path)}"
        for one in files
        for each in one.maps
        if each.is_empty
    ]
    refused = [f"not read: {one.problem}" for one in files if one.problem]
    if refused or empty:
        click.echo("\n" + "\n".join((*refused, *empty)))
    click.echo(f"\n{output}: maps: {sum(len(_written(one)) for one in files)}")


def print_losses(losses: Iterable[Loss]) -> None:
    """Print what was not carried, by its reason; what was only to be looked at comes last."""
    from composer_daw.cli.tables import print_table

    by_reason: dict[str, list[Loss]] = {}
    for loss in losses:
        by_reason.setdefault(loss.why, []).append(loss)
    if by_reason:
        click.echo()
        ranked = sorted(by_reason.items(), key=lambda one: (one[1][0].is_for_show, -len(one[1])))
        rows = [(len(of), why, f"{of[0].what}, {of[0].place}") for why, of in ranked]
        print_table(("lost", "because", "first"), rows, right=("lost",), folds=("because",))


def as_json(files: Sequence[ImportedFile]) -> dict[str, object]:
    """Return all of the report."""

    def one_map(one: ImportedMap) -> dict[str, object]:
        return {
            "instrument": one.conversion.technique_map.instrument,
            "path": None if one.path is None else str(one.path),
            "techniques": one.techniques,
            "in_vocabulary": one.understood,
            "not_understood": one.conversion.unread,
            "losses": [{**loss._asdict(), "for_show": loss.is_for_show} for loss in one.conversion.losses],
        }

    rows = [
        {
            "file": str(one.path),
            "format": one.format,
            "problem": one.problem,
            "maps": [one_map(m) for m in one.maps],
        }
        for one in files
    ]
    return {"files": rows, **dict(zip(TOTALS, _row("all", "", files)[2:], strict=True))}


def write_report(path: str | Path, files: Sequence[ImportedFile]) -> None:
    """Write all of the report: as JSON where the name ends so, else as text."""
    from composer_daw.files import write_text

    if Path(path).suffix.lower() == ".json":
        write_text(path, json.dumps(as_json(files), ensure_ascii=False, indent=1) + "\n")
    else:
        write_text(path, "\n".join(_lines(files)) + "\n")


def shown_path(path: str | Path) -> str:
    """Return a path from the working directory, or its name alone where it lies elsewhere."""
    try:
        return str(Path(path).resolve().relative_to(Path.cwd()))
    except ValueError:
        return Path(path).name


def _lines(files: Sequence[ImportedFile]) -> Iterator[str]:
    for one in files:
        yield f"{one.path}: {one.problem or one.format}"
        for each in one.maps:
            yield f"  {each.conversion.technique_map.instrument}: {each.path or 'no techniques; not written'}"
            yield from (f"    not understood: {name}" for name in each.conversion.unread)
            yield from (f"    lost: {what} ({place}): {why}" for place, what, why in each.conversion.losses)


def _row(name: str, format_name: str, files: Sequence[ImportedFile]) -> tuple[object, ...]:
    maps = [one for file in files for one in file.maps]
    techniques, understood = sum(one.techniques for one in maps), sum(one.understood for one in maps)
    losses = [loss for one in maps for loss in one.conversion.losses]
    shown = sum(loss.is_for_show for loss in losses)
    written = sum(len(_written(file)) for file in files)
    unread = techniques - understood
    return name, format_name, written, techniques, understood, unread, len(losses) - shown, shown


def _written(file: ImportedFile) -> list[ImportedMap]:
    return [one for one in file.maps if one.path is not None]


def _shortened(files: Sequence[ImportedFile]) -> Iterator[Loss]:
    """Yield all losses, their places as short as `shown_path` makes them."""
    for one in files:
        for loss in one.losses:
            rest = loss.place.removeprefix(str(one.path))
            yield loss if rest == loss.place else loss._replace(place=shown_path(one.path) + rest)
