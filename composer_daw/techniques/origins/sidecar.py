"""Techniques that stand beside a score: a YAML of spans and rules.

A span says what a passage is played with, and wins over all that the score says in that group. A rule looks
at the notes, and speaks only where nothing was asked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from composer_daw.documents import Location, Place, load_document, places_of
from composer_daw.files import shipped
from composer_daw.performance import TempoMap
from composer_daw.techniques.parts import Condition, Part

SPANS, RULES = "a file of technique spans (YAML)", "a file of technique rules (YAML)"
DEFAULT = "default"
"""The word for the rules that ship, in `configs/technique_rules.yaml`."""

_POSITION = re.compile(r"0*([1-9]\d{0,5})(?:\.0*([1-9]\d{0,3})(?:\.(\d{1,6}))?)?")


def _position(value: Any) -> Any:
    if value is None:
        return value
    text = str(value).strip()
    if isinstance(value, bool) or not _POSITION.fullmatch(text):
        raise ValueError("write a bar, or bar.beat, both from 1 on, such as 3.1; 3.1.5 is half a beat later")
    return text


Position = Annotated[str | None, BeforeValidator(_position)]
"""A bar and a beat of it; the beat is that of the metre. Bars are counted as they are played."""

MiddleC = Literal["C3", "C4", "C5"]
"""How the names of notes in conditions read."""

Seconds = Annotated[float, Field(ge=0)]


class Span(Part):
    """From where to where a technique is played: notes that begin in it, its end not counted in."""

    start: Position = Field(None, alias="from")
    """Empty, and no `from_s`: from the start."""
    to: Position = None
    """Empty, and no `to_s`: up to the end."""
    from_s: Seconds | None = None
    to_s: Seconds | None = None
    track: str | int | None = None
    """A name, or a number from 1; empty: all."""
    technique: str

    @model_validator(mode="after")
    def _told_once(self) -> Span:
        if self.start is not None and self.from_s is not None:
            raise ValueError("give 'from' or 'from_s', not both")
        if self.to is not None and self.to_s is not None:
            raise ValueError("give 'to' or 'to_s', not both")
        return self


class Rule(Part):
    """What notes are played with that meet a condition, where nothing was asked."""

    when: Condition
    track: str | int | None = None
    technique: str


class _SpanFile(Part):
    technique_spans: Literal[1]
    middle_c: MiddleC = "C4"
    spans: tuple[Span, ...] = ()
    rules: tuple[Rule, ...] = ()


class _RuleFile(Part):
    technique_rules: Literal[1]
    middle_c: MiddleC = "C4"
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Sidecar:
    """The spans and rules of a file, each with where it stands, as errors say it: `file:line: spans[0]`."""

    spans: tuple[tuple[str, Span], ...] = ()
    rules: tuple[tuple[str, Rule], ...] = ()


def load_sidecar(path: str | Path) -> Sidecar:
    """Read a YAML of spans and rules (`technique_spans: 1`); raise DocumentError."""
    document, places = load_document(path, _SpanFile, SPANS), places_of(path, SPANS)
    spans = [_as_written(span, places, number) for number, span in enumerate(document.spans)]
    return Sidecar(_placed("spans", spans, places, path), _placed("rules", document.rules, places, path))


def load_rules(path: str | Path) -> Sidecar:
    """Read a YAML of rules (`technique_rules: 1`), or those that ship ("default"); raise DocumentError."""
    if str(path) == DEFAULT:
        path = shipped("configs") / "technique_rules.yaml"
    rules = load_document(path, _RuleFile, RULES).rules
    return Sidecar(rules=_placed("rules", rules, places_of(path, RULES), path))


def _placed(kind: str, parts: Sequence[Any], places: dict[Location, Place], path: str | Path) -> Any:
    return tuple(
        (f"{Path(path)}:{places[kind, number].line}: {kind}[{number}]", part)
        for number, part in enumerate(parts)
    )


def _as_written(span: Span, places: dict[Location, Place], number: int) -> Span:
    """Return a span with its positions as they stand in the file: a number does not tell 3.1 from 3.10."""
    texts = {key: places.get(("spans", number, key)) for key in ("from", "to")}
    told = {key: place.text for key, place in texts.items() if place is not None and place.text}
    kept = {"start": span.start and told.get("from"), "to": span.to and told.get("to")}
    return span.model_copy(update=kept)


def beat_of(position: str, tempo: TempoMap) -> float:
    """Return the beat (quarter notes from the start) of a bar and beat; raise ValueError for a beat too many.

    Bars go by the metres of the score: a bar that a new metre cuts short counts as one.
    """
    found = _POSITION.fullmatch(position.strip())
    assert found is not None
    bar, beat = int(found[1]), float(f"{found[2] or 1}.{found[3] or 0}")
    first = 1
    for row, (start, top, bottom) in enumerate(tempo.metres):
        length = top * 4 / bottom
        ends = [one[0] for one in tempo.metres[row + 1 : row + 2]]
        bars = math.ceil(round((ends[0] - start) / length, 6)) if ends else bar
        if bar < first + bars or not ends:
            if beat >= top + 1:
                raise ValueError(f"bar {bar} has {top} beat{'s' * (top > 1)}, not {beat:g}")
            return start + (bar - first) * length + (beat - 1) * 4 / bottom
        first += bars
    raise AssertionError("a score has a metre")
