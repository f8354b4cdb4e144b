"""The sketch of a section's melody: its rhythm, and where each note is meant to lie.

Each phrase has two ideas of two bars (one of `Common.ideas`), and ends on a long note and a breath. A group
of notes is bound to the motif's intervals as they are; the rest follow a contour as nearly as harmony
allows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.composing.arranger.drawing import weighted
from composer_daw.composing.arranger.form import BAR, Draws, Phrase, Section
from composer_daw.composing.arranger.motif import Motif
from composer_daw.composing.arranger.rhythm import Span, draw_cell, draw_of, notes_per_bar, spans_of
from composer_daw.composing.arranger.scales import pitch_at, step_near
from composer_daw.composing.arranger.tables import MelodyTable, common

FREE, LOOSE, CLOSE = 0.12, 0.35, 1.0
"""How strongly a note is held to its contour: the end of a phrase, an answer, the motif."""
SEQUENCE = 2
"""Scale steps that a sequence moves by, at most."""


@dataclass(frozen=True)
class Slot:
    """A note of the melody before it has a pitch; onset and length in quarter notes of the song."""

    onset: float
    beats: float
    target: float
    """The pitch that is meant."""
    bond: float
    """How strongly its distance to the note before is meant."""
    motif: int | None = None
    """Which note of the motif it is, where it is bound to the motif's own intervals."""
    group: int = -1
    """Which statement of the motif that is; -1 for none."""
    closing: bool = False
    """Whether it is the goal of its phrase."""
    phrase: int = 0
    syllable: str = ""

    @property
    def end(self) -> float:
        """Return where it ends."""
        return self.onset + self.beats


def sketch(
    section: Section, motif: Motif, centre: float, table: MelodyTable, draws: Draws, sung: bool
) -> list[Slot]:
    """Return the slots of a section; `centre` is the pitch around which it moves."""
    rng = draws.of(section.kind, "melody", "sketch")
    ideas = weighted(rng, common().ideas[section.kind]).split()
    slots: list[Slot] = []
    for phrase in section.phrases:
        pair = (ideas[0], ideas[1]) if phrase.number % 2 == 0 else (ideas[2 % len(ideas)], "cadence")
        if len(section.phrases) == 1:
            pair = (ideas[0], "cadence")
        if phrase.number == 2 and pair[0] in ("state", "lift"):
            pair = ("sequence_up", pair[1])
        pen = _Pen(section, phrase, motif, centre, table, rng)
        slots += pen.write(pair[0], pair[1])
        if not sung and phrase is not section.phrases[-1] and rng.random() < table.pickups:
            slots = _with_pickup(slots, section.start + BAR * (phrase.start + phrase.bars), rng)
    return slots


@dataclass
class _Pen:
    """Writes one phrase."""

    section: Section
    phrase: Phrase
    motif: Motif
    centre: float
    table: MelodyTable
    rng: np.random.Generator

    def phrase_start(self) -> float:
        return self.section.start + BAR * self.phrase.start

    def anchor(self) -> int:
        """Return the scale step that the motif begins on: the motif's degree nearest to the centre."""
        mean = float(np.mean(self.motif.steps)) - self.motif.steps[0]
        low = self.centre - 1.7 * mean + (1 if self.section.rise < 0 else -1)
        step = step_near(self.phrase.key, low)
        return min(
            range(step - 3, step + 4), key=lambda one: ((one - self.motif.steps[0]) % 7 != 0, abs(one - step))
        )

    def write(self, first: str, second: str) -> list[Slot]:
        """Return the slots of a phrase of any length: an idea of two bars, more bars, the close."""
        bars = self.phrase.bars
        start = self.phrase_start()
        slots = self.idea(first, start, 2, 2 * self.phrase.number) if bars > 2 else []
        if bars == 2:
            slots = [
                one for one in self.idea(first, start, 2, 2 * self.phrase.number) if one.onset < start + BAR
            ]
        for bar in range(2, bars - 1):
            at = start + BAR * bar
            one = self.idea("fragment" if second == "cadence" else second, at, 1, 2 * self.phrase.number + 1)
            slots += [slot for slot in one if slot.onset < at + BAR]
        return _in_turn([*slots, *self.close(start + BAR * (bars - 1))])

    def idea(self, name: str, at: float, bars: int, group: int) -> list[Slot]:
        """Return an idea that begins at a bar line."""
        steps = np.array(self.motif.steps) - self.motif.steps[0]
        spans, bond, shift = self.motif.spans, CLOSE, 0
        literal = name in ("state", "lift")
        if name in ("sequence_up", "sequence_down", "fragment"):
            down = name == "sequence_down" or (
                name == "fragment" and self.section.rise < self.rng.uniform(-1, 1)
            )
            shift = int(self.rng.integers(1, SEQUENCE + 1)) * (-1 if down else 1)
        if name == "fragment":
            shift += 1 if self.phrase.number % 2 else 0
        if name == "invert":
            steps, shift = -steps, int(np.ptp(steps)) // 2
        if name == "augment":
            spans = tuple(Span(2 * one.onset, 2 * one.beats) for one in spans[: self.motif.head])
            steps = steps[: self.motif.head]
        if name == "answer":
            spans, steps, bond = self._answer(steps)
        if name == "fragment" and bars == 2:
            head = [one for one in spans if one.onset < BAR]
            spans = (*head, *(Span(one.onset + BAR, one.beats) for one in head))
            steps = np.concatenate([steps[: len(head)], steps[: len(head)] + (1 if shift > 0 else -1)])
        anchor = self.anchor() + shift
        return [
            Slot(
                onset=at + span.onset,
                beats=span.beats,
                target=float(pitch_at(self.phrase.key, anchor + int(step))),
                bond=bond if number else min(bond, LOOSE),  # how it is reached is left to the search
                motif=number if literal else None,
                group=group if literal else -1,
                phrase=self.phrase.number,
            )
            for number, (span, step) in enumerate(zip(spans, steps, strict=True))
        ]

    def _answer(self, steps: np.ndarray) -> tuple[tuple[Span, ...], np.ndarray, float]:
        """Return a new bar that goes the other way, and a resting one."""
        wanted = notes_per_bar(self.section.density)
        first = draw_cell(self.table, wanted, self.section.syncopation, self.rng)
        second = draw_of(common().tails, 0.7 * wanted, self.rng)
        spans = (*spans_of(first), *spans_of(second, BAR))
        at = np.array([one.onset for one in spans]) / 8
        size = max(2.0, float(np.ptp(steps)))
        back = -np.sign(steps[-1] or self.section.rise or 1) * size * (at - 0.3)
        return spans, np.rint(back + self.rng.normal(0, 0.5, len(at))).astype(int), LOOSE

    def close(self, at: float) -> list[Slot]:
        """Return the last bar of the phrase, which comes to rest."""
        final = self.section.last and self.phrase is self.section.phrases[-1]
        cell = "x---------------" if final else draw_of(common().closes, 1.0, self.rng, 0.3)
        spans = spans_of(cell, at)
        target = self.centre + (1 if self.phrase.cadence == "half" else -2)
        return [
            Slot(
                one.onset,
                one.beats,
                target,
                FREE,
                closing=number == len(spans) - 1,
                phrase=self.phrase.number,
            )
            for number, one in enumerate(spans)
        ]


def _in_turn(slots: Sequence[Slot]) -> list[Slot]:
    """Return the slots, none longer than until the next begins: an idea that was cut may reach beyond."""
    pairs = zip(slots, slots[1:], strict=False)
    ended = [dataclasses.replace(one, beats=min(one.beats, after.onset - one.onset)) for one, after in pairs]
    return [*ended, *slots[-1:]]


def _with_pickup(slots: list[Slot], bar: float, rng: np.random.Generator) -> list[Slot]:
    """Put one to three notes before a bar line, where the closing note leaves room for a breath."""
    count = int(rng.integers(1, 4))
    begins = bar - 0.5 * count
    last = slots[-1]
    if last.end > begins - 0.5 and last.beats < 1.5:
        return slots
    last = dataclasses.replace(last, beats=min(last.beats, begins - 0.5 - last.onset))
    if last.beats < 0.5:
        return slots
    notes = [
        Slot(begins + 0.5 * number, 0.5, last.target, FREE, phrase=last.phrase) for number in range(count)
    ]
    return [*slots[:-1], last, *notes]
