"""The catalogue of the plugins on a machine: what each is, has and does, or why it cannot be used.

A plugin that crashes or hangs is listed as such, and the scan goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from composer_daw.authoring.look import Entry, Look, Part
from composer_daw.errors import ComposerError, InputError
from composer_daw.files import check_is_file, write_text
from composer_daw.plugins.binary import PluginFile, check_plugin
from composer_daw.plugins.search import list_plugins
from composer_daw.rendering import default_workers, run_jobs

MOST_STEPS = 30
"""What is asked of a plugin in all, so many times its limit, or its worker is ended."""


class Catalogue(Part):
    """All plugins that were found, sorted by path."""

    catalogue: Literal[1] = 1
    plugins: tuple[Entry, ...]


def load_catalogue(path: str | Path) -> Catalogue:
    """Read a catalogue (reverse of `save_catalogue`); raise InputError for anything else."""
    source = check_is_file(path, "a catalogue of plugins (JSON)")
    try:
        return Catalogue.model_validate_json(source.read_bytes())
    except ValidationError as error:
        raise InputError(f"{source}: is no catalogue of plugins; name another file, or remove it") from error


def save_catalogue(catalogue: Catalogue, path: str | Path) -> None:
    """Write a catalogue as JSON, whole or not at all."""
    write_text(path, catalogue.model_dump_json(indent=1) + "\n")


def scan(
    folders: Iterable[Path] | None = None,
    known: Catalogue | None = None,
    *,
    determinism: bool = False,
    limit_s: float = 60.0,
    workers: int | None = None,
    progress: Callable[[Entry, int], None] = lambda entry, total: None,
) -> Catalogue:
    """Look at every plugin in some folders, or in those of this system, and return the catalogue.

    A plugin that is `known` and whose binary is the same is not loaded again. `limit_s` is for each step of a
    plugin; `progress` is told each entry and the number of all. Raises InputError for a folder that is not
    there, and nothing for what plugins do.
    """
    chosen = None if folders is None else [_checked(folder) for folder in folders]
    paths = list_plugins(chosen)
    before = {entry.path: entry for entry in known.plugins} if known else {}
    entries: list[Entry] = []
    jobs: list[_Job] = []

    def keep(entry: Entry) -> None:
        entries.append(entry)
        progress(entry, len(paths))

    for path in paths:
        found = _job_or_entry(path, before.get(str(path)), determinism, limit_s)
        jobs.append(found) if isinstance(found, _Job) else keep(found)
    at_most_s = MOST_STEPS * limit_s
    running = run_jobs(_looked_at, jobs, workers or default_workers(), at_most_s, group=_Job.name)
    with closing(running):  # type: ignore[type-var]  # an interrupt ends the workers, and what they started
        for done in running:
            keep(done.result or done.job.failed(str(done.error)))
    return Catalogue(plugins=tuple(sorted(entries, key=lambda entry: entry.path)))


def _checked(folder: Path) -> Path:
    if folder.is_file() or folder.suffix.lower() in (".vst3", ".vst"):
        raise InputError(
            f"{folder}: is no folder of plugins; `composer-daw plugins describe` shows one plugin"
        )
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; give folders that hold plugins")
    return folder.absolute()


@dataclass(frozen=True)
class _Job:
    """A plugin that is to be looked at, in a worker."""

    plugin: PluginFile
    determinism: bool
    limit_s: float

    def name(self) -> str:
        """Return the path: no plugin waits for another."""
        return str(self.plugin.path)

    def failed(self, error: str) -> Entry:
        """Return an entry of a plugin that nothing is known of but an error."""
        return Entry(path=self.name(), kind=self.plugin.kind, sha256=self.plugin.sha256, error=error)


def _job_or_entry(path: Path, before: Entry | None, determinism: bool, limit_s: float) -> _Job | Entry:
    """Return the entry of a plugin that is known, or is none; of any other, what is to be done."""
    try:
        plugin = check_plugin(path)
    except InputError as error:
        return Entry(path=str(path), error=str(error))
    same = before is not None and before.sha256 == plugin.sha256
    if before is not None and same and (before.error or before.repeats or not determinism):
        return before
    return _Job(plugin, determinism, limit_s)


def _looked_at(job: _Job) -> Entry:
    """Return the entry of one plugin, whatever is wrong with it."""
    look = Look(job.plugin, job.determinism, job.limit_s)
    try:
        look.take()
    except ComposerError as error:
        return look.found.model_copy(update={"error": str(error)})
    return look.found
