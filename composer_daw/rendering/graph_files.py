"""The stems of a song as files: WAV in 32-bit float, and a list that says what each is.

Float, because a stem may peak above full scale where the mix does not, and so that the sum is exact.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from composer_daw.audio import save_audio
from composer_daw.files import write_text
from composer_daw.rendering.graph_plan import Plan
from composer_daw.rendering.graph_render import Mixdown, Stem

LIST = "stems.json"


def stem_path(stem: Stem) -> Path:
    """Return where a stem goes, from the folder of the stems: `wet/melody.wav`.

    An output is named by its plugin; what has no place in the name of a file becomes '_'.
    """
    name = re.sub(r"[^\w .+-]", "_", stem.name)
    return Path(f"{name}.wav") if stem.kind == "premaster" else Path(stem.kind, f"{name}.wav")


def save_stems(mixdown: Mixdown, plan: Plan, folder: str | Path) -> list[Path]:
    """Write every stem and `stems.json` into a folder; return the files of audio."""
    paths = []
    for stem in mixdown.stems:
        paths.append(Path(folder) / stem_path(stem))
        save_audio(stem.audio, paths[-1], "FLOAT")
    write_text(Path(folder) / LIST, json.dumps(_list(mixdown, plan), indent=2, ensure_ascii=False) + "\n")
    return paths


def _list(mixdown: Mixdown, plan: Plan) -> dict[str, Any]:
    parts = {part.name: part for part in plan.parts}
    stems = []
    for stem in mixdown.stems:
        facts: dict[str, Any] = {
            "file": stem_path(stem).as_posix(),
            "kind": stem.kind,
            "name": stem.name,
            "in_mix": stem.in_mix,
            "peak_db": round(stem.audio.peak_db, 3),
        }
        if part := parts.get(stem.name):
            licence = part.instrument.preset.licence.model_dump()
            facts |= {"instrument": part.instrument.name, "digest": part.instrument.digest}
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
