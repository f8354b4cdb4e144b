"""A record: one item of a data set, complete enough to render again, and what came of it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from composer_daw.rendering import Licence
from composer_daw.techniques.shape import OutOfRange

AudioFormat = Literal["wav", "flac"]
"""Both hold 24 bits a sample; FLAC takes about half the room."""


Repeats = Literal["yes", "fresh", "no", "unknown"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class File(_Part):
    """A file of the data set: its path from the folder of the data set, and its SHA-256."""

    path: str
    sha256: str


class Outcome(_Part):
    """What rendering a record gave; everything here follows from the record and its assets."""

    audio: File
    midi: File
    labels: File
    duration_s: float
    peak_db: float
    rms_db: float
    gain_db: float
    repeats: Repeats = Field(
        description="whether the record renders again to the same bytes; 'fresh': only where it is fresh"
    )
    notes: int
    dropped: int = Field(description="notes outside the instrument's range, left out")
    conflicts: int = Field(description="notes whose technique gave way to one that sounded with it")
    rungs: dict[str, int] = Field(description="how many notes were resolved on each rung")


class Record(_Part):
    """One item: the constants from which it renders, and, once rendered, the outcome.

    Paths are relative to the folder of the data set, with forward slashes. `instrument_sha256` covers the
    preset, the technique map and the sound; `source_sha256` the MIDI file.
    """

    format: Literal[1] = 1
    id: str
    source: str
    source_sha256: str
    instrument: str
    instrument_sha256: str
    licence: Licence
    technique: str
    seed: int
    sample_rate: int
    out_of_range: OutOfRange
    audio_format: AudioFormat = "wav"
    fresh: bool = Field(default=False, description="a new instance of the plugin for this render")
    tool: str = Field(description="name and version of what rendered it")
    outcome: Outcome | None = None

    def planned(self) -> Record:
        """Return the record without its outcome: what must agree for an item to count as done."""
        return self.model_copy(update={"outcome": None})
