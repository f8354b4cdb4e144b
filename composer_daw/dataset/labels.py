"""The labels of one item as CSV: a line for every note."""

from __future__ import annotations

import csv
from pathlib import Path

from composer_daw.files import written_whole
from composer_daw.techniques import Labels

COLUMNS = (
    "note_id",
    "track",
    "pitch",
    "sounding_pitch",
    "velocity",
    "written_onset_s",
    "written_offset_s",
    "sounding_onset_s",
    "sounding_offset_s",
    "technique",
    "asked",
    "rung",
    "channel",
    "conflict",
    "instance",
    "together",
    "why",
)


def save_labels(labels: Labels, path: str | Path) -> None:
    """Write one line a note, sorted by onset; times in seconds with six decimals, channels from 1.

    `technique` is what plays, `asked` what was asked for, `rung` how near the two are, `why` what is not as
    it was asked. `together` says how a note was kept apart from those of another technique that sound with
    it: on a channel or an instance (both from 1) of its own, or that it gave way (`priority`). The sounding
    times are those of the key as the technique plays it, latency taken out; what rings on after the key is
    not in them.
    """
    rows = labels.rows
    times = [
        [f"{value:.6f}" for value in rows[name].tolist()]
        for name in ("written_onset_s", "written_offset_s", "sounding_onset_s", "sounding_offset_s")
    ]
    columns = (
        *(rows[name].tolist() for name in ("note", "track", "pitch", "sounding_pitch", "velocity")),
        *times,
        labels.played_names(),
        labels.asked_names(),
        labels.rung_names(),
        (rows["channel"].astype(int) + 1).tolist(),
        rows["conflict"].astype(int).tolist(),
        (rows["instance"].astype(int) + 1).tolist(),
        labels.together_names(),
        labels.reasons(),
    )
    with written_whole(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(zip(*columns, strict=True))
