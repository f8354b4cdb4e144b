"""Small aligned performances: pianists who do as they are told, and the files they are read from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from composer_daw.humanizer.rubato.alignments import NOTE, Aligned

STEPS = "CCDDEFFGGAAB"


def player(
    name: str = "one",
    piece: str = "piece",
    composer: str = "someone",
    bars: int = 12,
    seed: int = 0,
    bend: float = 0.2,
) -> Aligned:
    """Return a player who slows down in the last beat of every other bar and plays high notes louder."""
    score = np.random.default_rng(int.from_bytes(piece.encode(), "big") % 2**32)
    beat = np.arange(bars * 8) / 2
    pitch = 60 + np.cumsum(score.integers(-3, 4, len(beat)))
    rows = np.zeros(2 * len(beat), NOTE)
    rows["beat"], rows["length"] = np.repeat(beat, 2), np.tile([0.5, 1.0], len(beat))
    rows["pitch"] = np.clip(np.stack([pitch, np.full(len(beat), 43)], 1).ravel(), 40, 90)
    slow = np.where(np.mod(beat, 8) >= 7, bend, 0.0)
    slow = slow + np.random.default_rng(seed).normal(0, 0.01, len(beat))
    onset = 1.0 + np.concatenate([[0.0], np.cumsum(0.25 * np.exp(slow[:-1]))])
    rows["onset_s"] = np.repeat(onset, 2)
    rows["duration_s"] = 0.4 * rows["length"]
    rows["velocity"] = np.clip(64 + rows["pitch"] - 60, 20, 110)
    rows = rows[np.lexsort((rows["pitch"], rows["beat"]))]
    return Aligned(name, composer, piece, piece, rows, ((0.0, 4, 4),))


def match_text(
    notes: Sequence[tuple[float, float, int, int, int, int]], metre: str = "4/4", deleted: Sequence[int] = ()
) -> str:
    """Return a .match file (1.0.0) of (beat, length in beats, pitch, onset, offset, velocity); 480 ticks are
    0.5 s.
    """
    above, below = (int(part) for part in metre.split("/"))
    lines = [
        "info(matchFileVersion,1.0.0).",
        "info(midiClockUnits,480).",
        "info(midiClockRate,500000).",
        f"scoreprop(timeSignature,{metre},1:1,0,0.0000).",
    ]
    for number, (beat, length, pitch, onset, offset, velocity) in enumerate(notes):
        bar, in_bar = divmod(beat, above)
        sixteenths = round((in_bar % 1) * 16)
        sharp = "#" if pitch % 12 in (1, 3, 6, 8, 10) else "n"
        step = STEPS[pitch % 12]
        written = (
            f"snote(n{number},[{step},{sharp}],{pitch // 12 - 1},{int(bar) + 1}:{int(in_bar) + 1},"
            f"{sixteenths}/{16 * below},{round(length * 16)}/{16 * below},"
            f"{beat:.4f},{beat + length:.4f},[v1])"
        )
        played = f"note({number},{pitch},{onset},{offset},{velocity},0,0)."
        lines.append(f"{written}-deletion." if number in deleted else f"{written}-{played}")
    return "\n".join(lines) + "\n"


def write_folder(root: Path, performances: Sequence[tuple[str, str, str]], text: str) -> Path:
    """Write a folder as (n)ASAP's: (composer, title, performer) each, all with the same .match text."""
    rows = ["composer,title,folder,midi_score,match_file"]
    for composer, title, performer in performances:
        place = f"{composer}/{title}"
        (root / place).mkdir(parents=True, exist_ok=True)
        (root / place / f"{performer}.match").write_text(text, "utf-8")
        rows.append(f"{composer},{title},{place},{place}/midi_score.mid,{place}/{performer}.match")
    rows.append(f"Nobody,absent,Nobody/absent,,{'Nobody/absent/x.match'}")
    (root / "metadata.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return root
