"""Render three pieces in every technique of the studio violin and measure them; then compose a song.

    python scripts/demo.py    makes renders/demo/index.html and renders/song/index.html

The first run sets up `.venv`; a second one renders only what is missing.
"""

from __future__ import annotations

import csv
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from environment import ROOT, run_inside

if TYPE_CHECKING:
    from composer_daw.audio import Audio
    from composer_daw.dataset import Outcome, Record, Report
    from composer_daw.pages import Clip, RollNote, Section, Table
    from composer_daw.rendering import Instrument

INSTRUMENT = "studio/violin"
FOLDER = ROOT / "renders" / "demo"
PAGE = FOLDER / "index.html"
SONG = ROOT / "examples" / "song.yaml"
SONG_FOLDER = ROOT / "renders" / "song"
PIECES = {
    "bach_prelude": "A solo piece: J. S. Bach, Prelude of the first cello suite, for violin",
    "sakura": "A folk tune: Sakura Sakura",
    "technique_study": "A study with technique changes inside the phrase",
}
INTRO = (
    "Three pieces, rendered from MIDI with the embedded studio violin: as written, and throughout in each of "
    "its techniques. Every note carries a label. The rolls show written lengths as outlines and sounding "
    "lengths as fills; the last table was measured in the audio of single notes."
)
DEFAULTS = ("ordinario", "senza_sordino")
PROBE = [(pitch, 84, 1.0) for pitch in range(57, 97, 5)]
MEASURED = (  # heading, decimals, how it is measured, field of NoteFeatures
    ("sounds, s", 2, "from the first to the last crossing of -30 dB below the peak", "sounding_s"),
    ("attack, ms", 0, "10 to 90 % of the RMS envelope", "attack_ms"),
    ("level, dB", 1, "the loudest 50 ms", "level_db"),
    ("centroid/f0", 2, "amplitude-weighted centroid over the fundamental", "centroid_ratio"),
    ("HNR, dB", 1, "harmonics to noise (Boersma)", "hnr_db"),
    ("tremolo, dB", 1, "depth of the amplitude modulation at 8 to 16 Hz", "tremolo_db"),
    ("pitch, cents", 1, "from equal temperament", "cents"),
)


def main() -> None:
    """Make the page of the violin, then the song."""
    started = time.monotonic()
    one_violin()
    a_song()
    print(f"{time.monotonic() - started:.0f} s in all\nopen {PAGE}\nopen {SONG_FOLDER / PAGE.name}")


def one_violin() -> None:
    """Render all versions, measure, and write the page."""
    from composer_daw.dataset import plan_versions, run_plan
    from composer_daw.pages import Page, Section, write_page
    from composer_daw.rendering import default_workers, load_instrument

    remove_other_version()
    violin = load_instrument(INSTRUMENT)
    techniques = [name for name in violin.technique_map.playable() if name not in DEFAULTS]
    scores = [ROOT / "examples" / f"{name}.mid" for name in PIECES]
    plan = plan_versions(scores, violin, ["written", *techniques], audio_format="flac")
    print(f"rendering {len(plan.records)} versions with {default_workers()} workers ...", flush=True)
    report = run_plan(plan, FOLDER, default_workers(), _tell)
    if report.failed:
        sys.exit(f"{len(report.failed)} versions failed: {report.failed[0][1]}")
    if not report.rendered and is_current(PAGE):
        print("the violin: nothing has changed since the last run")
        return
    print("measuring ...", flush=True)
    table = probe_table(violin, techniques)
    sections = [piece_section(name, title, report) for name, title in PIECES.items()]
    measured = Section("What was measured", "Single notes of every technique.", (), table)
    write_page(Page("One violin, twelve ways", INTRO, [*sections, measured]), PAGE)
    print_table(table)
    seconds = sum(record.outcome.duration_s for record in report.rendered if record.outcome)
    print(f"{seconds:.0f} s of audio rendered")


def a_song() -> None:
    """Compose the song that ships, from its story to the page of its mix."""
    from composer_daw.errors import OutputError
    from composer_daw.studio.song import compose_song

    if is_current(SONG_FOLDER / PAGE.name):
        print("the song: nothing has changed since the last run")
        return
    print(f"composing {SONG.relative_to(ROOT)} ...", flush=True)
    try:
        done = compose_song(SONG, SONG_FOLDER, force=True, progress=_tell_step)
    except OutputError as error:  # somebody works in that folder: it stays as it is
        sys.exit(f"the song is not made anew: {error}")
    for name, caption in dict.fromkeys((one.name, one.caption) for one in done.request.conditions.sections):
        print(f"  {name}: {caption}")


def _tell_step(name: str, *, total: int) -> None:
    print(f"  {name}", flush=True)


def remove_other_version() -> None:
    """Remove what an older version of this script has made, where this one cannot read it."""
    from composer_daw.dataset import load_manifest
    from composer_daw.dataset.manifest import MANIFEST
    from composer_daw.errors import DocumentError

    try:
        if (FOLDER / MANIFEST).is_file():
            load_manifest(FOLDER / MANIFEST)
    except DocumentError:
        print(f"{FOLDER} is of another version and is made anew", flush=True)
        shutil.rmtree(FOLDER)


def is_current(page: Path) -> bool:
    """Tell whether a page is there and newer than all that makes it."""
    shipped = ("composer_daw", "configs", "presets", "technique_maps", "examples")
    sources = [path for folder in shipped for path in (ROOT / folder).rglob("*") if path.is_file()]
    changed = max(path.stat().st_mtime for path in (Path(__file__), *sources) if path.suffix != ".pyc")
    return page.is_file() and page.stat().st_mtime > changed


def _tell(record: Record, error: Exception | None) -> None:
    print(f"  {record.id}{f': {error}' if error else ''}", flush=True)


def piece_section(name: str, title: str, report: Report) -> Section:
    """Return the section of one piece: a card for each version, and a table of the whole clips."""
    from composer_daw.audio import load_audio
    from composer_daw.measure import centroid_hz
    from composer_daw.pages import Column, Section, Table

    clips: list[Clip] = []
    rows: list[list[str | float]] = []
    for record, outcome in versions_of(name, report):
        audio = load_audio(FOLDER / outcome.audio.path)
        clips.append(card(record, outcome, audio))
        figures = (sounding_share(audio), centroid_hz(audio.mono(), audio.sample_rate))
        rows.append([record.technique, audio.duration_s, audio.loudness_lufs(), *figures])
    columns = [
        Column("version"),
        Column("length, s", 1),
        Column("loudness, LUFS", 1),
        Column("time that sounds, %", 0, "share of 10 ms frames above -30 dB of the loudest"),
        Column("centroid, Hz", 0, "amplitude-weighted, 50 Hz to 10 kHz"),
    ]
    return Section(title, "", clips, Table(columns, rows, "Measured over the whole clips"))


def versions_of(name: str, report: Report) -> list[tuple[Record, Outcome]]:
    """Return the records of one piece and what came of them: as written first, then by technique."""
    records = [record for record in (*report.skipped, *report.rendered) if f"/{name}-" in record.id]
    records.sort(key=lambda record: (record.technique != "written", record.technique))
    return [(record, record.outcome) for record in records if record.outcome]


def card(record: Record, outcome: Outcome, audio: Audio) -> Clip:
    """Return the card of one version, with the labels of its notes from the CSV."""
    from composer_daw.pages import Clip, relative_href

    with (FOLDER / outcome.labels.path).open(encoding="utf-8", newline="") as stream:
        notes = [roll_note(line) for line in csv.DictReader(stream)]
    written = record.technique == "written"
    return Clip(
        "as written" if written else record.technique.replace("_", " "),
        relative_href(FOLDER / outcome.audio.path, PAGE),
        audio,
        notes,
        facts={"notes": str(len(notes)), "loudness": f"{audio.loudness_lufs():.1f} LUFS"},
        technique="" if written else record.technique,
    )


def roll_note(line: dict[str, str]) -> RollNote:
    """Return one line of the labels as a note of the roll."""
    from composer_daw.pages import RollNote

    return RollNote(
        float(line["sounding_onset_s"]),
        float(line["sounding_offset_s"]),
        int(line["sounding_pitch"]),
        line["technique"],
        float(line["written_onset_s"]),
        float(line["written_offset_s"]),
    )


def sounding_share(audio: Audio) -> float:
    """Return the share of 10 ms frames above -30 dB of the loudest, in per cent."""
    import numpy as np

    from composer_daw.measure import rms_envelope

    values = rms_envelope(audio.mono(), audio.sample_rate, window_ms=10.0, hop_ms=10.0).values
    return float(100.0 * np.mean(values > values.max() * 10 ** (-30 / 20)))


def probe_table(violin: Instrument, techniques: list[str]) -> Table:
    """Return the medians over single notes of each technique."""
    import numpy as np

    from composer_daw.calibration import render_single_notes
    from composer_daw.pages import Column, Table
    from composer_daw.rendering import open_host

    rows: list[list[str | float]] = []
    with open_host(violin) as host:
        for technique in techniques:
            found = [note.measured() for note in render_single_notes(violin, host, technique, PROBE)]
            values = ([getattr(one, field) for one in found] for *_, field in MEASURED)
            rows.append([technique, *(float(np.nanmedian(column)) for column in values)])
    columns = [Column("technique"), *(Column(title, digits, hint) for title, digits, hint, _ in MEASURED)]
    return Table(columns, rows, f"Medians over {len(PROBE)} notes from A3 up in fourths, held for one second")


def print_table(table: Table) -> None:
    """Print the table on the terminal."""
    from rich.console import Console
    from rich.table import Table as Grid

    grid = Grid(title=table.caption)
    first, *others = table.headings
    grid.add_column(first.title)
    for column in others:
        grid.add_column(column.title, justify="right")
    for name, *values in table.rows:
        cells = (f"{value:.{column.digits}f}" for value, column in zip(values, others, strict=True))
        grid.add_row(str(name), *cells)
    Console(width=max(110, Console().width)).print(grid)


if __name__ == "__main__":
    if {"-h", "--help"} & set(sys.argv[1:]):
        sys.exit(__doc__)
    run_inside(Path(__file__))
    main()
