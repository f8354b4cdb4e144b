"""What a song leaves behind: the files of its folder, and the record of what it was made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from composer_daw import __version__
from composer_daw.composing.keys import key_name
from composer_daw.composing.request import Request
from composer_daw.files import FolderKind

SCORE, PERFORMANCE, GRAPH = "score.mid", "performance.mid", "graph.yaml"
MIX, STEMS = "mix.wav", "stems"
SONG = FolderKind("a song", "song.json", "song_record")
"""The folder of a song."""


def record_of(request: Request, seed: int, generator: str, song: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a song was made of; `song` is the song file that gives it again."""
    conditions = dataclasses.asdict(request.conditions)
    conditions["key"] = key_name(request.conditions.key)
    sections = zip(conditions["sections"], request.conditions.sections, request.captioned, strict=True)
    for told, section, source in sections:
        told["key"] = key_name(section.key) if section.key else None
        told["caption_from"] = source
        del told["caption_vector"]  # the caption and its encoder make it again
    for part in conditions["parts"]:
        part["techniques"] = sorted(part["techniques"])
    return {
        SONG.mark: 1,
        "composer_daw": __version__,
        "generator": generator,
        "seed": seed,
        "song": song,
        "conditions": conditions,
        "caption_encoder": request.encoder,
        "instruments": {
            one.part.name: {
                "instrument": one.instrument.name if one.instrument.ships else one.instrument.path.name,
                "digest": one.instrument.digest,
                "licence": one.instrument.preset.licence.model_dump(),
            }
            for one in request.band
        },
        "remarks": list(request.remarks),
    }
