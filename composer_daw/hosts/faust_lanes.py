"""Notes as control lanes for a mono string program, and what it plays back on the timeline.

Each *stroke* (a note with its tail, or a chain of slurred notes) is rendered on its own, one after the other
in one packed stream, and then laid on the timeline where it belongs. So no voice is ever stolen, notes that
overlap may have different techniques, silence costs nothing, and a note sounds the same whatever came before.

    packed:    | forget | held ........ | ring ... | forget | held .. | held (slurred) .. | ring ... |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from composer_daw.audio import Samples
from composer_daw.events import Events, Kind
from composer_daw.hosts.faust_cuts import find_cuts
from composer_daw.hosts.faust_declaration import BASE_LANES, ByValue, Declaration, figures
from composer_daw.hosts.faust_notes import Floats, Ints, Notes

Lanes = npt.NDArray[np.float32]

FADE_S = 0.02
"""How long a tail fades before the note that takes its string, or the end."""

EARLY_S = 0.05
"""A stroke that begins this much before a release still follows it: notes are sent early by their latency."""

TOUCH_S = 0.001
"""A gap this small still counts as touching, for slurred notes."""

PACKED_S = 5.0
"""About how much of the packed stream is rendered at a time: it bounds the memory, which is used again."""


@dataclass(frozen=True)
class Strokes:
    """Notes as parts of the packed stream, in samples.

    `first` marks the first note of a stroke; `forget`, `held` and `ring` are the lengths of a note's parts,
    `fade` is how long its end fades.
    """

    notes: Notes
    first: npt.NDArray[np.bool_]
    forget: Ints
    held: Ints
    ring: Ints
    fade: Ints

    @property
    def lengths(self) -> Ints:
        """Return the samples each note takes in the packed stream."""
        return self.forget + self.held + self.ring

    def slice(self, part: slice | Ints) -> Strokes:
        """Return some of the notes; the slice must hold whole strokes."""
        return Strokes(
            self.notes.slice(part),
            self.first[part],
            self.forget[part],
            self.held[part],
            self.ring[part],
            self.fade[part],
        )

    def of_program(self, declaration: Declaration, program: str) -> Strokes:
        """Return the strokes that one of the string programs plays; the first note of a stroke decides."""
        choice = declaration.strings_dsp
        if not isinstance(choice, ByValue):
            return self
        mine = np.asarray(choice.values) == program
        opens = np.flatnonzero(self.first)[np.cumsum(self.first) - 1]
        return self.slice(np.flatnonzero(mine[choice.places(self.notes.lanes)][opens]))


@dataclass(frozen=True)
class Track:
    """A value per channel that changes in steps: `value[i]` from `key[i]` on, keys sorted by channel."""

    key: Ints
    value: Floats
    span: int

    def along(self, strokes: Strokes) -> Floats:
        """Return the value that holds at each sample of the packed stream, in its place in time."""
        floor = strokes.notes.channel * self.span + 1
        begin, lengths = strokes.notes.onset - strokes.forget, strokes.lengths
        packed = np.cumsum(lengths) - lengths
        lowest, highest = (
            np.searchsorted(self.key, floor + np.maximum(time, 0), side="right") - 1
            for time in (begin, begin + lengths - 1)
        )
        steps = np.maximum(highest - lowest, 0) + 1
        opens = np.cumsum(steps) - steps
        note = np.repeat(np.arange(len(steps)), steps)
        step = lowest[note] + np.arange(len(note)) - opens[note]
        starts = packed[note] + self.key[step] - floor[note] - begin[note]
        starts[opens] = packed
        return np.repeat(self.value[step], np.diff(starts, append=int(lengths.sum())))


def plan_strokes(notes: Notes, declaration: Declaration, sample_rate: int, total: int) -> Strokes:
    """Return the notes as strokes: which are slurred, how long each is held and rings."""
    first = ~_slurred(notes, declaration, round(TOUCH_S * sample_rate))
    last = np.append(first[1:], True)
    held = np.where(last, notes.release, np.append(notes.onset[1:], total)) - notes.onset
    tails = np.minimum(_tails(notes, first, declaration, sample_rate), np.maximum(total - notes.release, 0))
    forget = np.where(first, _forget(declaration, sample_rate), 0)
    fade = np.full(len(notes), round(FADE_S * sample_rate))
    cuts = find_cuts(notes, first, declaration, sample_rate)
    if cuts is not None:
        fade = np.where(cuts.stop < notes.release + tails, cuts.fade, fade)
        held = np.where(last, np.minimum(held, cuts.stop - notes.onset), held)
        tails = np.clip(cuts.stop - notes.release, 0, tails)
    return Strokes(notes, first, forget, held, np.where(last, tails, 0), fade)


def _slurred(notes: Notes, declaration: Declaration, touch: int) -> npt.NDArray[np.bool_]:
    """Return which notes go on in the stroke of the note before: they meet it and outlast it."""
    if declaration.connects is None:
        return np.zeros(len(notes), dtype=bool)
    willing = np.isin(notes.lanes[declaration.connects.lane], declaration.connects.values)
    slurred = np.zeros(len(notes), dtype=bool)
    slurred[1:] = (
        (willing[1:] & willing[:-1])
        & (notes.channel[1:] == notes.channel[:-1])
        & (notes.onset[1:] > notes.onset[:-1] + touch)
        & (notes.onset[1:] <= notes.release[:-1] + touch)
        & (notes.release[1:] >= notes.release[:-1])
    )
    return slurred


def _tails(notes: Notes, first: npt.NDArray[np.bool_], declaration: Declaration, sample_rate: int) -> Ints:
    """Return how long each note may ring: its tail, cut where a later stroke takes its string.

    A technique on n strings rings on until the n-th stroke that begins after its release, or just before.
    """
    tail_s = figures(declaration.tail_s, notes.lanes, len(notes))
    if declaration.tail_halves_every is not None:
        tail_s = tail_s * np.exp2((declaration.range[0] - notes.pitch) / declaration.tail_halves_every)
    ring = np.rint(tail_s * sample_rate).astype(np.int64)
    if declaration.strings is None:
        return ring
    strings = figures(declaration.strings, notes.lanes, len(notes))
    begins, channel = notes.onset[first], notes.channel[first]
    span = int(max(begins.max(initial=0), notes.release.max(initial=0))) + 1
    early = round(EARLY_S * sample_rate)
    following = np.searchsorted(channel * span + begins, notes.channel * span + notes.release - early)
    following = np.maximum(following, np.cumsum(first))  # not the note's own stroke, short as it may be
    taker = following + strings.astype(np.int64) - 1
    there = np.minimum(taker, len(begins) - 1)
    taken = (taker < len(begins)) & (channel[there] == notes.channel)
    until = np.where(taken, begins[there] - notes.release, ring)
    return np.asarray(np.clip(until, np.minimum(round(FADE_S * sample_rate), ring), ring), dtype=np.int64)


def _forget(declaration: Declaration, sample_rate: int) -> int:
    """Return the samples that empty the string: its longest period and some."""
    if declaration.forget_s is not None:
        return max(1, round(declaration.forget_s * sample_rate))
    return int(sample_rate / float(to_hz(declaration.range[0] - declaration.bend_range))) + 64


def to_hz(pitch: float | Floats | Ints) -> Floats:
    """Return the frequency of a MIDI pitch in Hz, equal temperament, A4 = 440."""
    return np.asarray(440.0 * np.exp2((np.asarray(pitch) - 69.0) / 12.0))


def bend_track(events: Events, declaration: Declaration, sample_rate: int, total: int) -> Track | None:
    """Return the pitch bend as a factor on the frequency, or None where nothing bends."""
    rows = events.of(Kind.PITCH_BEND)
    factor = np.exp2(rows["value"].astype(np.float64) / 8192.0 * declaration.bend_range / 12.0)
    return _track(events.to_samples(rows["time_s"], sample_rate), rows["channel"], factor, total)


def control_tracks(
    events: Events, declaration: Declaration, sample_rate: int, total: int
) -> dict[str, list[Track]]:
    """Return, for each lane, the controllers that move it (0..1, 1 until they are first sent)."""
    found: dict[str, list[Track]] = {}
    controls = events.of(Kind.CONTROL)
    for controller, lane in declaration.controls.items():
        rows = controls[controls["number"] == controller]
        samples = events.to_samples(rows["time_s"], sample_rate)
        track = _track(samples, rows["channel"], rows["value"].astype(np.float64) / 127.0, total)
        if track is not None:
            found.setdefault(lane, []).append(track)
    return found


def _track(sample: Ints, channel: npt.NDArray[np.uint8], value: Floats, total: int) -> Track | None:
    if (value == 1.0).all():  # nothing moves: the chased state of most scores
        return None
    span = total + 2
    moves = channel.astype(np.int64) * span + np.minimum(sample, total) + 1
    key = np.concatenate([np.arange(16) * span, moves])
    order = np.argsort(key, kind="stable")
    return Track(key[order], np.concatenate([np.ones(16), value])[order], span)


def packets(strokes: Strokes, sample_rate: int) -> Iterator[Strokes]:
    """Return the strokes in parts of about `PACKED_S` seconds of the packed stream, each of whole strokes."""
    begin = np.cumsum(strokes.lengths) - strokes.lengths
    packet = begin[strokes.first] // round(PACKED_S * sample_rate)
    opens = np.flatnonzero(strokes.first)[np.flatnonzero(np.diff(packet, prepend=-1))]
    for start, stop in pairwise([*opens.tolist(), len(strokes.notes)]):
        yield strokes.slice(slice(start, stop))


def build_lanes(
    strokes: Strokes, declaration: Declaration, bend: Track | None, controls: dict[str, list[Track]]
) -> Lanes:
    """Return the packed lanes, float32, lanes x samples, in the order of the string program's inputs."""
    notes, lengths = strokes.notes, strokes.lengths
    lanes = np.empty((len(BASE_LANES) + len(declaration.lanes), int(lengths.sum())), dtype=np.float32)
    parts = np.stack([strokes.forget, strokes.held, strokes.ring], axis=1).ravel()
    lanes[0] = np.repeat(np.tile(np.array([-1, 1, 0], dtype=np.float32), len(notes)), parts)
    for row, values in enumerate((to_hz(notes.pitch), notes.velocity, notes.seed), start=1):
        lanes[row] = np.repeat(values.astype(np.float32), lengths)
    for row, lane in enumerate(declaration.lanes, start=len(BASE_LANES)):
        lanes[row] = np.repeat(notes.lanes[lane], lengths) if lane in notes.lanes else 1.0
    for lane, tracks in controls.items():
        for track in tracks:
            lanes[len(BASE_LANES) + declaration.lanes.index(lane)] *= track.along(strokes)
    if bend is not None:
        lanes[1] *= bend.along(strokes)
    return lanes


def lay_out(strokes: Strokes, packed: Samples, timeline: Samples) -> None:
    """Add the packed sound of each stroke to `timeline` in place, channels x samples; each ends in a fade."""
    ends = np.cumsum(strokes.lengths)
    starts = (ends - strokes.lengths + strokes.forget)[strokes.first]
    last = np.append(strokes.first[1:], True)
    fades = np.maximum(strokes.fade[last], 2).tolist()
    ramps = {fade: np.linspace(1.0, 0.0, fade, dtype=np.float32) for fade in set(fades)}
    onsets = strokes.notes.onset[strokes.first]
    for start, stop, onset, fade in zip(
        starts.tolist(), ends[last].tolist(), onsets.tolist(), fades, strict=True
    ):
        sound = packed[:, start:stop]
        ramp = ramps[fade][-sound.shape[1] :]
        sound[:, sound.shape[1] - len(ramp) :] *= ramp
        timeline[:, onset : onset + sound.shape[1]] += sound
