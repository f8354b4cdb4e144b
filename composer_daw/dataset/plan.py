"""Plan a data set: a record for every file and technique, checked before anything is rendered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from composer_daw import __version__
from composer_daw.dataset.record import AudioFormat, Record
from composer_daw.errors import InputError, TechniqueError, naming
from composer_daw.files import check_is_file, sha256_of, written_whole
from composer_daw.midi import load_midi
from composer_daw.performance import Performance
from composer_daw.rendering import Instrument, load_instrument, with_techniques
from composer_daw.rendering.effects import Plugin
from composer_daw.techniques import AS_WRITTEN, Rung, check_techniques, load_vocabulary, realize, resolve
from composer_daw.techniques.shape import OutOfRange

PRESET, MAP = "preset.yaml", "technique_map.yaml"
TOOL = f"composer_daw {__version__}"


Asset = Path | bytes


@dataclass(frozen=True)
class Plan:
    """What is to be rendered, and what the records need: path in the data set -> file, or its bytes."""

    records: tuple[Record, ...]
    assets: dict[str, Asset]


def plan_versions(
    scores: Sequence[str | Path],
    instrument: Instrument,
    techniques: Sequence[str],
    *,
    seed: int = 0,
    sample_rate: int = 44_100,
    out_of_range: OutOfRange = "fail",
    audio_format: AudioFormat = "wav",
    fresh: bool = False,
) -> Plan:
    """Return a record for every score and technique, in that order.

    A technique that the instrument can only imitate is refused: its label would not be true. Raises
    TechniqueError, MidiError, and InputError for notes out of range or a file given twice.
    """
    instrument.check_sound()
    asked = (check_playable(technique, instrument) for technique in techniques or [AS_WRITTEN])
    names = list(dict.fromkeys(asked))  # two spellings of one technique are one version
    records: list[Record] = []
    given: dict[str, Path] = {}
    assets: dict[str, Asset] = dict(instrument_assets(instrument))
    for score in scores:
        path = check_is_file(score, "a MIDI file (.mid)")
        performance = load_midi(path)
        for name in names:
            _check_notes(performance, instrument, name, path, out_of_range)
        digest = sha256_of(path)
        stem = f"{_slug(path.stem)}-{digest[:8]}"
        source = f"sources/{stem}.mid"
        if source in given:
            raise InputError(f"{path}: the same file as {given[source]}; give it once")
        given[source] = path
        assets[source] = path
        records += [
            Record(
                id=f"{_folder_of(instrument)}/{name}/{stem}",
                source=source,
                source_sha256=digest,
                instrument=_reference(instrument),
                instrument_sha256=instrument.digest,
                licence=instrument.preset.licence,
                technique=name,
                seed=seed,
                sample_rate=sample_rate,
                out_of_range=out_of_range,
                audio_format=audio_format,
                fresh=fresh or instrument.preset.fresh or instrument.preset.repeats == "fresh",
                tool=TOOL,
            )
            for name in names
        ]
    return Plan(tuple(records), assets)


def joined(plans: Sequence[Plan]) -> Plan:
    """Return one plan of several; raise InputError for an instrument that is in two of them."""
    records = tuple(record for plan in plans for record in plan.records)
    if len({record.id for record in records}) < len(records):
        raise InputError("an instrument is named twice; give it once")
    return Plan(records, {name: asset for plan in plans for name, asset in plan.assets.items()})


def check_playable(technique: str, instrument: Instrument) -> str:
    """Return the one name of a way of playing: techniques joined by '+', without the defaults.

    Raises TechniqueError when the instrument would play something else.
    """
    if technique == AS_WRITTEN:
        return technique
    vocabulary = load_vocabulary()
    asked = check_techniques(technique, instrument.technique_map, vocabulary)
    resolution = resolve(asked, instrument.technique_map, vocabulary)
    if resolution.rung > Rung.COMBINED:
        instead = "+".join(resolution.played) or "its default"
        raise TechniqueError(
            f"{instrument.name} has no '{technique}'; it would play {instead} under a wrong label; "
            f"it has {', '.join(instrument.technique_map.playable())}"
        )
    return "+".join(resolution.asked) or "default"


def instrument_assets(instrument: Instrument) -> dict[str, Asset]:
    """Return the files of an instrument of the user's own; one that ships needs none.

    Plugins and libraries are not copied: the preset that goes into the data set says where they were.
    """
    if instrument.ships:
        return {}
    folder, preset, beside = _reference(instrument), instrument.preset, instrument.path.parent
    assets: dict[str, Asset] = {f"{folder}/{MAP}": instrument.map_path}
    changed: dict[str, Any] = {"technique_map": MAP}
    for name in ("state", "fingerprint"):
        if (file := getattr(preset, name)) is not None:
            changed[name] = f"{name}{Path(file).suffix}"
            assets[f"{folder}/{changed[name]}"] = beside / file
    effects = []
    for number, effect in enumerate(preset.effects):
        if isinstance(effect, Plugin):
            saved = f"effect-{number}{Path(effect.state or '').suffix}"
            if (file := effect.state_path(beside)) is not None:
                assets[f"{folder}/{saved}"] = file
            effect = effect.moved(beside, saved)
        effects.append(effect)
    if effects:
        changed["effects"] = tuple(effects)
    if instrument.sound_path is not None and (beside / preset.source).exists():
        changed["source"] = instrument.sound_path.as_posix()
    without = set() if effects else {"effects"}
    moved = preset.model_copy(update=changed)
    written = moved.model_dump(mode="json", exclude_defaults=True, exclude=without)
    assets[f"{folder}/{PRESET}"] = yaml.safe_dump(written, sort_keys=False, allow_unicode=True).encode()
    return assets


def instrument_of(record: Record, folder: Path) -> Instrument:
    """Load the instrument of a record: one that ships, or the one that stands in the data set."""
    own = folder / record.instrument
    return load_instrument(own / PRESET, own / MAP) if own.is_dir() else load_instrument(record.instrument)


def _reference(instrument: Instrument) -> str:
    return instrument.name if instrument.ships else f"instruments/{_folder_of(instrument)}"


def _folder_of(instrument: Instrument) -> str:
    """Return the folder of an instrument's versions; two of the user's own may have one name."""
    name = _slug(instrument.preset.instrument)
    return name if instrument.ships else f"{name}-{instrument.digest[:8]}"


def copy_assets(plan: Plan, folder: Path) -> None:
    """Copy scores and instruments into the data set, so that its records render again anywhere."""
    for name, asset in plan.assets.items():
        target = folder / name
        content = asset if isinstance(asset, bytes) else asset.read_bytes()
        if not target.is_file() or target.read_bytes() != content:
            with written_whole(target) as temporary:
                temporary.write_bytes(content)


def _check_notes(
    performance: Performance, instrument: Instrument, technique: str, path: Path, out_of_range: OutOfRange
) -> None:
    """Find out before the run what would fail in it."""
    with naming(path):
        asked = with_techniques(performance, instrument, technique)
        realize(asked, instrument.technique_map, out_of_range=out_of_range)


def _slug(text: str) -> str:
    """Return a text as part of a file name: letters and digits of any script, and hyphens."""
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-_") or "untitled"
