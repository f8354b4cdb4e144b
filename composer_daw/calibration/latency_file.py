"""Latencies written into a technique map: nothing else in the file changes, not by a single character.

A YAML library that writes a document again lines up flow mappings and wraps lines its own way. So the file is
only parsed, to learn where each value stands, and new text is put in those places. The result is read again,
and must be the old map with the new latencies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from composer_daw.documents import parse_document
from composer_daw.errors import ComposerError, InputError
from composer_daw.files import check_is_file, written_whole
from composer_daw.techniques import TechniqueMap
from composer_daw.techniques.parts import Latency

KEY = "latency_ms"
AFTER = ("group", "title", "plays", "when", "on", "off", "channel", "note")
"""A new line goes behind the last of these keys that a technique has."""

WHAT = "a technique map (YAML)"


@dataclass(frozen=True)
class _Edit:
    """Characters of the text that are replaced."""

    start: int
    end: int
    text: str


def write_latencies(
    path: str | Path, latencies: Mapping[str, Latency], expected: bytes, output: str | Path | None = None
) -> None:
    """Write the latencies of techniques into a map whole or not at all; line ends stay as they are.

    With `output` the map stays as it is, and that file becomes the map with the latencies in it.
    What a Latency leaves out (an empty `transition`) stays as it stands in the file. Raises InputError where
    the file is no longer `expected`, or cannot be edited safely, and OutputError where it cannot be written.
    """
    target = check_is_file(path, WHAT).resolve()
    if target.read_bytes() != expected:
        raise InputError(f"{path}: has changed since it was measured; calibrate again")
    new = edited(expected.decode("utf-8"), latencies, str(path)).encode("utf-8")
    if output is not None:
        with written_whole(output) as temporary:
            temporary.write_bytes(new)
        return
    if new == expected:
        return
    with written_whole(target) as temporary:
        temporary.write_bytes(new)
        temporary.chmod(target.stat().st_mode & 0o777)


def edited(text: str, latencies: Mapping[str, Latency], name: str) -> str:
    """Return the text of a map with these latencies in it; `name` stands for the file in errors."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix(mark)
    entries = _entries(body, name)
    told = {
        technique: one for technique, one in latencies.items() if _says_something(entries[technique], one)
    }
    edits = [edit for technique, one in told.items() for edit in _edits(body, entries[technique], one, name)]
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        body = body[: edit.start] + edit.text + body[edit.end :]
    _check(mark + body, text, told, name)
    return mark + body


def _entries(text: str, name: str) -> dict[str, yaml.MappingNode]:
    """Return the node of each technique."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    techniques = _child(root, "techniques") if isinstance(root, yaml.MappingNode) else None
    if not isinstance(techniques, yaml.MappingNode):
        raise InputError(f"{name}: has no techniques to write latencies to")
    return {key.value: value for key, value in techniques.value if isinstance(value, yaml.MappingNode)}


def _says_something(entry: yaml.MappingNode, latency: Latency) -> bool:
    """Tell whether a latency is to stand in the file: none does not, where none stands there."""
    none = (latency.first, latency.transition) in ((0.0, {}), (0.0, 0.0))
    return not none or _child(entry, KEY) is not None


def _edits(text: str, entry: yaml.MappingNode, latency: Latency, name: str) -> Iterator[_Edit]:
    """Yield what brings the latency of one technique up to date."""
    wanted = {"first": latency.first}
    if latency.transition != {}:
        wanted["transition"] = latency.transition
    node = _child(entry, KEY)
    inner = ", ".join(f"{key}: {_told(value)}" for key, value in wanted.items())
    if isinstance(node, yaml.ScalarNode) or (isinstance(node, yaml.MappingNode) and not node.value):
        yield _Edit(node.start_mark.index, _end(node), f"{{{inner}}}")
    elif isinstance(node, yaml.MappingNode):
        for key, value in wanted.items():
            standing = _child(node, key)
            if standing is not None:
                edit = _Edit(standing.start_mark.index, _end(standing), _told(value))
                if "#" in text[edit.start : edit.end]:
                    line = standing.start_mark.line + 1
                    raise InputError(
                        f"{name}:{line}: {KEY}: {key}: holds comments, which would be lost; move them"
                    )
                yield edit
            else:
                yield _added(text, node, f"{key}: {_told(value)}", node.value[-1][1])
    else:
        yield _added(text, entry, f"{KEY}: {{{inner}}}", _anchor(entry))


def _added(text: str, node: yaml.MappingNode, words: str, behind: yaml.Node) -> _Edit:
    """Return the edit that adds a key to a mapping: after a value, or on a line of its own."""
    end = _end(behind)
    if node.flow_style:
        return _Edit(end, end, f", {words}")
    line_end = text.find("\n", end)
    newline = "\r\n" if "\r\n" in text else "\n"
    indent = " " * node.value[0][0].start_mark.column
    if line_end < 0:
        return _Edit(len(text), len(text), f"{newline}{indent}{words}")
    at = line_end - 1 if text[line_end - 1 : line_end] == "\r" else line_end
    return _Edit(at, at, f"{newline}{indent}{words}")


def _anchor(entry: yaml.MappingNode) -> yaml.Node:
    """Return the value behind which a latency goes: the last one, but before fallbacks and labels."""
    values = [value for key, value in entry.value if key.value in AFTER]
    found: yaml.Node = values[-1] if values and not entry.flow_style else entry.value[-1][1]
    return found


def _end(node: yaml.Node) -> int:
    """Return where the text of a node ends; a block's own mark stands behind the comments after it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _child(node: yaml.Node, name: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _told(value: object) -> str:
    """Return a latency as YAML: `12`, `12.5`, or `{1: 40, 64: 12}`."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{velocity}: {_told(one)}" for velocity, one in value.items()) + "}"
    return f"{value:g}"


def _check(text: str, before: str, latencies: Mapping[str, Latency], name: str) -> None:
    """Raise InputError unless the new text is the old map with other latencies, and nothing else."""
    old = parse_document(before.removeprefix("\ufeff"), TechniqueMap, name)
    wanted = old.techniques | {
        technique: old.techniques[technique].model_copy(
            update={"latency_ms": _joined(old.techniques[technique].latency_ms, one)}
        )
        for technique, one in latencies.items()
    }
    try:
        new = parse_document(text.removeprefix("\ufeff"), TechniqueMap, name)
    except ComposerError as error:
        raise InputError(f"{name}: cannot be edited safely ({error}); write latency_ms by hand") from error
    if new.model_dump() != old.model_copy(update={"techniques": wanted}).model_dump():
        raise InputError(f"{name}: cannot be edited safely; write latency_ms by hand")


def _joined(old: Latency, new: Latency) -> Latency:
    """Return the new latency, with what it leaves out as it was."""
    return new if new.transition != {} else new.model_copy(update={"transition": old.transition})
