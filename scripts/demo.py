"""Render three pieces in every technique of the studio violin, measure what was made, and lay out a page.

    python scripts/demo.py            makes renders/demo/index.html and prints its path

The first run sets up `.venv`; a second one renders only what is missing.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from environment import ROOT, run_inside

if TYPE_CHECKING:
    from composer_daw.audio import Audio
    from composer_daw.dataset import Record, Report
    from composer_daw.measure import NoteFeatures
    from composer_daw.pages import Clip, Section, Table
    from composer_daw.rendering import Instrument

INSTRUMENT = "studio/violin"
PIECES = {
    "bach_prelude": "A solo piece: J. S. Bach, Prelude of the first cello suite, for violin",
    "sakura": "A folk tune: Sakura Sakura",
    "technique_study": "A study with technique changes inside the phrase",
}
DEFAULTS = ("ordinario", "senza_sordino")
PROBE_PITCHES = range(57, 97, 5)
PROBE_HELD_S, PROBE_EVERY_S = 1.0, 2.0


def main() -> None:
    """Render, measure, write the page, and say where it is."""
    from composer_daw.dataset import plan_versions, run_plan
    from composer_daw.pages import Page, write_page
    from composer_daw.rendering import default_workers, load_instrument

    started = time.monotonic()
    folder = ROOT / "renders" / "demo"
    violin = load_instrument(INSTRUMENT)
    techniques = ["written", *(name for name in violin.technique_map.playable() if name not in DEFAULTS)]
    scores = [ROOT / "examples" / f"{name}.mid" for name in PIECES]
    plan = plan_versions(scores, violin, techniques, audio_format="flac")
    print(f"rendering {len(plan.records)} versions with {default_workers()} workers ...", flush=True)
    report = run_plan(plan, folder, default_workers(), _tell)
    if report.failed:
        sys.exit(f"{len(report.failed)} versions failed: {report.failed[0][1]}")
    print("measuring single notes of each technique ...", flush=True)
    table = probe_table(violin, techniques[1:])
    sections = [piece_section(name, title, report, folder) for name, title in PIECES.items()]
    page = Page(
        title="One violin, twelve ways",
        intro="Three pieces, rendered from MIDI with the embedded studio violin: as written, and throughout in "
        "each of its techniques. Every note carries a label; the rolls show written lengths as outlines and "
        "sounding lengths as fills. The last table was measured in the audio of single notes.",
        sections=[*sections, probe_section(table)],
    )
    write_page(page, folder / "index.html")
    print_table(table)
    seconds = sum(record.outcome.duration_s for record in report.rendered if record.outcome)
    print(f"{seconds:.0f} s of audio rendered, {time.monotonic() - started:.0f} s in all")
    print(f"open {folder / 'index.html'}")


def _tell(record: Record, error: Exception | None) -> None:
    print(f"  {record.id}{f': {error}' if error else ''}", flush=True)


def piece_section(name: str, title: str, report: Report, folder: Path) -> Section:
    """Return the section of one piece: a card for each version, and a table of the whole clips."""
    from composer_daw.audio import load_audio
    from composer_daw.measure import centroid_hz
    from composer_daw.pages import Column, Section, Table

    records = [record for record in (*report.skipped, *report.rendered) if f"/{name}-" in record.id]
    records.sort(key=lambda record: (record.technique != "written", record.technique))
    clips, rows = [], []
    for record in records:
        outcome = record.outcome
        assert outcome is not None  # what is rendered or skipped has one
        audio = load_audio(folder / outcome.audio.path)
        centroid = centroid_hz(audio.mono(), audio.sample_rate)
        rows.append([record.technique, audio.duration_s, outcome.loudness_lufs, sounding_share(audio), centroid])
        clips.append(piece_clip(record, audio, folder))
    columns = [
        "version",
        Column("length, s", 1),
        Column("loudness, LUFS", 1),
        Column("time that sounds, %", 0, "share of 10 ms frames above -30 dB of the loudest"),
        Column("centroid, Hz", 0, "amplitude-weighted, 50 Hz to 10 kHz"),
    ]
    return Section(title, "", clips, Table(columns, rows, "Measured over the whole clips"))


def piece_clip(record: Record, audio: Audio, folder: Path) -> Clip:
    """Return the card of one version, with the labels of its notes from the CSV."""
    import csv

    from composer_daw.pages import Clip, RollNote, relative_href

    with (folder / f"{record.id}.csv").open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    notes = [
        RollNote(
            float(line["sounding_onset_s"]),
            float(line["sounding_offset_s"]),
            int(line["sounding_pitch"]),
            line["technique"],
            float(line["written_onset_s"]),
            float(line["written_offset_s"]),
        )
        for line in lines
    ]
    outcome = record.outcome
    facts = {"notes": str(len(notes)), "loudness": f"{outcome.loudness_lufs:.1f} LUFS"} if outcome else {}
    title = "as written" if record.technique == "written" else record.technique.replace("_", " ")
    href = relative_href(folder / f"{record.id}.flac", folder / "index.html")
    technique = "" if record.technique == "written" else record.technique
    return Clip(title, href, audio, notes, facts=facts, technique=technique)


def sounding_share(audio: Audio) -> float:
    """Return the share of 10 ms frames above -30 dB of the loudest, in per cent."""
    import numpy as np

    from composer_daw.measure import rms_envelope

    values = rms_envelope(audio.mono(), audio.sample_rate, window_ms=10.0, hop_ms=10.0).values
    return float(100.0 * np.mean(values > values.max() * 10 ** (-30 / 20)))


def probe_table(violin: Instrument, techniques: list[str]) -> Table:
    """Return the medians over single notes from A3 up in fourths, each held for a second."""
    import numpy as np

    from composer_daw.pages import Column, Table
    from composer_daw.rendering import open_host

    columns = [
        ("sounds, s", 2, "from the first to the last crossing of -30 dB below the peak", "sounding_s"),
        ("attack, ms", 0, "10 to 90 % of the RMS envelope", "attack_ms"),
        ("level, dB", 1, "the loudest 50 ms", "level_db"),
        ("centroid/f0", 2, "amplitude-weighted centroid over the fundamental", "centroid_ratio"),
        ("HNR, dB", 1, "harmonics to noise (Boersma)", "hnr_db"),
        ("tremolo, dB", 1, "depth of the amplitude modulation at 8 to 16 Hz", "tremolo_db"),
        ("off, cents", 1, "from equal temperament, median of the absolute values", "cents"),
    ]
    rows: list[list[str | float]] = []
    with open_host(violin) as host:
        for technique in techniques:
            found = measured_notes(violin, technique, host)
            medians = [float(np.nanmedian(np.abs([getattr(one, field) for one in found]))) for *_, field in columns]
            medians[2] = float(np.median([one.level_db for one in found]))
            rows.append([technique, *medians])
    headings = [Column(title, digits, hint) for title, digits, hint, _ in columns]
    return Table(["technique", *headings], rows, "Medians over eight notes, A3 to G#6, held for one second")


def measured_notes(violin: Instrument, technique: str, host: object) -> list[NoteFeatures]:
    """Return the measurements of single notes, each alone in its two seconds."""
    from composer_daw.measure import measure_note
    from composer_daw.performance import Performance, note_rows
    from composer_daw.rendering import render

    notes = [(number * PROBE_EVERY_S, PROBE_HELD_S, pitch, 84) for number, pitch in enumerate(PROBE_PITCHES)]
    take = render(Performance(note_rows(notes)), violin, technique, host=host)  # type: ignore[arg-type]
    mono, rate = take.audio.mono(), take.audio.sample_rate
    spans = [mono[int(start * rate) : int((start + PROBE_EVERY_S) * rate)] for start, *_ in notes]
    hertz = [440.0 * 2 ** ((pitch - 69) / 12) for pitch in PROBE_PITCHES]
    return [measure_note(span, rate, f0, PROBE_HELD_S) for span, f0 in zip(spans, hertz, strict=True)]


def probe_section(table: Table) -> Section:
    """Return the section of the single notes."""
    from composer_daw.pages import Section

    return Section("What was measured", "Single notes of every technique, measured in the audio.", (), table)


def print_table(table: Table) -> None:
    """Print the table of the single notes on the terminal."""
    from rich.console import Console
    from rich.table import Table as Grid

    grid = Grid(title=table.caption)
    for number, column in enumerate(table.headings):
        grid.add_column(column.title, justify="right" if number else "left")
    for name, *values in table.rows:
        grid.add_row(str(name), *(f"{value:.{c.digits}f}" for value, c in zip(values, table.headings[1:], strict=True)))
    Console(width=max(100, Console().width)).print(grid)


if __name__ == "__main__":
    run_inside(Path(__file__))
    main()
