"""The yardstick of the song checks: what real pieces, and pieces whose pitches are shuffled, read.

    python -m benchmarks.songs asap=DATA/asap vgmidi=DATA/vgmidi songs=RENDERED_SONGS [--seed N]

Each argument is a name and a folder; every `midi_score.mid` in it is read, or every `score.mid`, or else
every .mid. A piece is cut into sections of eight bars from its first note on where it has no markers, so
"phrases" there are blocks of four bars, which real phrases follow only more or less.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from composer_daw.errors import ComposerError
from composer_daw.evaluation.song_motif import LEVEL, Step, contour, likeness, shared_pattern, steps_of
from composer_daw.evaluation.song_report import SongReport, check_song
from composer_daw.evaluation.song_score import Section, key_of, song_of
from composer_daw.evaluation.song_voices import melody_of
from composer_daw.midi import load_midi
from composer_daw.performance import Performance

CHECKED = {
    "parallels": ("parallels_per_100", "direct_per_100", "on_beats_per_100"),
    "leaps": ("leaps", "answered"),
    "dissonances": ("dissonant", "unresolved"),
    "cadences": ("phrases_ending_in_a_cadence", "phrases_closing", "closing_elsewhere"),
}


def scores_in(folder: Path) -> list[Path]:
    """Return the scores of a folder."""
    for pattern in ("midi_score.mid", "score.mid", "*.mid"):
        if found := sorted(folder.rglob(pattern)):
            return found
    return []


def blocks(performance: Performance) -> list[Section] | None:
    """Return sections of eight bars, or None where markers tell of sections."""
    song = song_of(performance)
    if song.sections:
        return None
    first = int(song.bar_of(song.notes["start"][0]))
    return [Section(f"block {bar}", bar, 8) for bar in range(first, song.bars - 7, 8)]


def shuffled(performance: Performance, rng: np.random.Generator) -> Performance:
    """Return a score with the same rhythm whose pitches are shuffled within each track, drums left alone."""
    pitch = performance.notes["pitch"].copy()
    for track in np.unique(performance.notes["track"]):
        mine = np.flatnonzero((performance.notes["track"] == track) & (performance.notes["channel"] != 9))
        pitch[mine] = pitch[rng.permutation(mine)]
    return performance.with_notes(pitch=pitch)


def reports(paths: Sequence[Path], seed: int, mixed: bool) -> Iterator[tuple[Path, SongReport]]:
    """Yield the report on each score that can be read, as it is or shuffled."""
    rng = np.random.default_rng(seed)
    for path in paths:
        try:
            performance = load_midi(path)
            if mixed:
                performance = shuffled(performance, rng)
            yield path, check_song(performance, sections=blocks(performance))
        except ComposerError as error:
            print(f"passed over: {error}")


def figures(report: SongReport) -> dict[str, float]:
    """Return the metrics of a report and the figures of its checks."""
    found = dict(report.metrics)
    for name, wanted in CHECKED.items():
        told = dict(report.check(name).figures)
        kinds = [told.get(f"phrases_{kind}", 0.0) for kind in ("authentic", "plagal", "modal")]
        phrases = sum(
            value for key, value in told.items() if key.startswith("phrases_") and "ending" not in key
        )
        told["phrases_closing"] = sum(kinds) / phrases if phrases else float("nan")
        found |= {figure: told.get(figure, float("nan")) for figure in wanted}
    return found


def table(columns: Mapping[str, Sequence[Mapping[str, float]]]) -> Iterator[str]:
    """Yield the lines of a table: median (10th to 90th percentile) of each figure."""
    yield "| figure | " + " | ".join(f"{name} ({len(rows)})" for name, rows in columns.items()) + " |"
    yield "|---" * (len(columns) + 1) + "|"
    for name in next(iter(columns.values()))[0]:
        cells = []
        for rows in columns.values():
            values = np.array([row[name] for row in rows], float)
            values = values[np.isfinite(values)]
            low, middle, high = np.quantile(values, [0.1, 0.5, 0.9]) if len(values) else [float("nan")] * 3
            cells.append(f"{middle:.3g} ({low:.3g} to {high:.3g})")
        yield f"| {name} | " + " | ".join(cells) + " |"


def apart(melodies: Sequence[tuple[Path, tuple[Step | None, ...]]]) -> str:
    """Return how alike different pieces are: the highest values."""
    pairs = [
        (likeness(one, other), f"{first.parent.name}/{first.stem} ~ {then.parent.name}/{then.stem}")
        for number, (first, one) in enumerate(melodies)
        for then, other in melodies[number + 1 :]
    ]
    known = sorted(((value, name) for value, name in pairs if np.isfinite(value)), reverse=True)
    if not known:
        return "no two pieces have figures"
    share = np.mean([value > 0.25 for value, _ in known])
    return f"{len(known)} pairs, above 0.25: {share:.3%}; " + "; ".join(f"{v:.2f} {n}" for v, n in known[:5])


def openings(performance: Performance) -> list[list[Step | None]]:
    """Return the melodies of up to four stretches of eight bars (or sections), at most 60 steps of each."""
    song = song_of(performance, sections=blocks(performance))
    melody, key = melody_of(song), key_of(song.pitched)
    lines = [song.within(*song.span(one), melody.rows) for one in song.sections[:4]]
    return [steps_of(line, key)[:60] for line in lines if len(line) > 8]


def returns(one: Sequence[Step | None], other: Sequence[Step | None]) -> bool:
    """Tell whether one melody has more of the other than chance gives it, as the check of the motif asks."""
    rng = np.random.default_rng(0)
    found = [shared_pattern(one, other, rng), shared_pattern(contour(one), contour(other), rng)]
    return 2 * min(result.chance for result in found) <= LEVEL


def motifs(paths: Sequence[Path]) -> str:
    """Return how often the motif check finds the first stretch again: in the same piece, and in another."""
    pieces = [one for one in (openings(load_midi(path)) for path in paths) if len(one) > 1]
    within = [returns(piece[0], other) for piece in pieces for other in piece[1:]]
    across = [returns(piece[0], then[1]) for piece, then in zip(pieces, pieces[1:] + pieces[:1], strict=True)]
    same, other = f"{np.mean(within):.0%} of {len(within)}", f"{np.mean(across):.0%} of {len(across)}"
    return f"{same} within a piece, {other} in another"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="NAME=FOLDER")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every", type=int, default=1, help="Read every n-th score only.")
    given = parser.parse_args()
    columns: dict[str, list[dict[str, float]]] = {}
    for one in given.folders:
        name, _, folder = one.partition("=")
        paths = scores_in(Path(folder))[:: given.every]
        real = list(reports(paths, given.seed, mixed=False))
        columns[name] = [figures(report) for _, report in real]
        mixed = reports(paths, given.seed, mixed=True)
        columns[f"{name}, shuffled"] = [figures(report) for _, report in mixed]
        print(f"likeness of different pieces of {name}: {apart([(p, r.steps) for p, r in real])}\n")
        print(f"the first eight bars return in {name}: {motifs(paths)}\n")
    print("\n".join(table({name: rows for name, rows in columns.items() if rows})))


if __name__ == "__main__":
    main()
