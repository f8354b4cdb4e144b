"""What a plugin or a SoundFont shows of its techniques, as a sketch of a map.

What is read with some certainty becomes techniques; what may be a switch becomes a remark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from composer_daw.authoring.choices import STEPS, in_steps
from composer_daw.authoring.fingerprint import SAMPLE_RATE, by_name
from composer_daw.authoring.map_sketch import Sketch, key_of_words, with_defaults
from composer_daw.authoring.restore import load_patch
from composer_daw.hosts.plugin import open_plugin
from composer_daw.hosts.plugin_seat import Limits, PluginSound
from composer_daw.hosts.soundfont_file import SUFFIXES, Program, find_soundfont, read_programs
from composer_daw.plugins.roles import check_role
from composer_daw.plugins.search import find_plugin
from composer_daw.rendering import load_instrument
from composer_daw.techniques import Vocabulary, load_vocabulary
from composer_daw.techniques.naming import read_name
from composer_daw.techniques.writing import quoted

SWITCH_NAMES = re.compile(
    r"articulation|technique|playing|style|program|patch|preset|keyswitch", re.IGNORECASE
)
"""Parameters of such names choose between techniques, even where only one of the choices is understood."""

MOST_CHOICES = 12
"""So many choices of a parameter are named in a remark."""


def sketch_of(source: str) -> Sketch:
    """Return what a plugin or a SoundFont shows, given by path or name; raise InputError or HostError."""
    if source.lower().endswith(SUFFIXES):
        path = find_soundfont(source, Path())
        return _of_programs(path.stem, f"the header of {path.name}", read_programs(path))
    path = find_plugin(source, Path())
    identity = check_role(path, "instrument")
    told = " ".join(part for part in (identity.name, identity.version) if part)
    source = f"what {told} shows ({identity.kind})"
    return sketch_of_parameters(identity.name, source, *_moved(PluginSound(path), Limits()))


def sketch_of_preset(name: str) -> Sketch:
    """Return what the instrument of a preset shows, with the preset's state in it."""
    instrument = load_instrument(name)
    preset = instrument.preset
    if preset.host == "soundfont" and instrument.sound_path is not None:
        source = f"the header of {instrument.sound_path.name}"
        return _of_programs(preset.instrument, source, read_programs(instrument.sound_path))
    patch = load_patch(name, any_version=True)  # says what other hosts are no use for
    source = f"what {patch.sound.path.stem} shows with the preset {name}"
    return sketch_of_parameters(preset.instrument, source, *_moved(patch.sound, patch.limits))


def _of_programs(instrument: str, source: str, programs: Iterable[Program]) -> Sketch:
    """Make techniques of the programs that are called like some; the others are remarked on."""
    vocabulary, sketch = load_vocabulary(), Sketch(instrument, source)
    others = []
    for one in programs:
        told = f"program: {one.program}, bank: {one.bank}"
        if names := read_name(one.name, vocabulary, instrument).techniques:
            sketch.add(names, one.name, "programs", on=f"{{{told}}}")  # a channel has one program
        else:
            others.append(f"{{{told}}}  {one.name}")
    if others:
        sketch.remarks += ["Programs whose names say no technique:", *(f"  {one}" for one in others)]
    return with_defaults(sketch, vocabulary)


def sketch_of_parameters(
    instrument: str, source: str, texts: dict[str, list[str]], now: dict[str, str], latency: int = 0
) -> Sketch:
    """Make techniques of the parameters that choose between some; other choices are remarked on.

    `texts` is what each parameter shows from its lowest value to its highest in equal steps, `now` what it
    shows at first; `latency` is what the plugin reports, in samples.
    """
    vocabulary, sketch = load_vocabulary(), Sketch(instrument, source)
    others = []
    for name, shown in texts.items():
        if in_steps(shown) and not _as_techniques(name, shown, now[name], sketch, vocabulary):
            others.append(f"  {name}: {_choices(shown)}")
    if latency:
        told = f"It reports {latency} samples of latency. The host makes up for them;"
        sketch.remarks.append(f"{told} latency_ms is what comes on top.")
    if others:
        sketch.remarks += ["Parameters that go in steps; some may be switches (text = value):", *others]
    return with_defaults(sketch, vocabulary)


def _moved(sound: PluginSound, limits: Limits) -> tuple[dict[str, list[str]], dict[str, str], int]:
    """Return what each parameter shows from its lowest value to its highest, what at first; the latency."""
    shown: dict[str, list[str]] = {}
    with open_plugin(sound, SAMPLE_RATE, limits) as host:
        parameters = host.parameters()
        latency = host.latency_samples
        for step in range(STEPS + 1):
            for one in parameters:
                host.set(f"#{one.index}", step / STEPS)
            for name, moved in by_name(host.parameters()).items():
                shown.setdefault(name, []).append(moved.text)
    return shown, {name: one.text for name, one in by_name(parameters).items()}, latency


def _values(shown: list[str]) -> dict[str, float]:
    """Return for each text the value in the middle of where it is first shown."""
    values: dict[str, float] = {}
    for text in dict.fromkeys(shown):
        first = shown.index(text)
        last = next((step for step in range(first, len(shown)) if shown[step] != text), len(shown)) - 1
        ends = {0: 0.0, STEPS: 1.0}
        values[text] = ends.get(first, ends.get(last, (first + last) / 2 / STEPS))
    return values


def _as_techniques(name: str, shown: list[str], now: str, sketch: Sketch, vocabulary: Vocabulary) -> bool:
    """Add what a parameter chooses between, where that is techniques; tell whether it is."""
    values = _values(shown)
    read = {text: read_name(text, vocabulary).techniques for text in values}
    understood = sum(bool(names) for names in read.values())
    if understood > 1 or (understood and SWITCH_NAMES.search(name)):
        group = key_of_words(name)
        for text, names in read.items():
            on = f"{{parameter: {quoted(name)}, value: {values[text]:.4g}}}"
            key = sketch.add(names, text, group, on=on)
            if text == now:
                sketch.defaults[group] = key
        return True
    meant = read_name(name, vocabulary).techniques
    if len(values) != 2 or len(meant) != 1 or meant[0] in sketch.techniques:
        return False
    off, on = (f"{{parameter: {quoted(name)}, value: {value:.4g}}}" for value in values.values())
    remark = f"shows {' or '.join(repr(text) for text in values)}; is this what it is?"
    sketch.add(meant, name, vocabulary.techniques[meant[0]].group, on=on, off=off, remark=remark)
    return True


def _choices(shown: list[str]) -> str:
    values = list(_values(shown).items())
    more = f", and {len(values) - MOST_CHOICES} more" if len(values) > MOST_CHOICES else ""
    return ", ".join(f"{text or '(nothing)'} = {value:.4g}" for text, value in values[:MOST_CHOICES]) + more
