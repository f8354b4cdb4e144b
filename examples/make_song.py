"""Write examples/song/song.mid from three parts in text: `python examples/make_song.py [FOLDER]`.

The parts are written as `make_scores.py` reads them. Tempo and metre are those of the melody; the same texts
give the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import mido
from make_scores import Score, read_score, to_midi

SONG = Path(__file__).parent / "song"
PARTS = ("melody", "counter", "plucked")
SECTIONS = ((0, "Round"), (8, "Second round"), (14, "Evening"))
"""A marker at the beginning of these bars, counted from 0; the tempo track holds them."""


def make_song(folder: Path = SONG) -> Path:
    """Write the song, the tempo track first, then each part on a channel of its own; return the path."""
    scores = [read_score(SONG / f"{part}.txt") for part in PARTS]
    song = mido.MidiFile(type=1, ticks_per_beat=to_midi(scores[0]).ticks_per_beat)
    song.tracks.append(_with_sections(to_midi(scores[0]).tracks[0], scores[0]))
    for channel, score in enumerate(scores):
        track = to_midi(score).tracks[1]
        song.tracks.append(mido.MidiTrack(_on(message, channel) for message in track))
    song.save(folder / "song.mid")
    return folder / "song.mid"


def _on(message: mido.Message, channel: int) -> mido.Message:
    return message if message.is_meta else message.copy(channel=channel)


def _with_sections(track: mido.MidiTrack, score: Score) -> mido.MidiTrack:
    now, timed = 0, []
    for message in track:
        now += message.time
        timed.append((now, message))
    for bar, name in SECTIONS:
        timed.append((bar * score.bar_ticks, mido.MetaMessage("marker", text=name)))
    timed.sort(key=lambda pair: (pair[0], pair[1].type == "end_of_track"))
    marked, last = mido.MidiTrack(), 0
    for tick, message in timed:
        marked.append(message.copy(time=tick - last))
        last = tick
    return marked


if __name__ == "__main__":
    print(make_song(Path(sys.argv[1]) if len(sys.argv) > 1 else SONG))
