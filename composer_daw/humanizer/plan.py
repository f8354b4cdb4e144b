"""Plan: all that was drawn for one performance; it applies again without a generator."""

from __future__ import annotations

import hashlib
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    ValidationError,
    field_validator,
    model_validator,
)

from composer_daw.documents import first_problem
from composer_daw.errors import InputError
from composer_daw.files import check_is_file, write_text
from composer_daw.humanizer.expression import Expression, held_at_clip
from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.rubato.curves import Curves
from composer_daw.humanizer.rules.palette import AnyRule
from composer_daw.humanizer.score_change import ScoreChanges
from composer_daw.performance import Floats

Tempo = Literal["keep", "map"]


class Rubato(BaseModel):
    """Curves of tempo and level over the score, in steps: each value holds from its beat to the next."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    source: str = "none"
    """What drew it: the name and digest of the weights, `rules`, or `none`."""
    beat: tuple[FiniteFloat, ...] = ()
    log_period: tuple[Annotated[float, Field(ge=-10, le=10)], ...] = ()
    level_db: tuple[Annotated[float, Field(ge=-200, le=200)], ...] = ()

    @model_validator(mode="after")
    def _are_curves(self) -> Rubato:
        if not len(self.beat) == len(self.log_period) == len(self.level_db):
            raise ValueError("each beat needs a log_period and a level_db")
        if any(later < earlier for earlier, later in pairwise(self.beat)):
            raise ValueError("its beats must rise")
        return self

    @classmethod
    def of(cls, curves: Curves) -> Rubato:
        """Return curves as a plan keeps them, rounded to 0.0001."""
        columns = (np.round(one, 4).tolist() for one in (curves.beat, curves.log_period, curves.level_db))
        beat, log_period, level_db = (tuple(one) for one in columns)
        return cls(source=curves.source, beat=beat, log_period=log_period, level_db=level_db)

    def scaled(self, amount: float) -> Rubato:
        """Return so much of the curves."""
        scaled = {
            name: tuple(amount * value for value in getattr(self, name))
            for name in ("log_period", "level_db")
        }
        return self.model_copy(update=scaled)

    def log_period_at(self, beats: Floats) -> Floats:
        """Return the log of how many times longer a beat lasts."""
        return self._at(self.log_period, beats)

    def level_db_at(self, beats: Floats) -> Floats:
        """Return how much louder it is at each beat."""
        return self._at(self.level_db, beats)

    def _at(self, values: tuple[float, ...], beats: Floats) -> Floats:
        if not self.beat:
            return np.zeros(len(beats))
        row = np.searchsorted(np.array(self.beat), beats + 1e-6, side="right") - 1
        return np.where(row >= 0, np.array(values)[row], 0.0)


def speed_of(expression: Expression, tempo: Tempo, strength: float) -> float:
    """Return how many times as fast as written an expression is played, never beyond what a tempo may be."""
    return expression.played("tempo_factor", strength) if tempo == "map" else 1.0


def check_counts_once(tempo_class: str | None, tempo: Tempo) -> None:
    """Raise ValueError where both the score's tempo and a tempo map would carry the emotion."""
    if tempo_class and tempo == "map":
        raise ValueError("a class of tempo and a tempo map would change the tempo twice; give one")


class Plan(BaseModel):
    """What makes a performance of one score; written beside it, it makes the same one again."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    humanizer: Literal[1] = 1
    valence: Annotated[float, Field(ge=-1, le=1)] = 0.0
    arousal: Annotated[float, Field(ge=-1, le=1)] = 0.0
    emotion: str = ""
    moved: bool = False
    """The point is not the word's own: valence or arousal were given besides."""
    expression: Expression
    tempo: Tempo = "keep"
    strength: Annotated[FiniteFloat, Field(ge=0, le=2)] = 1.0
    seed: int = 0
    chords: int = 0
    """How many chords the score has that it was drawn for."""
    score: str = ""
    """Digest of its pitches, channels and tracks."""
    changes: ScoreChanges = ScoreChanges()
    """What of the score is changed first; it was drawn for the score as changed."""
    rules: tuple[AnyRule, ...] = ()
    rubato: Rubato = Rubato()

    @field_validator("rules")
    @classmethod
    def _each_once(cls, rules: tuple[AnyRule, ...]) -> tuple[AnyRule, ...]:
        names = [rule.name for rule in rules]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"{', '.join(sorted(twice))}: stands there twice")
        return rules

    @model_validator(mode="after")
    def _tempo_counts_once(self) -> Plan:
        check_counts_once(self.changes.tempo_class, self.tempo)
        return self

    @property
    def feeling(self) -> str:
        """Return the point that is played, in words: by its word, where there is one."""
        point = f"valence {self.valence:+.2f}, arousal {self.arousal:+.2f}"
        return f"{self.emotion}, {'moved to ' * self.moved}{point}" if self.emotion else point

    @property
    def speed(self) -> float:
        """Return how many times as fast as written it is played: the grid itself with `map`, else 1."""
        return speed_of(self.expression, self.tempo, self.strength)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return what should be known of the plan: the figures of which a strength above 1 takes no more."""
        held = held_at_clip(self.expression, self.strength, self.tempo)
        names = ", ".join(re.sub("_(factor|db|ms)$", "", one).replace("_", " ") for one in held)
        return (f"held at the clip: {names}",) if held else ()

    def check_fits(self, lines: Lines) -> None:
        """Raise InputError where it was drawn for another score."""
        if self.chords != len(lines):
            raise InputError(
                f"this plan was drawn for a score of {self.chords} chords, not of {len(lines)}; draw it again"
            )
        if self.score != digest_of(lines):
            raise InputError("this plan was drawn for a score of other notes; draw it again")


def digest_of(lines: Lines) -> str:
    """Return 16 hexadecimal digits over the notes of a score: pitch, channel, track, and beat to a sixth.

    So coarse that the same score read from another file, or played a little unevenly, is the same.
    """
    order = np.argsort(lines.performance.notes["source"], kind="stable")
    notes = lines.performance.notes[order]
    columns = [notes[name].astype("<i4").tobytes() for name in ("pitch", "channel", "track")]
    beats = np.rint(6.0 * lines.beat[order] + 0.1).astype("<i4")
    return hashlib.sha256(b"".join((*columns, beats.tobytes()))).hexdigest()[:16]


def save_plan(plan: Plan, path: str | Path) -> None:
    """Write a plan as JSON (reverse of `load_plan`)."""
    write_text(Path(path), plan.model_dump_json(indent=1) + "\n")


def load_plan(path: str | Path) -> Plan:
    """Read a plan; raise InputError, in one line, for what is none."""
    source = check_is_file(path, "a plan (.json)")
    try:
        return _plan_of(source.read_text(encoding="utf-8"))
    except InputError as error:
        raise InputError(f"{source}: not a plan of the humanizer: {error}") from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{source}: not a plan of the humanizer: not JSON") from error


def _plan_of(text: str) -> Plan:
    try:
        data = json.loads(text)
        return Plan.model_validate(data)
    except json.JSONDecodeError as error:
        raise InputError(f"line {error.lineno}: {error.msg}") from error
    except ValidationError as error:
        raise InputError(first_problem(error, data, Plan)) from error
