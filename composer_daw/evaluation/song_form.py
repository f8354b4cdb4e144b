"""Form: sections of enough bars, phrases of four bars that end in cadences, and an ending."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from composer_daw.evaluation.song_findings import Check, Finding, skipped
from composer_daw.evaluation.song_harmony import (
    CLOSING,
    NEAR,
    Cadence,
    Chord,
    cadence_at,
    cadences_of,
    phrase_ends,
)
from composer_daw.evaluation.song_score import TICKS, Key, Song, key_of, keys_fit

LEAST_BARS = 8
SHORTER = ("intro", "outro", "prechorus", "pre-chorus", "interlude")
"""Kinds of sections that may have fewer than eight bars."""

LEADING_ON = ("intro", "prechorus", "pre-chorus", "bridge", "interlude")
"""Kinds of sections that may end on the dominant, for what follows to begin."""


def check_form(song: Song, expected: Sequence[str] = ()) -> Check:
    """Sections stand on bar lines and cover the song; verses, choruses and bridges have eight bars or more.

    `expected`: the names of the sections in their order, where they are known.
    """
    if not song.sections and not expected:
        return skipped("form", "the score has no markers, and no sections are given")
    findings = [
        Finding(one.first_bar + 1, 1.0, (), f"'{one.name}' has {one.bars} bars; {LEAST_BARS} are due")
        for one in song.sections
        if one.bars < LEAST_BARS and one.kind not in SHORTER
    ]
    findings += [
        Finding(one.first_bar + 1, 1.0, (), f"'{one.name}' has {one.bars} bars, which are no phrases of four")
        for one in song.sections
        if one.bars % 4
    ]
    names = [one.name for one in song.sections]
    if expected and [name.casefold() for name in names] != [name.casefold() for name in expected]:
        findings.append(
            Finding(0, 0.0, (), f"the form is {', '.join(names) or 'empty'}, not {', '.join(expected)}")
        )
    covered = {bar for one in song.sections for bar in range(one.first_bar, one.first_bar + one.bars)}
    bars = song.bar_of(song.notes["start"])
    if outside := sorted({int(bar) for bar in bars} - covered):
        findings.append(
            Finding(outside[0] + 1, 1.0, (), f"{len(outside)} bars with notes belong to no section")
        )
    findings += _off_the_bar(song)
    figures = {
        "sections": len(song.sections),
        "kinds": len({one.kind for one in song.sections}),
        "bars": song.bars,
    }
    return Check("form", not findings, figures, tuple(findings))


def section_keys(song: Song, home: Key, given: Sequence[Key | None] = ()) -> list[tuple[Key, ...]]:
    """Return the keys each section may end in: that given, else the song's and that of its own notes."""
    found: list[tuple[Key, ...]] = []
    for number, section in enumerate(song.sections):
        told = given[number] if number < len(given) else None
        rows = song.within(*song.span(section), song.pitched)
        if told is not None or not len(rows):
            found.append((told or home,))
            continue
        own, fit = key_of(rows), keys_fit(rows)
        better = fit[own.number] - fit[home.number]
        found.append((home, own) if better > NEAR else (home,))
    return found


def check_cadences(song: Song, chords: Sequence[Chord], home: Key, given: Sequence[Key | None] = ()) -> Check:
    """Every phrase of four bars ends in a cadence, every section closes, and the song ends on its tonic.

    A section that leads on (intro, prechorus, bridge) may end on the dominant, the last of all only in an
    authentic or plagal cadence in the song's own key; within a section, a phrase may close in a relative key,
    or in the key that its own notes fit best. Figures: how many phrases end with each kind, and
    `closing_elsewhere`, the share of other bars that close just as well: what chance gives.
    """
    if not song.sections:
        return skipped("cadences", "the score has no sections")
    allowed = section_keys(song, home, given)
    cadences = cadences_of(song, chords, allowed)
    if not cadences:
        return skipped("cadences", "no section is as long as a phrase of four bars")
    findings: list[Finding] = []
    for one in cadences:
        section = song.sections[one.section]
        last = one.bar == section.first_bar + section.bars - 1
        wanted = (*CLOSING, "half") if section.kind in LEADING_ON else CLOSING
        told = " ".join(str(chord) for chord in one.chords) or "no chord"
        if not one.kind:
            findings.append(Finding(one.bar + 1, 1.0, (), f"the phrase ends in no cadence: {told}"))
        elif last and one.kind not in wanted and one.bar != cadences[-1].bar:
            what = f"'{section.name}' ends in a {one.kind} cadence, which does not close: {told}"
            findings.append(Finding(one.bar + 1, 1.0, (), what))
    findings += _ending(song, chords, home)
    counts = Counter(one.kind or "none" for one in cadences)
    figures: dict[str, float] = {f"phrases_{kind}": count for kind, count in sorted(counts.items())}
    figures["phrases_ending_in_a_cadence"] = 1.0 - counts["none"] / len(cadences)
    figures["closing_elsewhere"] = _elsewhere(song, chords, allowed, cadences)
    return Check("cadences", not findings, figures, tuple(findings))


def _ending(song: Song, chords: Sequence[Chord], home: Key) -> list[Finding]:
    """Return what is wrong with the end of the song."""
    if not chords:
        return [Finding(song.bars, 1.0, (), "the song ends without a chord")]
    bar = int(song.bar_of(chords[-1].start))
    start, end = int(song.bar_lines[bar]), int(song.bar_lines[bar + 1])
    before = [one for one in chords if one.start < end]
    kind = cadence_at(before, start, end, (home,))
    last = chords[-1]
    if last.root == home.tonic and kind in ("authentic", "plagal"):
        return []
    told = " ".join(str(chord) for chord in chords[-3:])
    return [Finding(bar + 1, 1.0, (), f"the song does not end on {home} by a cadence: {told}")]


def _elsewhere(
    song: Song, chords: Sequence[Chord], allowed: Sequence[Sequence[Key]], cadences: Sequence[Cadence]
) -> float:
    """Return the share of bars, other than ends of phrases, that close as a phrase would."""
    closing = []
    for number, section in enumerate(song.sections):
        ends = phrase_ends(section)
        for bar in range(section.first_bar + 1, section.first_bar + section.bars):
            if bar not in ends:
                span = int(song.bar_lines[bar]), int(song.bar_lines[bar + 1])
                closing.append(cadence_at(chords, *span, allowed[number]) in CLOSING)
    return sum(closing) / len(closing) if closing else float("nan")


def _off_the_bar(song: Song) -> list[Finding]:
    """Return the markers that do not stand on a bar line; those in brackets are techniques."""
    findings = []
    lines = set(song.bar_lines.tolist())
    for text in song.performance.texts:
        tick = round(float(song.performance.tempo.beats_at(text.time_s)) * TICKS)
        section = text.kind == "marker" and text.text.strip() and not text.text.lstrip().startswith("[")
        if section and tick not in lines:
            findings.append(Finding(*song.place(tick), (), f"the marker '{text.text}' is not on a bar line"))
    return findings
