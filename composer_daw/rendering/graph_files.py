"""The stems of a song as files, and a list that says what each is.

WAV in 32-bit float, because a stem may peak above full scale where the mix does not, and so that the sum is
exact; FLAC in 24 bits, a quarter of that, where it is asked for and no stem peaks so high.
"""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from composer_daw.audio import save_audio
from composer_daw.files import write_text
from composer_daw.rendering.graph_plan import Plan
from composer_daw.rendering.graph_render import Mixdown, Stem

LIST = "stems.json"
SAVERS = 2
"""Files written at once: encoding takes a core, and waiting for a disk none."""


def stem_path(stem: Stem, suffix: str = ".wav") -> Path:
    """Return where a stem goes, from the folder of the stems: `wet/melody.wav`.

    An output is named by its plugin; what has no place in the name of a file becomes '_'.
    """
    name = re.sub(r"[^\w .+-]", "_", stem.name)
    return Path(f"{name}{suffix}") if stem.kind == "premaster" else Path(stem.kind, f"{name}{suffix}")


def save_stems(mixdown: Mixdown, plan: Plan, folder: str | Path, compact: bool = False) -> list[Path]:
    """Write every stem and `stems.json` into a folder; return the files of audio.

    `compact` writes FLAC where no stem is above full scale.
    """
    fits = compact and all(stem.audio.peak_db <= 0.0 for stem in mixdown.stems)
    suffix, subtype = (".flac", "PCM_24") if fits else (".wav", "FLOAT")
    paths = [Path(folder) / stem_path(stem, suffix) for stem in mixdown.stems]
    with ThreadPoolExecutor(SAVERS) as pool:
        saved = [
            pool.submit(save_audio, stem.audio, path, subtype)
            for stem, path in zip(mixdown.stems, paths, strict=True)
        ]
    for one in saved:
        one.result()
    listed = _list(mixdown, plan, suffix)
    write_text(Path(folder) / LIST, json.dumps(listed, indent=2, ensure_ascii=False) + "\n")
    return paths


def _list(mixdown: Mixdown, plan: Plan, suffix: str) -> dict[str, Any]:
    parts = {part.name: part for part in plan.parts}
    stems = []
    for stem in mixdown.stems:
        facts: dict[str, Any] = {
            "file": stem_path(stem, suffix).as_posix(),
            "kind": stem.kind,
            "name": stem.name,
            "in_mix": stem.in_mix,
            "peak_db": round(stem.audio.peak_db, 3),
        }
        if part := parts.get(stem.name):
            licence = part.instrument.preset.licence.model_dump()
            facts |= {"instrument": part.track.instrument, "digest": part.instrument.digest}
            facts |= {"technique": part.track.technique, "licence": licence}
        stems.append(facts)
    return {
        "stems": 1,
        "sample_rate": mixdown.audio.sample_rate,
        "duration_s": round(mixdown.audio.duration_s, 6),
        "in_mix_adds_up_to": "premaster.wav" if plan.graph.master.effects else "the mix",
        "gain_db": round(mixdown.mastered.gain_db, 3),
        "files": stems,
    }
