"""Look for what a technique map may say, but cannot mean."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from composer_daw.errors import InputError
from composer_daw.techniques.actions import Keyswitch
from composer_daw.techniques.maps import Technique, TechniqueMap, load_map
from composer_daw.techniques.pitch_names import name_of
from composer_daw.techniques.vocabulary import Vocabulary, load_vocabulary


def lint_map(path: str | Path) -> list[str]:
    """Return the findings of one map, "file: technique: problem"; an empty list is a clean map."""
    try:
        technique_map = load_map(path)
    except InputError as error:
        return [str(error)]
    return [f"{path}: {finding}" for finding in _findings(technique_map, load_vocabulary())]


def _findings(technique_map: TechniqueMap, vocabulary: Vocabulary) -> Iterator[str]:
    seen: dict[tuple[object, ...], str] = {}
    for name, technique in technique_map.techniques.items():
        if vocabulary.name_for(name) != name:
            meant = vocabulary.name_for(name)
            yield f"{name}: not in the vocabulary{f'; write {meant}' if meant else ''}"
        if technique.on and (twin := seen.setdefault(technique.on, name)) != name:
            yield f"{name}: switched on exactly as {twin}; one of them cannot be heard"
        yield from _key_findings(name, technique, technique_map)


def _key_findings(name: str, technique: Technique, technique_map: TechniqueMap) -> Iterator[str]:
    low, high = technique_map.range
    for action in (*technique.on, *technique.off):
        if isinstance(action, Keyswitch) and low <= action.keyswitch <= high:
            key = name_of(action.keyswitch, technique_map.middle_c)
            yield f"{name}: keyswitch {key} lies inside the playable range"
