"""The melody: a pitch for each slot of the sketch, found by a search over all ways through the section.

The cost of a way is a sum over three notes in a row, so the best one is found exactly (Viterbi, second
order). Rules, from species counterpoint (J. J. Fux; K. Jeppesen, Counterpoint, 1931) and D. Huron, Voice
Leading (2016): chord tones on strong beats, other notes are reached by step and left by step, leaps turn
back by step, no consecutive fifths and octaves with the bass. The costs are our own choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer_daw.composing.arranger.chords import Chord
from composer_daw.composing.arranger.grounds import Ground, ground_of
from composer_daw.composing.arranger.rhythm import LATER
from composer_daw.composing.arranger.scales import among
from composer_daw.composing.arranger.sketch import Slot
from composer_daw.performance import Floats

NEVER = 1e6
FOREIGN = {4: 6.0, 3: 5.0, 2: 2.2, 1: 0.6, 0: 0.4}
"""What a note outside the chord costs, by the strength of its beat (`weight_of_beat`)."""
INTERVALS = (1.4, 0.0, 0.0, 0.5, 0.6, 1.2, 5.0, 1.7, 3.0, 3.2, 7.0, 9.0, 3.6)
"""What an interval of so many semitones costs; a wider one is barred."""
LEAP = 5
"""Semitones from which an interval is a leap that turns back."""
DRAWS = 24
"""Ways of which the best is taken."""
COSTLY = 6.0
"""So much dearer a way may be for a point of charm."""
PARALLEL = 30.0
"""What consecutive fifths and octaves with the bass cost."""
HELD_OVER, ASTRAY = 4.0, 5.0
"""What a note costs that goes on into a chord that has it not, and a dissonance on a strong beat that goes on
into another.
"""
REST = 0.5
"""Quarter notes of silence that part two notes."""


@dataclass(frozen=True)
class Setting:
    """What a melody moves in."""

    chords: Sequence[Chord]
    lowest: int
    highest: int
    leaps: float = 1.0
    tensions: float = 0.0
    noise: float = 0.6
    barred: frozenset[int] = frozenset()
    """Semitones that the motif is not moved by."""


class Search:
    """The costs of a section's melody, and its cheapest way.

    `fixed` has the pitch of slots that are bound, `ceilings` the highest that each may have.
    """

    def __init__(
        self,
        slots: Sequence[Slot],
        setting: Setting,
        fixed: Sequence[int | None],
        ceilings: Sequence[int],
        rng: np.random.Generator,
    ) -> None:
        """Work out what every step costs."""
        self.setting, self.rng = setting, rng
        grounds = [ground_of(slot, setting.chords) for slot in slots]
        self.pitches = np.arange(setting.lowest, setting.highest + 1)
        places = zip(slots, grounds, ceilings, strict=True)
        self.free = [_single(*one, self.pitches, setting) for one in places]
        self.singles = [
            free if held is None else np.where(self.pitches == held, 0.0, NEVER)
            for free, held in zip(self.free, fixed, strict=True)
        ]
        foreign = [~among(self.pitches, ground.chord.tones) for ground in grounds]
        self.singles[0] = self.singles[0] + np.where(foreign[0], 2.0 + 3.0 * (grounds[0].strength > 2), 0.0)
        self.singles[-1] = self.singles[-1] + np.where(foreign[-1], 8.0, 0.0)
        numbers = range(len(slots))
        self.pairs = [_pair(slots, grounds, number, self.pitches, setting) for number in numbers[1:]]
        self.triples = [_triple(slots, grounds, number, self.pitches, foreign) for number in numbers[2:]]

    def best(self) -> list[int]:
        """Return the best of some draws: each the cheapest way with other noise, judged as a whole.

        A sum over three notes at a time cannot see that a line hovers around one pitch; `charm` does.
        """
        ways = [self._cheapest(self.rng) for _ in range(DRAWS)]
        return max(ways, key=lambda one: charm(one[0]) - one[1] / COSTLY)[0]

    def _cheapest(self, rng: np.random.Generator) -> tuple[list[int], float]:
        """Return the cheapest pitches under a draw of noise, and what they cost."""
        singles = [one + rng.gumbel(0.0, self.setting.noise, len(one)) for one in self.singles]
        if len(singles) == 1:
            return [int(self.pitches[singles[0].argmin()])], float(singles[0].min())
        cost = singles[0][:, None] + singles[1][None, :] + self.pairs[0]
        back: list[np.ndarray] = []
        for single, pair, triple in zip(singles[2:], self.pairs[1:], self.triples, strict=True):
            three = cost[:, :, None] + triple
            back.append(three.argmin(axis=0))
            cost = three.min(axis=0) + pair + single[None, :]
        before, last = np.unravel_index(int(cost.argmin()), cost.shape)
        way = [int(last), int(before)]
        for step in reversed(back):
            way.append(int(step[way[-1], way[-2]]))
        return [int(self.pitches[at]) for at in reversed(way)], float(cost.min())

    def around(self, pitches: Sequence[int], at: int) -> float:
        """Return what the notes cost that a slot has a part in; it is as if nothing were bound."""
        rows = [pitch - int(self.pitches[0]) for pitch in pitches]
        cost = float(self.free[at][rows[at]])
        for number in (at - 1, at):
            if 0 <= number < len(self.pairs):
                cost += float(self.pairs[number][rows[number], rows[number + 1]])
        for number in (at - 2, at - 1, at):
            if 0 <= number < len(self.triples):
                cost += float(self.triples[number][rows[number], rows[number + 1], rows[number + 2]])
        return cost


def charm(pitches: Sequence[int]) -> float:
    """Return how shapely a line is as a whole: it goes somewhere, by runs of steps, and does not hover."""
    moves = np.diff(pitches)
    if len(moves) < 3:
        return 0.0
    score = min(len(set(pitches)), 9) - 8.0 * max(0.0, float(np.mean(moves == 0)) - 0.12)
    spans = [max(pitches[at : at + 8]) - min(pitches[at : at + 8]) for at in range(0, len(pitches) - 7, 2)]
    score -= 6.0 * float(np.mean([span < 5 for span in spans])) if spans else 0.0
    steps = (np.abs(moves) <= 2) & (moves != 0)
    runs = steps[1:] & steps[:-1] & (np.sign(moves[1:]) == np.sign(moves[:-1]))
    to_and_fro = (moves[1:] == -moves[:-1]) & (moves[1:] != 0)
    return score + 8.0 * float(runs.mean()) - 5.0 * max(0.0, float(to_and_fro.mean()) - 0.1)


def _single(
    slot: Slot,
    ground: Ground,
    top: int,
    pitches: np.ndarray,
    setting: Setting,
) -> Floats:
    """Return what each pitch costs by itself."""
    cost = foreign_cost(pitches, ground, slot.beats, setting.tensions)
    for later in ground.others:
        cost = cost + np.where(among(pitches, later.tones), 0.0, HELD_OVER)
    allowed = among(pitches, ground.chord.scale) & (pitches <= top)
    cost = cost + (0.1 + 0.14 * min(slot.bond, 1.0)) * np.abs(pitches - slot.target)
    if slot.closing:
        allowed &= among(pitches, ground.chord.tones[:3])
        cost = cost + np.where(pitches % 12 == ground.chord.root, 0.0, 1.0)
    return np.where(allowed, cost, NEVER)


def foreign_cost(pitches: np.ndarray, ground: Ground, beats: float, tensions: float) -> Floats:
    """Return what each pitch costs against the chord: nothing for its triad."""
    steps = (pitches - ground.chord.root) % 12
    inside = among(pitches, ground.chord.tones)
    length = float(np.clip(beats, 0.5, 2.0))
    cost = np.where(inside, 0.0, FOREIGN[ground.strength] * length)
    cost = cost * np.where(among(steps, (2, 9)), 1.0 - 0.65 * tensions, 1.0)
    rubs = among(pitches - 1, ground.chord.tones) & ~inside
    seventh = among(steps, (10, 11)) & inside
    cost = cost + np.where(rubs, 1.5 * length, 0.0) + np.where(seventh, 0.8 * (1 - tensions), 0.0)
    return np.asarray(cost, float)


def _pair(
    slots: Sequence[Slot], grounds: Sequence[Ground], at: int, pitches: np.ndarray, setting: Setting
) -> Floats:
    """Return what each step from one slot to the next costs, as (before, after)."""
    before, after = slots[at - 1], slots[at]
    parted = after.onset - before.end >= REST
    move = pitches[None, :] - pitches[:, None]
    size = np.abs(move)
    table = np.array([*INTERVALS, *[NEVER] * len(pitches)])[: max(len(pitches), 13)]
    cost = (
        table[np.minimum(size, len(table) - 1)]
        * np.where(size > 2, setting.leaps, 1.0)
        * (0.5 if parted else 1.0)
    )
    if not parted or after.bond >= 1.0:
        bond = after.bond * (1.0 if before.phrase == after.phrase else 0.3)
        cost = cost + bond * np.minimum(np.abs(move - (after.target - before.target)), 5.0)
    if after.group >= 0 and after.group == before.group and after.motif is not None:
        cost = np.where(cost >= NEVER, NEVER, 0.0)  # the motif is what it is
    parallels = _with_bass(before, after, grounds, at - 1, at, pitches)
    cost = cost + _tendencies(grounds[at - 1].chord, grounds[at].chord, move, pitches)
    return np.asarray(cost + parallels * (10.0 if parted else PARALLEL))


def _tendencies(chord: Chord, following: Chord, move: np.ndarray, pitches: np.ndarray) -> Floats:
    """Return what augmented seconds cost, and leading tones that do not rise."""
    cost, classes = np.zeros(move.shape), pitches % 12
    raised = following.leading
    if raised is not None and (raised - 3) % 12 not in following.tones:
        touched = (classes[:, None] == raised) | (classes[None, :] == raised)
        cost += np.where(touched & (np.abs(move) == 3), 3.0, 0.0)
    leading = chord.leading
    if leading is not None and following.root == (leading + 1) % 12:
        cost += np.where((classes == leading)[:, None] & (move != 1), 2.5, 0.0)
    return cost


def _with_bass(
    before: Slot, after: Slot, grounds: Sequence[Ground], one: int, two: int, pitches: np.ndarray
) -> Floats:
    """Tell of each step whether it makes consecutive fifths or octaves with the basses of the chords."""
    below, now = grounds[one].chord, grounds[two].chord
    if below.bass == now.bass or abs(after.onset - now.start) > 0.26:
        return np.zeros((len(pitches), len(pitches)))
    first, second = (pitches - below.bass) % 12, (pitches - now.bass) % 12
    alike = (first[:, None] == second[None, :]) & among(first, (0, 7))[:, None]
    return np.asarray(alike & (pitches[:, None] != pitches[None, :]), float)


def _triple(
    slots: Sequence[Slot], grounds: Sequence[Ground], at: int, pitches: np.ndarray, foreign: list[np.ndarray]
) -> Floats:
    """Return what three notes in a row cost: how leaps turn back, how notes outside the chord are treated."""
    move = (pitches[None, :] - pitches[:, None]).astype(float)
    first, second = move[:, :, None], move[None, :, :]
    one, two, three = slots[at - 2], slots[at - 1], slots[at]
    apart = (two.onset - one.end >= REST) or (three.onset - two.end >= REST)
    back = -np.sign(first) * second
    leap = np.abs(first) >= LEAP
    turn = np.select(
        [(back >= 1) & (back <= 2), (back == 0) | ((back >= 3) & (back <= 4)), back > 4, back >= -2],
        [0.0, 2.0, 3.5, 4.5],
        7.0,
    )
    cost = np.where(leap, turn * np.where(np.abs(first) >= 7, 1.4, 1.0), 0.0)
    onward = (np.abs(first) >= 3) & ~leap & (back <= -3)
    cost = (cost + np.where(onward, 1.2, 0.0)) * (0.7 if apart else 1.0)
    if three.bond < 1.0:  # neither one note thrice, nor to and fro
        cost = cost + np.where((first == 0) & (second == 0), 2.0, 0.0) + np.where(first == -second, 0.5, 0.0)
    bound = one.group >= 0 and one.group == two.group == three.group
    if bound:
        cost = cost * 0.0
    left = np.where(np.abs(second) <= 2, np.where(second == 0, 1.0, 0.0), 7.0)
    if three.onset - two.end >= REST:
        left = np.full_like(left, 7.0)
    entered = np.where(np.abs(first) <= 2, 0.0, 5.0 if grounds[at - 1].strength >= 3 else 2.5)
    treated = (left + entered) * (0.3 if bound else 1.0)
    cost = cost + np.where(foreign[at - 1][None, :, None], treated, 0.0)
    if grounds[at - 1].strength >= 3:
        cost = cost + ASTRAY * (foreign[at - 1][None, :, None] & foreign[at][None, None, :])
    if two.beats < 1.0 and not apart and three.onset - one.onset <= 1.0 + LATER:
        skipped = _with_bass(one, three, grounds, at - 2, at, pitches)
        cost = cost + 0.6 * PARALLEL * skipped[:, None, :]
    return np.asarray(cost)
