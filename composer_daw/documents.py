"""YAML documents: read safely, checked against a pydantic model, with errors that name file and line.

The YAML is that of version 1.2 as people mean it: `on`, `off`, `yes` and `no` are words, not truth values.
Tags, anchors and aliases, repeated keys, deep nesting and huge files are refused with the line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar, cast, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from composer_daw.errors import DocumentError, did_you_mean
from composer_daw.files import check_is_file

Model = TypeVar("Model", bound=BaseModel)
Result = TypeVar("Result")

LARGEST_BYTES = 1_000_000
MOST_VALUES = 50_000
"""Keys and values that a document may have; as many take half a second to check."""
DEEPEST = 24


Location = tuple[int | str, ...]
"""The keys and positions that lead from the top of a document to a place in it."""


KINDS = {
    "host": "an instrument's YAML",
    "technique_spans": "a sidecar of techniques",
    "technique_rules": "rules for techniques",
    "vocabulary": "a vocabulary",
    "graph": "a render graph",
    "song": "a song file",
    "vary": "a spec of variations",
    "techniques": "a technique map",
    "pieces": "a technique map",
}
"""By a key that only such documents have: what a document is that is given for another."""


class Place(NamedTuple):
    """Where something stands in a file."""

    line: int
    """From 1 on."""
    text: str | None
    """A plain value as it is written, without quotes; None for a list or a mapping."""


EXPECTED = {
    **dict.fromkeys(("float_type", "float_parsing"), "a number is expected"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "a whole number is expected"),
    "string_type": "a text is expected; put it into quotes",
    **dict.fromkeys(("tuple_type", "list_type"), "a list is expected, in square brackets"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "keys with values are expected"),
}
"""What an error says, where pydantic's own words are those of a programmer."""


class PlacedError(ValueError):
    """A problem that a model finds across its parts, and the keys that lead to the place."""

    def __init__(self, problem: str, *location: int | str) -> None:
        """Keep the problem, and the location from the top of the document."""
        super().__init__(problem)
        self.location = location


QUOTES = """; a text with a comma, ': ' or ' #' in it needs quotes"""
"""What is wrong where YAML takes a part of a text for a key."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """PyYAML's safe loader with the scalars of YAML 1.2."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for _tag, _pattern, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]{1,300}$", list("-+0123456789")),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+0123456789.")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)
_Loader.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))  # 010 is ten, not eight


def load_document(path: str | Path, model: type[Model], what: str) -> Model:
    """Read a YAML file into `model`; raise DocumentError with file, line, place, value and remedy."""
    return parse_document(_text_of(path, what), model, str(Path(path)), what)


def load_checked(
    path: str | Path, model: type[Model], what: str, check: Callable[[Model], Result]
) -> tuple[Model, Result]:
    """Read a YAML file into `model`, and return it with what `check` makes of it.

    A PlacedError of the check becomes a DocumentError with file, line and place, as those of the model do.
    """
    name, text = str(Path(path)), _text_of(path, what)
    found = parse_document(text, model, name, what)
    try:
        return found, check(found)
    except PlacedError as error:
        line, places = _place(_composed(text, name), error.location)
        raise DocumentError(_told(name, line, places, _one_line(error))) from error


def places_of(path: str | Path, what: str) -> dict[Location, Place]:
    """Return every key and item of a YAML file, by the way that leads to it from the top."""
    return dict(_places(_composed(_text_of(path, what), str(Path(path))), ()))


def _text_of(path: str | Path, what: str) -> str:
    source = check_is_file(path, what)
    size = source.stat().st_size
    if size > LARGEST_BYTES:
        raise DocumentError(f"{source}: {size:,} bytes, more than the {LARGEST_BYTES:,} that {what} may have")
    try:
        return source.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"{source}: not UTF-8 (byte {error.start}); save it as UTF-8") from error


def parse_document(text: str, model: type[Model], name: str, what: str = "another") -> Model:
    """Read YAML text into `model`; `name` stands for the file in errors, `what` for what it should be.

    The validators of the model find the whole document as their context (`info.context`).
    """
    node = _composed(text, name)
    try:
        data = _Loader("").construct_document(node)
        return model.model_validate(data, context=data)
    except ValidationError as error:
        if kind := _other_kind(data, model):
            raise DocumentError(f"{name}: is {kind}; give {what}") from error
        raise DocumentError(_first_error(error, node, model, name)) from error
    except (yaml.YAMLError, ValueError) as error:
        raise DocumentError(f"{name}: {_one_line(error)}") from error


def _composed(text: str, name: str) -> yaml.Node:
    try:
        _check_events(text, name)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = _one_line(error.problem or error.context)
        if _has_tab(text, line):
            problem = "a tab stands before the text; YAML takes spaces only"
        elif "mapping values are not allowed" in problem or "expected ',' or '}'" in problem:
            problem += QUOTES
        raise DocumentError(f"{name}:{line}: not YAML: {problem}") from error
    except yaml.YAMLError as error:
        raise DocumentError(f"{name}: not YAML: {_one_line(error)}") from error
    if not isinstance(node, yaml.MappingNode):
        raise DocumentError(f"{name}: holds no keys; a mapping such as 'name: value' is expected")
    _check_keys(node, name)
    return node


def _has_tab(text: str, line: int) -> bool:
    """Tell whether a line is set in by a tab."""
    written = text.splitlines()[line - 1 : line]
    return any("\t" in one[: len(one) - len(one.lstrip())] for one in written)


def _check_events(text: str, name: str) -> None:
    depth = values = 0
    events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
    for event in events:
        line = event.start_mark.line + 1
        values += isinstance(event, yaml.NodeEvent)
        if values > MOST_VALUES:
            raise DocumentError(f"{name}:{line}: more than {MOST_VALUES:,} keys and values; split the file")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise DocumentError(f"{name}:{line}: nested more than {DEEPEST} deep")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise DocumentError(f"{name}:{line}: anchors and aliases are not read here; write the value out")
        if getattr(event, "tag", None) not in (None, "!"):
            raise DocumentError(f"{name}:{line}: the tag {event.tag} is not read here; write a plain value")


def _check_keys(node: yaml.Node, name: str) -> None:
    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            _check_keys(child, name)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise DocumentError(f"{name}:{line}: a key must be a plain word")
            if key.value in seen:
                raise DocumentError(f"{name}:{line}: '{key.value}' stands twice; keep one")
            seen.add(key.value)
            _check_keys(value, name)


def _first_error(error: ValidationError, node: yaml.Node, model: type[BaseModel], name: str) -> str:
    problems = sorted(cast(list[dict[str, Any]], error.errors(include_url=False)), key=_rank)
    cause = problems[0].get("ctx", {}).get("error")
    location = cause.location if isinstance(cause, PlacedError) else problems[0]["loc"]
    line, places = _place(node, location)
    message = _message(problems[0], model)
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return _told(name, line, places, f"{message}{more}")


def _told(name: str, line: int, places: Sequence[str], problem: str) -> str:
    where = "".join(f"{_one_line(_printable(place))}: " for place in places)
    return f"{name}:{line}: {where}{_printable(problem)}"


def _printable(text: str) -> str:
    """Return a text as a terminal may show it: keys and values of a document may hold anything."""
    return "".join(one if one.isprintable() else " " if one.isspace() else "?" for one in text)


def first_problem(error: ValidationError, data: Any, model: type[BaseModel]) -> str:
    """Return what is wrong with data from JSON, in one line: place (`rules.3.k`), problem, value."""
    problem = sorted(cast(list[dict[str, Any]], error.errors(include_url=False)), key=_rank)[0]
    places = []
    for part in problem["loc"]:
        inside = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if inside or (isinstance(data, dict) and part in data):  # else pydantic put it in: a union's tag
            places.append(str(part))
            data = data[part]
    where = f"{'.'.join(places)}: " if places else ""
    return f"{where}{_message(problem, model)}"


def _other_kind(data: Any, model: type[BaseModel]) -> str | None:
    """Return what a document is that does not say to be of this model, and has keys of another."""
    fields = model.model_fields
    marks = {key: get_args(field.annotation) for key, field in fields.items() if _is_mark(field)}
    if any(data.get(key) in values for key, values in marks.items()):
        return None
    return next((kind for key, kind in KINDS.items() if key in data and key not in fields), None)


def _is_mark(field: FieldInfo) -> bool:
    """Tell whether a field says what the document is: one that must be there, and is one of a few words."""
    return field.is_required() and get_origin(field.annotation) is Literal


def _rank(problem: dict[str, Any]) -> tuple[bool, bool]:
    """Return what goes first: an unknown key; last: that a mapping is no number, where it may be either."""
    plain = problem["type"] in ("int_type", "float_type", "string_type")
    return problem["type"] != "extra_forbidden", plain and isinstance(problem["input"], dict)


def _places(node: yaml.Node, location: Location) -> Iterator[tuple[Location, Place]]:
    children: Iterable[tuple[int | str, yaml.Node, yaml.Node]] = ()
    if isinstance(node, yaml.MappingNode):
        children = ((key.value, key, value) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        children = ((number, value, value) for number, value in enumerate(node.value))
    for part, at, value in children:
        text = value.value if isinstance(value, yaml.ScalarNode) else None
        yield (*location, part), Place(at.start_mark.line + 1, text)
        yield from _places(value, (*location, part))


def _place(node: yaml.Node, location: Location) -> tuple[int, list[str]]:
    """Walk down as far as the location leads; parts that pydantic adds (union tags) lead nowhere.

    A tag may be spelt as a key that is there: a plain value whose neighbour comes next is not on the way.
    """
    places: list[str] = []
    line = node.start_mark.line + 1
    for number, part in enumerate(location):
        child, rest = _child(node, part), location[number + 1 :]
        if child is None or (rest and isinstance(child[1], yaml.ScalarNode) and _child(node, rest[0])):
            continue
        key, value = child
        places.append(f"{places.pop()}[{part}]" if isinstance(part, int) and places else str(part))
        line, node = key.start_mark.line + 1, value
    return line, places


def _child(node: yaml.Node, part: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def _message(problem: dict[str, Any], model: type[BaseModel]) -> str:
    if problem["type"] == "extra_forbidden":
        if problem["input"] is None and " " in str(problem["loc"][-1]):
            return f"unknown key{QUOTES}"
        return f"unknown key{did_you_mean(str(problem['loc'][-1]), _field_names(model))}"
    if problem["type"] == "missing":
        return f"'{problem['loc'][-1]}' is missing"
    if problem["type"] == "union_tag_not_found":
        return f"{problem['ctx']['discriminator']} is missing"
    if problem["type"] == "union_tag_invalid":
        tag, known = problem["ctx"]["tag"], re.findall("'([^']*)'", problem["ctx"]["expected_tags"])
        return _one_line(f"no {problem['ctx']['discriminator']} is '{tag}'{did_you_mean(tag, known)}")
    text = EXPECTED.get(problem["type"]) or str(problem["msg"]).removeprefix("Value error, ")
    shown = problem.get("input")
    told = isinstance(shown, (str, int, float)) and (problem["type"] in EXPECTED or str(shown) not in text)
    return _one_line(f"{text}, not {shown!r}" if told else text)


def _field_names(model: type[BaseModel]) -> set[str]:
    """Return the keys of a model and of all models inside it, for "did you mean"."""
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return {key for part in parts for key in part.get("properties", {})}


def _one_line(problem: object) -> str:
    text = " ".join(str(problem).split())
    return text if len(text) <= 300 else text[:297] + "..."
