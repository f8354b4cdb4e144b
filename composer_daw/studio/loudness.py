"""Loudness match: gains with which versions are equally loud and none of them clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from composer_daw.audio import Audio
from composer_daw.measure.loudness import SILENT_LUFS, loudness_of, step_powers

LOUDEST_LUFS = -14.0
"""Matched versions are at most this loud, integrated (what streaming services play at)."""

CEILING_DB = -1.0
"""No matched version has a true peak above this, in dBTP (EBU R 128)."""


@dataclass(frozen=True)
class Level:
    """How loud a version is: integrated loudness in LUFS, and true peak in dBTP."""

    lufs: float
    true_peak_db: float

    @classmethod
    def of(cls, audio: Audio) -> Level:
        """Measure audio (ITU-R BS.1770-4)."""
        return cls(loudness_of(step_powers(audio.samples, audio.sample_rate)), audio.true_peak_db)

    @property
    def is_silent(self) -> bool:
        """Tell whether it has no loudness that can be matched."""
        return self.lufs <= SILENT_LUFS


def matching_gains_db(levels: Sequence[Level]) -> list[float]:
    """Return the gain of each version that brings all to one loudness.

    It is the loudest that all can have under the ceiling, LOUDEST_LUFS at most; silence gets 0 dB.
    """
    heard = [level for level in levels if not level.is_silent]
    target = min([LOUDEST_LUFS, *(level.lufs + CEILING_DB - level.true_peak_db for level in heard)])
    return [0.0 if level.is_silent else target - level.lufs for level in levels]
