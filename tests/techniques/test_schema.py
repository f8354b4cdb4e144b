"""The JSON Schema of technique maps: true of all maps that ship, and as strict as it can be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from generated_maps import technique_maps
from hypothesis import given, settings
from jsonschema import Draft7Validator
from small_instruments import DRUMS, MAP, read_map

from composer_daw.documents import _Loader
from composer_daw.errors import DocumentError
from composer_daw.files import shipped
from composer_daw.techniques import TechniqueMap
from composer_daw.techniques.writing import write_map

ROOT = Path(__file__).parents[2]
FILE = shipped("configs") / "schema" / "technique_map.schema.json"
MAPS = [path for path in sorted(shipped("technique_maps").rglob("*.yaml")) if path.name != "vocabulary.yaml"]
CHECK = Draft7Validator(json.loads(FILE.read_text(encoding="utf-8")))

HEAD = "technique_map: 1\ninstrument: X\n"
STACCATO = HEAD + "groups: {bow: {default: staccato}}\ntechniques:\n  staccato:\n    group: bow\n"


def problems(text: str) -> list[str]:
    data = yaml.load(text, Loader=_Loader)
    return [one.message for one in CHECK.iter_errors(json.loads(json.dumps(data)))]


def test_every_field_of_the_model_is_in_it() -> None:
    parts = {"": CHECK.schema, **CHECK.schema["$defs"]}
    model = TechniqueMap.model_json_schema()
    for name, part in {"": model, **model["$defs"]}.items():
        if name != "Piece":
            assert list(parts[name]["properties"]) == list(part["properties"])


def test_editors_are_told_what_a_field_means() -> None:
    fields = CHECK.schema["$defs"]["Technique"]["properties"]
    assert fields["title"]["description"] == "What the library calls it, where that is not its name here."
    assert "must be in force" in CHECK.schema["$defs"]["Program"]["properties"]["only_with"]["description"]


@pytest.mark.parametrize("path", MAPS, ids=lambda path: path.stem)
def test_maps_that_ship_fit_it_and_name_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert problems(text) == []
    named = text.splitlines()[0].partition("$schema=")[2]
    assert (path.parent / named).resolve() == FILE.resolve()


@given(technique_maps())
@settings(max_examples=25)
def test_whatever_is_written_fits_it(technique_map: TechniqueMap) -> None:
    assert problems(write_map(technique_map)) == []


@pytest.mark.parametrize(
    "text",
    [
        MAP,
        DRUMS,
        HEAD + "range: [40, G9]\n",
        HEAD + "range: ['0', '127']\n",
        HEAD + "middle_c: C3\nrange: [C-2, G8]\n",
        HEAD + "pieces: {tom: {written: C2, hit: D♯2, rim: {play: Bb2, velocity: 0.5}}}\n",
        HEAD + "pieces: {tom: {written: [], play: 3}}\n",
        HEAD + "pieces: {tom: {written: [38], strokes: {written: {play: C2}}}}\n",
        HEAD + "init: [{keyswitch: [C1, 'C#1'], velocity: 1}, {pitch_bend: -8192}]\n",
        HEAD + "dynamics: {cc: 1, follow: velocity}\ninstances: 4\nchannels: [1, 16]\n",
        STACCATO
        + "    on: [{keyswitch: C1, only_with: staccato}]\n    off: [{cc: 1, value: {follow: cc119}}]\n",
        STACCATO + "    on: [{keyswitch: 24, only_with: [staccato], velocity: {follow: vibrato_depth}}]\n",
        STACCATO + "    plays: sustain+con_sordino\n",
        STACCATO + "    plays: [sustain, con_sordino]\n",
        STACCATO + "    latency_ms: 12\n    fallback: staccato\n",
        STACCATO + "    on: {keyswitch: C1}\n    off: {cc: 1, value: 2}\ninit: {program: 4}\n",
        STACCATO + "    latency_ms: {first: {1: 40, 64: 12.5}, transition: 0}\n",
        STACCATO
        + "    note: {velocity: {0: 1, 127: 90}, pitch_range: [null, C5], velocity_range: [1, 64]}\n",
        STACCATO + "    when: {pitch: [C1, null], length_ms: [null, 90.5], next: apart}\n",
        STACCATO
        + "    trigger: {program: 5, key: C-1}\n    color: '#ff0000'\n    labels: {a: b, c: {d: e}}\n",
        STACCATO + "  a b+c (d):\n    group: bow\n    scope: note\n    channel: null\n",
    ],
)
def test_what_people_write_is_taken_by_both(text: str) -> None:
    read_map(text)
    assert problems(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "instrument: X\n",
        "technique_map: 1\n",
        "technique_map: 2\ninstrument: X\n",
        HEAD + "techniqes: {}\n",
        HEAD + "range: G3\n",
        HEAD + "range: [G3]\n",
        HEAD + "range: [G3, H4]\n",
        HEAD + "range: [1, 128]\n",
        HEAD + "range: [1.5, 20]\n",
        HEAD + "range: [null, 20]\n",
        HEAD + "middle_c: C9\n",
        HEAD + "lead_ms: -1\n",
        HEAD + "lead_ms: fast\n",
        HEAD + "channels: [1, 17]\n",
        HEAD + "instances: 0\n",
        HEAD + "chase: [120]\n",
        HEAD + "dynamics: {cc: 1, follow: volume}\n",
        HEAD + "init: [{cc: 32}]\n",
        HEAD + "init: [{keyswich: C1}]\n",
        HEAD + "init: [{keyswitch: []}]\n",
        HEAD + "init: [{keyswitch: C1, mod: hold}]\n",
        HEAD + "init: [{keyswitch: C1, mode: held}]\n",
        HEAD + "init: [{keyswitch: C1, cc: 1, value: 3}]\n",
        HEAD + "init: [{cc: 32, value: 300}]\n",
        HEAD + "init: [{cc: 32, value: {follow: loudness}}]\n",
        HEAD + "init: [{cc: 32, value: {follow: cc120}}]\n",
        HEAD + "init: [{program: 1, bank: 20000}]\n",
        HEAD + "init: [{pitch_bend: 8192}]\n",
        HEAD + "init: [{parameter: Mute, value: 1.5}]\n",
        HEAD + "pieces: {snare: {written: 38}}\n",
        HEAD + "pieces: {snare: {written: X, hit: 38}}\n",
        HEAD + "pieces: {snare: {written: 38, hit: 200}}\n",
        HEAD + "pieces: {snare: {written: 38, hit: {velocity: 1}}}\n",
        HEAD + "pieces: {snare: {written: 38, strokes: 38}}\n",
        HEAD + "pieces: {snare: {written: [38], strokes: {hit: {play: 38}}, rim: 3}}\n",
        STACCATO + "  ' x':\n    group: bow\n",
        STACCATO + "  a=b:\n    group: bow\n",
        STACCATO + "  a++b:\n    group: bow\n",
        STACCATO + "  legato: {}\n",
        STACCATO + "    note: {lenght: 2}\n",
        STACCATO + "    note: {length: 0}\n",
        STACCATO + "    note: {velocity: {200: 1}}\n",
        STACCATO + "    note: {pitch_range: [C1]}\n",
        STACCATO + "    latency_ms: {first: {loud: 1}}\n",
        STACCATO + "    latency_ms: {first: {200: 1}}\n",
        STACCATO + "    latency_ms: soon\n",
        STACCATO + "    latency_ms: -1\n",
        STACCATO + "    on: {keyswich: C1}\n",
        STACCATO + "    on: C1\n",
        STACCATO + "    when: {pitch: [X, null]}\n",
        STACCATO + "    when: {next: near}\n",
        STACCATO + "    scope: bar\n",
        STACCATO + "    color: red\n",
        STACCATO + "    trigger: {key: H1}\n",
        STACCATO + "    channel: 0\n",
    ],
)
def test_what_is_broken_is_refused_by_both(text: str) -> None:
    with pytest.raises(DocumentError):
        read_map(text)
    assert problems(text)


def test_each_form_of_a_note_is_one_definition() -> None:
    def notes(node: Any) -> int:
        if isinstance(node, dict):
            return (node.get("$ref") == "#/$defs/Note") + sum(notes(child) for child in node.values())
        return sum(notes(child) for child in node) if isinstance(node, list) else 0

    assert notes(CHECK.schema) >= 10
    assert json.dumps(CHECK.schema, ensure_ascii=False).count("a-gA-G") == 1
