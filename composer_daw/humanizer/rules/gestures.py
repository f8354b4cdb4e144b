"""Where melodic gestures end, by weighing leaps and lengths of up to five notes.

The weights are those of Director Musices' `mark-punctuation` (Punctuation.lsp, the version of 1997-08-04),
fitted by its authors to the marks of a musician (A. Friberg, R. Bresin, L. Fryden & J. Sundberg, J. New Music
Research 27, 1998). A chord gains weight as the possible end of a gesture; weights that mean little are
removed, and what is left ends one. Ours differs in this: repeated notes are compared all at once, not one
after the other, and the length of the five notes around a leap is the sum of the five (the Lisp counts one of
them twice and leaves another out).
"""

from __future__ import annotations

import numpy as np

from composer_daw.humanizer.lines import Lines
from composer_daw.humanizer.rules.context import Flags, between, flag, interval, joined, shifted
from composer_daw.humanizer.rules.harmony import find_harmony
from composer_daw.performance import Floats

REST, RESOLVED, LONGEST, FIRST_LONG, SHORT_BETWEEN, FIRST_SHORT = 10.0, 2.0, 10.5, 5.0, 6.0, 2.5
LEAPS = (10.0, 9.0, 9.0, 5.0, 5.0, 4.0, 3.0)
"""Of a leap that: stands out; leaves one step for another; and so on, as `leap_weights` lists them."""
LEAP_SIZE, LONG_SHARE, FIRST_SHORT_SHARE = 1.2, 1.3, 0.9
IN_RESOLUTION = 4.0
"""What the note before a resolution loses."""
SHORTEST_SHARE, LEAST_SHARE = 0.6, 0.5
"""Of the mean length and of the mean weight: less than that ends no gesture."""
RISING = {(11, 0), (6, 7), (3, 4), (2, 4), (2, 3)}
FALLING = {(1, 0), (2, 0), (7, 0), (9, 7), (8, 7), (5, 3), (5, 4)}
"""Appoggiaturas: a note and the next, in semitones above the root of the chord."""


def ends_gesture(lines: Lines) -> Flags:
    """Tell of each chord whether a gesture ends with it."""
    if not len(lines):
        return np.zeros(0, bool)
    dr, step = lines.chords["dr_ms"].astype(float), interval(lines)
    tied = joined(lines) & ~lines.is_drum
    inside = tied & flag(lines, tied, -1)
    weight = np.where((lines.chords["after"] >= 0) & ~joined(lines), REST, 0.0)
    resolves = flag(lines, _is_appoggiatura(lines, step), -1)
    weight += RESOLVED * resolves
    stepwise = (np.abs(step) < 3) & (step != 0)
    weight[stepwise & flag(lines, stepwise, -1)] = 0.0
    weight += leap_weights(lines, step, dr)
    long = _long_weights(lines, dr, tied, inside)
    weight += long
    last = tied & ~flag(lines, tied, 1)
    weight[last | (dr < SHORTEST_SHARE * _mean_ms(lines, dr))] = 0.0
    weight += _short_weights(lines, dr, inside, long)
    before_resolution = flag(lines, resolves, 1) & (weight != 0)
    weight = np.where(
        before_resolution, np.where(weight < IN_RESOLUTION, 0.0, weight - IN_RESOLUTION), weight
    )
    weight = _one_of_repeated(lines, weight, step)
    given = (weight != 0) & ~lines.is_drum
    line = lines.chords["line"]
    mean = np.bincount(line, weight * given) / np.maximum(np.bincount(line, given), 1)
    return np.asarray(given & (weight > 0) & (weight >= LEAST_SHARE * mean[line]))


def leap_weights(lines: Lines, step: Floats, dr: Floats) -> Floats:
    """Return the weight of a leap (over 2 semitones) after each chord, by the intervals beside it."""
    before, after = shifted(lines, step, -1, np.nan), shifted(lines, step, 1, np.nan)
    down = np.where(step > 0, -1.0, 1.0)  # every pattern is told for a leap down; up is its mirror
    size, p, n = np.abs(step), before * down, after * down
    same_or_up, same_or_down = (n >= 0) & (n < 3), (n <= 0) & (n > -3)
    far = (size > np.rint(1.5 * np.abs(before))) & (size > np.rint(1.5 * np.abs(after)))
    kinds = [
        (p > 0) & (n > 0) & far,
        (p > 0) & (p < 3) & (n < 0) & (n > -3),
        (p >= 0) & same_or_up,
        (p >= 0) & (p < 3) & (n >= 0),
        (p > 0) & (n < 0) & (n > -3),
        (p < 0) & same_or_up,
        (p <= 0) & (p > -3) & (same_or_down | ((n < 0) & (size > 2 * np.abs(n)))),
    ]
    five = dr + sum(shifted(lines, dr, by, np.nan) for by in (-2, -1, 1, 2))
    found = (size > 2) & ~np.isnan(before + after + five)
    weight = np.select(kinds, LEAPS, 0.0) * LEAP_SIZE * (0.3 + (size - 4.0) * 1.4 / 8.0)
    return np.asarray(np.where(found, np.rint(weight * (4000.0 - five) / 3000.0), 0.0))


def _long_weights(lines: Lines, dr: Floats, tied: Flags, inside: Flags) -> Floats:
    """Return the weight of a note that is the longest of five, or the first and longer than the next."""
    two_before, before = (shifted(lines, dr, by, np.nan) for by in (-2, -1))
    after, two_after = (shifted(lines, dr, by, np.nan) for by in (1, 2))
    with np.errstate(invalid="ignore"):
        longest = inside & (dr >= two_before) & (dr >= before) & (dr > after) & (dr > two_after)
        share = dr / (before + dr + after)
        first = tied & ~flag(lines, tied, -1) & (dr > after)
    by_share = 0.78 + (share - 0.5) * (1.23 - 0.78) / (0.67 - 0.5)
    return np.asarray(np.where(longest, LONGEST * LONG_SHARE * by_share, 0.0) + FIRST_LONG * first)


def _short_weights(lines: Lines, dr: Floats, inside: Flags, long: Floats) -> Floats:
    """Return the weight of a note before a shorter one, less what its own length has already given it."""
    before, after = lines.previous("dr_ms", np.inf), lines.following("dr_ms", np.inf)
    alone = SHORT_BETWEEN * (inside & (dr < before) & (dr < after))
    first = inside & (dr < before) & np.isclose(dr, after, rtol=0.01)
    of_several = FIRST_SHORT * FIRST_SHORT_SHARE * between(before / dr, (1.0, 0.0), (4.0, 2.0)) * first
    weight = shifted(lines, np.where(first, of_several, alone), 1, 0.0)
    return np.asarray(weight - np.minimum(weight, long))


def _one_of_repeated(lines: Lines, weight: Floats, step: Floats) -> Floats:
    """Keep, of two weights on one pitch in a row, the greater; of equal ones the later."""
    after = shifted(lines, weight, 1, 0.0)
    pair = (step == 0) & (weight != 0) & (after != 0)
    lost = (pair & (weight <= after)) | flag(lines, pair & (weight > after), -1)
    return np.where(lost, 0.0, weight)


def _is_appoggiatura(lines: Lines, step: Floats) -> Flags:
    """Tell of each chord whether it is a dissonance that the next resolves under the same harmony."""
    harmony = find_harmony(lines)
    if not len(harmony):
        return np.zeros(len(lines), bool)
    row = harmony.at(lines.chords["beat"])
    degree = (lines.chords["top"] - harmony.root[row]) % 12
    pair = degree * 12 + shifted(lines, degree, 1, -99.0)
    up, down = ([12 * here + there for here, there in pairs] for pairs in (RISING, FALLING))
    major = (harmony.kind[row] == 0) & (pair == 12 * 9 + 10)
    resolves = ((step > 0) & (np.isin(pair, up) | major)) | ((step < 0) & np.isin(pair, down))
    return np.asarray(resolves & (shifted(lines, row, 1, -1.0) == row))


def _mean_ms(lines: Lines, dr: Floats) -> Floats:
    """Return the mean of the notes and rests of each chord's line."""
    line, rest = lines.chords["line"], lines.chords["rest_ms"]
    events = np.bincount(line) + np.bincount(line, rest > 0)
    return np.asarray((np.bincount(line, dr + rest) / np.maximum(events, 1))[line])
