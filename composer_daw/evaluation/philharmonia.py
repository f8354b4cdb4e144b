"""Philharmonia: single notes by real players, labelled with our technique names.

The Philharmonia Orchestra's sample library names each MP3 instrument_pitch_length_dynamic_technique, as in
`double-bass_A1_025_piano_pizz-normal.mp3`; the length is in hundredths of a second without the point (025
is a quarter of a second), or `phrase` for a scale or melody, which is cut into its notes here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from composer_daw.audio import load_audio
from composer_daw.errors import InputError
from composer_daw.measure.onsets import find_onset, sounding_end_s
from composer_daw.measure.segments import note_spans_s

TECHNIQUES = {
    "arco-normal": "sustain",
    "arco-legato": "legato",
    "arco-staccato": "staccato",
    "arco-spiccato": "spiccato",
    "pizz-normal": "pizzicato",
    "arco-tremolo": "tremolo",
    "natural-harmonic": "harmonics",
    "artificial-harmonic": "harmonics",
    "arco-harmonic": "harmonics",
    "arco-col-legno-battuto": "col_legno",
    "arco-sul-ponticello": "sul_ponticello",
    "arco-sul-tasto": "sul_tasto",
    "con-sord": "con_sordino",
}
"""Their words for a technique and ours; files with another word (detache, trills) are passed over."""

MARGIN_S = 0.05
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NAME = re.compile(
    r"(?P<instrument>[^_]+)_(?P<note>[A-G]s?-?\d)_(?P<length>[^_]+)_(?P<dynamic>[^_]+)_(?P<word>[^_]+)"
)


@dataclass(frozen=True)
class SampleName:
    """What the name of a file says.

    `pitch` is the MIDI pitch written there; of a phrase it is the lowest or first.
    """

    instrument: str
    pitch: int
    length: str
    dynamic: str
    word: str

    @property
    def technique(self) -> str | None:
        """Return our name of the technique, or None when we have none for it."""
        return TECHNIQUES.get(self.word)

    @property
    def is_phrase(self) -> bool:
        """Tell whether the file holds many notes."""
        return self.length == "phrase"


@dataclass(frozen=True)
class LabelledNote:
    """One note: mono samples (read-only), where it comes from, and how it was played.

    `frequency_hz` is the written pitch, or None for a note out of a phrase, whose pitch the name does not
    say.
    """

    samples: npt.NDArray[np.float32]
    sample_rate: int
    technique: str
    source: SampleName
    path: Path
    frequency_hz: float | None

    def __post_init__(self) -> None:
        """Freeze the samples."""
        self.samples.setflags(write=False)


def parse_name(path: str | Path) -> SampleName:
    """Return what the name of a Philharmonia file says; raise InputError when it is not such a name."""
    match = _NAME.fullmatch(Path(path).stem)
    if not match:
        raise InputError(f"{path}: not named instrument_pitch_length_dynamic_technique.mp3")
    note = match["note"]
    octave = int(note.lstrip("ABCDEFGs"))
    pitch = 12 * (octave + 1) + _STEPS[note[0]] + ("s" in note)
    return SampleName(match["instrument"], pitch, match["length"], match["dynamic"], match["word"])


def labelled_notes(folder: str | Path) -> Iterator[LabelledNote]:
    """Yield every note under `folder` whose technique is one of ours, in the order of the file names.

    Files with other names are passed over. Raises AudioError for a file that cannot be read.
    """
    for path in sorted(Path(folder).glob("*.mp3")):
        if _NAME.fullmatch(path.stem) and parse_name(path).technique:
            yield from notes_of_file(path)


def notes_of_file(path: str | Path) -> Iterator[LabelledNote]:
    """Yield the notes of one file: one without its silence, or all that a phrase is cut into.

    Raises InputError for another kind of name or a technique that is not ours, AudioError for unreadable
    audio.
    """
    name = parse_name(path)
    if name.technique is None:
        raise InputError(f"{path}: technique '{name.word}' is not one of ours ({', '.join(TECHNIQUES)})")
    audio = load_audio(path)
    mono = audio.mono()
    frequency_hz = None if name.is_phrase else 440.0 * 2.0 ** ((name.pitch - 69) / 12.0)
    for start_s, end_s in _spans_s(mono, audio.sample_rate, name):
        part = mono[int(start_s * audio.sample_rate) : int(end_s * audio.sample_rate)].copy()
        yield LabelledNote(part, audio.sample_rate, name.technique, name, Path(path), frequency_hz)


def _spans_s(mono: npt.NDArray[np.float32], rate: int, name: SampleName) -> list[tuple[float, float]]:
    if name.is_phrase:
        return note_spans_s(mono, rate)
    start, end = find_onset(mono, rate, -40.0).time_s, sounding_end_s(mono, rate, -40.0)
    return [(max(0.0, start - MARGIN_S), end + MARGIN_S)] if start < end else []
