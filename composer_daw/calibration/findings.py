"""What a verification finds: faults and hints by technique, and the figures that it measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from composer_daw.audio import Audio

CHECKS = {
    "fails": "the engine refuses to play it",
    "unreachable": "asked for by name, on notes that it is for, something else plays",
    "silent": "it is not heard, or not on every note",
    "identical": "it sounds like the default of its group, or like another technique",
    "unlike": "its sound is not what its name promises",
    "dead": "what is sent for it changes nothing",
    "stays": "what comes after it still sounds like it",
    "stuck": "it sounds on long after its key was let go",
    "audible": "the switch itself is heard",
    "tuning": "it is more than 30 cents from its pitch, or in another octave",
    "clipped": "its waves are cut off at full scale",
    "unstable": "two takes differ much more than those of other techniques",
    "channel": "a channel of the map does not answer, or does not keep a state of its own",
    "late": "it speaks later or earlier than the map says",
}
"""The checks, in the order of the table."""


@dataclass(frozen=True)
class Finding:
    """What is wrong with one technique; a hint is worth knowing, and no fault of the map."""

    technique: str
    """As the map calls it; a controller or a channel where the whole map is concerned."""
    check: str
    problem: str
    also: str = ""
    """The other one of two techniques of which one is wrong."""
    is_hint: bool = False

    def __str__(self) -> str:
        """Return it in a line."""
        return f"{self.technique}: {self.check}: {self.problem}"


@dataclass(frozen=True)
class Measured:
    """The figures of one technique; None where nothing could be measured."""

    level_db: float | None = None
    """Of the loudest note, peak in dB of full scale."""
    cents: float | None = None
    """The median over its notes; None for what has no pitch."""
    latency_ms: float | None = None
    """From the moment that a note is sent to its onset, the median."""
    in_map_ms: float | None = None
    """What the map says that is."""
    lasts_ms: float | None = None
    """How long a note sounds whose key is held for 0.6 s, to -30 dB below its peak; the median."""
    nearest: str = ""
    """The technique that sounds most like it."""
    apart_db: float | None = None
    """How far that one is."""
    spread_db: float | None = None
    """How far two takes are from each other."""


@dataclass(frozen=True)
class Verification:
    """What was heard of an instrument: figures by technique in the order of the map, and findings."""

    instrument: str
    sample_rate: int
    measured: Mapping[str, Measured]
    findings: tuple[Finding, ...]
    sounds: Mapping[str, Audio] = field(default_factory=dict)
    """What each technique was heard with, for a page."""

    @property
    def faults(self) -> tuple[Finding, ...]:
        """Return the findings that say that the map is not true."""
        return tuple(one for one in self.findings if not one.is_hint)

    @property
    def hints(self) -> tuple[Finding, ...]:
        """Return the others."""
        return tuple(one for one in self.findings if one.is_hint)

    def of(self, technique: str) -> tuple[Finding, ...]:
        """Return the findings in which a technique is named."""
        return tuple(one for one in self.findings if technique in (one.technique, one.also))

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        return {
            "instrument": self.instrument,
            "sample_rate": self.sample_rate,
            "techniques": {name: vars(one) for name, one in self.measured.items()},
            "faults": [_plain(one) for one in self.faults],
            "hints": [_plain(one) for one in self.hints],
        }


def _plain(finding: Finding) -> dict[str, str]:
    return {
        name: getattr(finding, name)
        for name in ("technique", "check", "problem", "also")
        if getattr(finding, name)
    }
