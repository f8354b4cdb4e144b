"""A page about a verification: what was found, the figures, and every technique to hear and to see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from composer_daw.audio import Audio, save_audio
from composer_daw.calibration.findings import CHECKS, Measured, Verification
from composer_daw.pages import Clip, Column, Page, Section, Table, relative_href, write_page
from composer_daw.pages.table import Value

PER_SECTION = 6
"""Clips that share their axes."""

LOUDEST_DB = -1.0
"""What is louder is turned down to this in the files."""

COLUMNS = (
    Column("technique"),
    Column("peak dBFS", 1),
    Column("cents", 1, "the median over its notes"),
    Column("latency ms", 1, "from the moment a note is sent to its onset, median"),
    Column("in the map ms", 1),
    Column("lasts ms", 0, "a note whose key is held for 0.6 s, to -30 dB below its peak, median"),
    Column("nearest", hint="the technique that sounds most like it"),
    Column("apart dB", 1, "from the nearest one, over thirds of an octave and time"),
    Column("takes apart dB", 1, "two takes of itself"),
    Column("found"),
)


def save_page(verification: Verification, path: Path) -> None:
    """Write the page, and its sounds into a folder beside it, named after it.

    Raises OutputError where they cannot be written.
    """
    folder = path.parent / f"{path.stem}_audio"
    clips = list(_clips(verification, folder, path))
    faults, hints = len(verification.faults), len(verification.hints)
    sections = [
        Section("What was found", _told(verification)),
        Section(
            "Figures", table=Table(COLUMNS, [_row(name, verification) for name in verification.measured])
        ),
    ]
    for start in range(0, len(clips), PER_SECTION):
        part = clips[start : start + PER_SECTION]
        sections.append(
            Section(f"{part[0].title} to {part[-1].title}" if len(part) > 1 else part[0].title, clips=part)
        )
    intro = (
        f"Every technique of the map, played at several pitches and velocities, dry, at "
        f"{verification.sample_rate} Hz. Faults: {faults}, hints: {hints}."
    )
    write_page(Page(f"{verification.instrument}: is its technique map true?", intro, sections), path)


def found_in_words(verification: Verification, name: str) -> str:
    """Return the checks that a technique failed, hints in brackets; "well" where it passed."""
    own = dict.fromkeys(f"({one.check})" if one.is_hint else one.check for one in verification.of(name))
    return ", ".join(own) or "well"


def _row(name: str, verification: Verification) -> list[Value]:
    one: Measured = verification.measured[name]
    figures = (one.level_db, one.cents, one.latency_ms, one.in_map_ms, one.lasts_ms)
    return [
        name,
        *figures,
        one.nearest or None,
        one.apart_db,
        one.spread_db,
        found_in_words(verification, name),
    ]


def _told(verification: Verification) -> str:
    lines = [f"{one} ({CHECKS[one.check]})" for one in verification.faults]
    lines += [f"Hint: {one}" for one in verification.hints]
    return "\n\n".join(lines) or "Nothing is wrong."


def _clips(verification: Verification, folder: Path, page: Path) -> Iterator[Clip]:
    """Yield a clip for each technique that sounded, and write its sound."""
    names = list(verification.sounds)
    for number, name in enumerate(names, 1):
        audio = verification.sounds[name]
        audio = audio.gained(min(0.0, LOUDEST_DB - audio.peak_db))
        place = folder / f"{number:02d}_{re.sub(r'[^A-Za-z0-9]+', '_', name).strip('_') or 'sound'}.wav"
        save_audio(audio, place)
        problems = "; ".join(f"{one.check}: {one.problem}" for one in verification.of(name))
        mono = Audio(audio.mono(), audio.sample_rate)
        href = relative_href(place, page)
        yield Clip(
            name, href, mono, caption=problems, facts=_facts(verification.measured[name]), technique=name
        )


def _facts(measured: Measured) -> dict[str, str]:
    figures = {
        "peak": (measured.level_db, "dBFS"),
        "off pitch": (measured.cents, "cents"),
        "late": (measured.latency_ms, "ms"),
    }
    return {name: f"{value:.1f} {unit}" for name, (value, unit) in figures.items() if value is not None}
