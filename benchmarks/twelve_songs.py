"""Twelve songs from twelve seeds and six stories, heard and judged by a checker that did not write them.

    python -m benchmarks.twelve_songs [-o DIR] [--first-seed 101] [--no-audio] [--workers N]

The stories (benchmarks/stories) and the seeds were not seen by those who wrote the arranger and the checker,
and neither was adjusted to them. Three stories are sad and three happy, one of each in each genre; three are
Japanese. Every song is made by the command that users run, and read back from the files that it wrote: the
score for the checks of docs/song_checks.md, the mix and the record for loudness, peaks and what lies under
the mix. Songs that stand in DIR already are taken as they are. Exits with 1 where something does not hold.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from composer_daw.audio import Audio, load_audio
from composer_daw.evaluation.song_contrast import audio_features, check_contrast, directions
from composer_daw.evaluation.song_motif import check_apart
from composer_daw.evaluation.song_report import SongReport, check_song
from composer_daw.evaluation.song_score import SongPart, parse_key
from composer_daw.midi import load_midi
from composer_daw.rendering import load_instrument

STORIES = Path(__file__).parent / "stories"
SAD = ("closed_mill", "saigo_no_hanabi", "widow_light")
HAPPY = ("first_bell", "hanayome", "shuukakusai")
TAKES = 2
TARGET_LUFS, TOLERANCE_LU, MASKED_LU = -16.0, 0.5, 24.0
LOUDEST_DB = -1.0
"""True peak of a mix."""
METRICS = (
    "pitch_class_entropy",
    "grooving_similarity",
    "empty_beat_rate",
    "harmonic_deviation",
    "structure_long",
    "repeated_bars",
)


@dataclass(frozen=True)
class Song:
    """One song: what was written about it, what the checker says, and how it sounds."""

    story: str
    record: dict[str, Any]
    report: SongReport
    mix: Audio | None

    @property
    def name(self) -> str:
        """Return its story and seed."""
        return f"{self.story} {self.record['seed']}"

    @property
    def features(self) -> dict[str, float]:
        """Return what tells sad from happy, of the score and of the audio."""
        return dict(self.report.features) | (audio_features(self.mix) if self.mix else {})

    def faults(self) -> list[str]:
        """Return what does not hold, a line each."""
        failed = [check for check in self.report.checks if check.holds is False]
        found = [f"{check.name}: {one}" for check in failed for one in check.findings]
        return [f"{self.name}: {one}" for one in (*found, *(self._mix_faults() if self.mix else ()))]

    def _mix_faults(self) -> Iterator[str]:
        facts = self.record["mix"]
        if abs(facts["loudness_lufs"] - TARGET_LUFS) > TOLERANCE_LU:
            yield f"the mix has {facts['loudness_lufs']} LUFS"
        if facts["true_peak_db"] > LOUDEST_DB + 0.1:
            yield f"the mix peaks at {facts['true_peak_db']} dB"
        sections = self.record["conditions"]["sections"]
        for part, levels in facts["under_the_mix_lu"].items():
            for section, under in zip(sections, levels, strict=True):
                if under is not None and under > MASKED_LU:
                    yield f"{part} lies {under:.1f} LU under the mix in '{section['name']}'"

    def deepest_lu(self) -> float:
        """Return how far the softest part lies under the mix in its section."""
        levels = self.record["mix"]["under_the_mix_lu"].values()
        return float(max(under for part in levels for under in part if under is not None))


def made(story: str, seed: int, folder: Path, options: Sequence[str]) -> Song:
    """Return a song, composed by the command unless it stands there."""
    home = folder / f"{story}-{seed}"
    if not (home / "song.json").is_file():
        command = [sys.executable, "-m", "composer_daw", "compose", str(STORIES / f"{story}.yaml")]
        subprocess.run([*command, "-o", str(home), "--seed", str(seed), *options], check=True)
    record = json.loads((home / "song.json").read_text(encoding="utf-8"))
    mix = load_audio(home / "mix.wav") if (home / "mix.wav").is_file() else None
    return Song(story, record, checked(home / "score.mid", record), mix)


def checked(score: Path, record: dict[str, Any]) -> SongReport:
    """Return the checker's report, told what the song file asked for and who plays."""
    told = record["conditions"]
    parts = [SongPart(one["name"], one["role"], one["lowest"], one["highest"]) for one in told["parts"]]
    asked = {
        (number, part): technique
        for number, section in enumerate(told["sections"])
        for part, technique in section["techniques"].items()
    }
    maps = {
        name: load_instrument(one["instrument"]).technique_map for name, one in record["instruments"].items()
    }
    return check_song(
        load_midi(score),
        parts=parts,
        key=parse_key(told["key"]),
        section_keys=[parse_key(one["key"]) if one["key"] else None for one in told["sections"]],
        form=[one["name"] for one in told["sections"]],
        maps=maps,
        asked=asked,
    )


def song_table(songs: Sequence[Song]) -> Iterator[str]:
    """Yield the table of the songs: key, metrics, motif, mix."""
    extra = ("mix, LUFS", "peak, dB", "softest part, LU under") if songs[0].mix else ()
    titles = ("song", "key", "bars", "notes", *METRICS, "motif: longest run, chance", *extra, "checks")
    yield "| " + " | ".join(titles).replace("_", " ") + " |"
    yield "|---" * len(titles) + "|"
    for song in songs:
        told = song.record["conditions"]
        motif = song.report.check("motif").figures
        run = max((int(value) for name, value in motif.items() if name.endswith("_notes")), default=0)
        chance = max(
            (value for name, value in motif.items() if name.endswith("_chance")), default=float("nan")
        )
        cells = [
            song.name,
            told["key"],
            str(sum(section["bars"] for section in told["sections"])),
            f"{song.report.check('techniques').figures.get('notes', 0):.0f}",
            *(f"{song.report.metrics[name]:.2f}" for name in METRICS),
            f"{run}, {chance:.3f}",
        ]
        if song.mix:
            facts = song.record["mix"]
            cells += [
                f"{facts['loudness_lufs']:.1f}",
                f"{facts['true_peak_db']:.1f}",
                f"{song.deepest_lu():.1f}",
            ]
        cells.append("hold" if not song.faults() else f"{len(song.faults())} faults")
        yield "| " + " | ".join(cells) + " |"


def contrast_table(sad: Sequence[Song], happy: Sequence[Song]) -> Iterator[str]:
    """Yield the table of sad against happy."""
    yield "| feature | sad | happy | pairs in which the happy song is higher |"
    yield "|---|---|---|---|"
    for one in directions([song.features for song in sad], [song.features for song in happy]):
        yield f"| {one.feature.replace('_', ' ')} | {one.sad:.3g} | {one.happy:.3g} | {one.share:.0%} |"


def report(songs: Sequence[Song], told: Callable[[str], None] = print) -> list[str]:
    """Print both tables; return all faults."""
    groups = [[song for song in songs if song.story in group] for group in (SAD, HAPPY)]
    apart = check_apart({song.name: song.report.steps for song in songs})
    sad, happy = ([song.features for song in group] for group in groups)
    contrast = check_contrast(sad, happy, leave=["audio_level_db"])  # the mixes have one loudness
    told("\n".join(song_table(songs)))
    unmade = [f"{song.name}: {check.why}" for song in songs for check in song.report.checks if check.why]
    told("\n".join(["", "Not to be judged:", *unmade]))
    alike = max(apart.figures.items(), key=lambda item: item[1])
    told(f"\nMost alike of {len(apart.figures)} pairs: {alike[0]}, {alike[1]:.0%} of their figures.\n")
    told("\n".join(contrast_table(*groups)))
    faults = [fault for song in songs for fault in song.faults()]
    return faults + [f"{check.name}: {one}" for check in (apart, contrast) for one in check.findings]


def main() -> int:
    """Make the songs and judge them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, help="Keep the songs here.")
    parser.add_argument("--first-seed", type=int, default=101)
    parser.add_argument("--no-audio", action="store_true", help="Scores only.")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    options = ["--no-audio"] if given.no_audio else ["--workers", str(given.workers)]
    with tempfile.TemporaryDirectory() as kept:
        folder = given.output or Path(kept)
        seeds = iter(range(given.first_seed, given.first_seed + TAKES * len(SAD + HAPPY)))
        songs = [made(story, next(seeds), folder, options) for story in SAD + HAPPY for _ in range(TAKES)]
        faults = report(songs)
    print(f"\n{len(faults)} faults" + "".join(f"\n  {fault}" for fault in faults))
    return int(bool(faults))


if __name__ == "__main__":
    raise SystemExit(main())
