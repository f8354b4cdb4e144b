"""The palette: every rule there is, in one table that profile, report and command line read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from composer_daw.humanizer.rules.articulation import LeapArticulation, RepetitionArticulation
from composer_daw.humanizer.rules.charge import HarmonicCharge, MelodicCharge
from composer_daw.humanizer.rules.double_duration import DoubleDuration
from composer_daw.humanizer.rules.duration_contrast import DurationContrast, DurationContrastArticulation
from composer_daw.humanizer.rules.faster_uphill import FasterUphill
from composer_daw.humanizer.rules.final_ritard import FinalRitard
from composer_daw.humanizer.rules.high_loud import HighLoud
from composer_daw.humanizer.rules.melody_lead import MelodyLead
from composer_daw.humanizer.rules.noise import ClockNoise, MotorNoise, TimingNoise
from composer_daw.humanizer.rules.phrase_arch import PhraseArch
from composer_daw.humanizer.rules.punctuation import Punctuation
from composer_daw.humanizer.rules.rule import Rule
from composer_daw.humanizer.rules.score_articulation import ScoreLegato, ScoreStaccato
from composer_daw.humanizer.rules.swing import Swing

DM = "Director Musices"
LEVEL, DURATION, GAP, SHIFT, LEAD = "level_db", "duration_ms", "gap_ms", "shift_ms", "lead_ms"


@dataclass(frozen=True)
class Row:
    """One rule of the palette."""

    rule: type[Rule]
    k: float
    """Its strength in Director Musices' default.pal; 0 where it is not in there."""
    changes: tuple[str, ...]
    """The columns of `Changes` that it fills."""
    does: str
    source: str

    @property
    def name(self) -> str:
        """Return the rule's name."""
        return str(self.rule.model_fields["name"].default)

    def at(self, k: float | None = None) -> Rule:
        """Return the rule at a strength, or at that of the palette."""
        return self.rule(k=self.k if k is None else k)  # type: ignore[call-arg]


ROWS = (
    Row(HighLoud, 1.0, (LEVEL,), "high notes are louder", f"{DM}, high-loud"),
    Row(
        MelodicCharge,
        1.0,
        (DURATION, LEVEL),
        "notes far from the chord are stressed",
        f"{DM}, melodic-charge",
    ),
    Row(
        HarmonicCharge,
        1.0,
        (DURATION, LEVEL),
        "chords far from the key are stressed",
        f"{DM}, harmonic-charge",
    ),
    Row(
        DurationContrast,
        1.0,
        (DURATION, LEVEL),
        "short notes are shorter and softer",
        f"{DM}, duration-contrast",
    ),
    Row(
        DurationContrastArticulation, 1.0, (GAP,), "short notes are set apart", f"{DM}, duration-contrast-art"
    ),
    Row(DoubleDuration, 1.0, (DURATION,), "notes of 2:1 come closer", f"{DM}, double-duration"),
    Row(
        Punctuation,
        1.1,
        (GAP, DURATION),
        "gestures end with a small pause",
        f"{DM}, punctuation; Friberg et al. 1998",
    ),
    Row(PhraseArch, 1.5, (DURATION, LEVEL), "phrases quicken and swell, slow and fade", f"{DM}, phrase-arch"),
    Row(FinalRitard, 1.0, (DURATION,), "the end slows down", "Friberg & Sundberg 1999"),
    Row(FasterUphill, 0.0, (DURATION,), "rising notes hurry", f"{DM}, faster-uphill"),
    Row(LeapArticulation, 0.0, (GAP,), "leaps are parted", f"{DM}, leap-articulation-dro"),
    Row(
        RepetitionArticulation, 0.0, (GAP,), "repeated notes are parted", f"{DM}, repetition-articulation-dro"
    ),
    Row(ScoreLegato, 0.0, (GAP,), "legato notes overlap", f"{DM}, score-legato-art; Bresin"),
    Row(ScoreStaccato, 0.0, (GAP,), "staccato notes end early", f"{DM}, score-staccato-art; Bresin"),
    Row(Swing, 0.0, (SHIFT, LEVEL), "off-beat eighths come late", "Friberg & Sundstrom 2002"),
    Row(MelodyLead, 0.0, (LEAD,), "the melody is ahead", "Palmer 1996; Goebl 2001"),
    Row(ClockNoise, 0.0, (DURATION,), "durations waver as 1/f", f"{DM}, internal-clock-noise"),
    Row(TimingNoise, 0.0, (SHIFT,), "timing wavers as 1/f", "Hennig et al. 2011"),
    Row(MotorNoise, 0.0, (SHIFT, LEVEL), "timing and level are not exact", f"{DM}, motor-noise"),
)

PALETTE: Mapping[str, Row] = MappingProxyType({row.name: row for row in ROWS})

AnyRule = Annotated[
    HighLoud
    | MelodicCharge
    | HarmonicCharge
    | DurationContrast
    | DurationContrastArticulation
    | DoubleDuration
    | Punctuation
    | PhraseArch
    | FinalRitard
    | FasterUphill
    | LeapArticulation
    | RepetitionArticulation
    | ScoreLegato
    | ScoreStaccato
    | Swing
    | MelodyLead
    | ClockNoise
    | TimingNoise
    | MotorNoise,
    Field(discriminator="name"),
]
"""A rule as a record has it, told by its name."""

_ADAPTER: TypeAdapter[Rule] = TypeAdapter(AnyRule)


def rule_of(record: Mapping[str, Any]) -> Rule:
    """Return the rule of a record (reverse of `Rule.model_dump`)."""
    return _ADAPTER.validate_python(dict(record))
