"""What a page shows of a score: its notes as they sound, its tempo, and its sections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composer_daw.pages import RollNote
from composer_daw.studio.page import Marker

if TYPE_CHECKING:
    from composer_daw.performance import Performance, TempoMap
    from composer_daw.rendering import Take


def roll_notes(take: Take) -> list[RollNote]:
    """Return the notes of a take as they sound and as they were written, with the technique of each.

    A note that plays what goes without saying is called by the instrument's usual technique.
    """
    labels = take.labels
    usual = labels.defaults[0] if labels.defaults else ""
    names = (usual if name == "default" else name for name in labels.played_names())
    fields = ("sounding_onset_s", "sounding_offset_s", "written_onset_s", "written_offset_s")
    times = zip(*(labels.rows[name].tolist() for name in fields), strict=True)
    pitches = labels.rows["sounding_pitch"].tolist()
    return [
        RollNote(onset, offset, pitch, name, written_onset, written_offset)
        for (onset, offset, written_onset, written_offset), pitch, name in zip(
            times, pitches, names, strict=True
        )
    ]


def tempo_curve(tempo: TempoMap) -> list[tuple[float, float]]:
    """Return where each tempo begins, in seconds, and the tempo, in quarter notes a minute."""
    return list(zip(tempo.times_s.tolist(), tempo.bpm.tolist(), strict=True))


def markers_of(performance: Performance) -> list[Marker]:
    """Return the sections that the markers of a score begin, in order."""
    markers = (text for text in performance.texts if text.kind == "marker" and text.text.strip())
    return [Marker(text.time_s, text.text.strip()) for text in sorted(markers, key=lambda text: text.time_s)]
