"""The example pieces: the MIDI files are what their texts say, and playable on a violin."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import mido
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
PIECES = ("bach_prelude", "sakura", "technique_study")
VIOLIN = range(55, 106)
HEADER = (
    "instrument: Violin\nprogram: 40\nkey: C\nmeter: 2/4\n"
    "title: T\ncomposer: C\nsource: S\nencoded: E\n@60 mf\n"
)

# The first ten bars at the cello's pitch, by hand from the score, letters only: a second reading of the text.
BACH = """
gdbabdbd gdbabdbd  gecbcece gecbcece  gfcbcfcf gfcbcfcf  ggbabgbg ggbabgbf  gebabgfg egfgbdcb
cgagagag cgagagag  fadcdaga fagadfed  ebgfgbgb ebgfgbgb  ecdedcba gfedcbag  feddadfa defagfed
"""
SAKURA = "AAB AAB ABCB ABAF ECEF EECB ABCB ABAF ECEF EECB AAB AAB EFBAF E"


def load_maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_scores", EXAMPLES / "make_scores.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_scores"] = module
    spec.loader.exec_module(module)
    return module


make_scores = load_maker()


def midi_of(piece: str) -> mido.MidiFile:
    return mido.MidiFile(EXAMPLES / f"{piece}.mid")


def messages(piece: str, kind: str) -> list[mido.Message]:
    return [m for track in midi_of(piece).tracks for m in track if m.type == kind]


def score_of(piece: str) -> make_scores.Score:
    return make_scores.read_score(make_scores.SCORES / f"{piece}.txt")


def read(tmp_path: Path, music: str) -> make_scores.Score:
    path = tmp_path / "t.txt"
    path.write_text(HEADER + music, encoding="utf-8")
    return make_scores.read_score(path)


def test_files_are_what_the_texts_say(tmp_path: Path) -> None:
    written = make_scores.make_all(tmp_path)
    assert [p.stem for p in written] == sorted(PIECES)
    for path in written:
        assert path.read_bytes() == (EXAMPLES / path.name).read_bytes(), f"run make_scores.py: {path.name}"


@pytest.mark.parametrize("piece", PIECES)
def test_piece_is_complete_and_in_range(piece: str) -> None:
    score = score_of(piece)
    assert 8 <= len(score.bars) <= 16 and set(score.bars) == {score.bar_ticks}
    assert all(n.pitch in VIOLIN for n in score.notes)
    assert {"title", "composer", "source", "encoded"} <= set(score.header)
    assert sum(m.time for m in midi_of(piece).tracks[1]) == score.end


@pytest.mark.parametrize("piece", PIECES)
def test_piece_has_tempo_metre_and_dynamics(piece: str) -> None:
    assert messages(piece, "time_signature")[0].numerator == 4
    velocities = [m.velocity for m in messages(piece, "note_on")]
    assert max(velocities) - min(velocities) >= 40
    assert min(velocities) > 1 and max(velocities) < 127
    assert len(set(velocities)) > 15
    swell = [m.value for m in messages(piece, "control_change") if m.control == 11]
    assert len(swell) > 40 and max(swell) - min(swell) >= 30


@pytest.mark.parametrize("piece", PIECES)
def test_piece_slows_at_the_end(piece: str) -> None:
    bpm = [mido.tempo2bpm(m.tempo) for m in messages(piece, "set_tempo")]
    assert bpm[-1] < 0.75 * bpm[0]
    assert bpm == sorted(bpm, reverse=True)


@pytest.mark.parametrize("piece", PIECES)
def test_one_note_at_a_time_and_each_ends(piece: str) -> None:
    sounding: list[int] = []
    for message in midi_of(piece).tracks[1]:
        if message.type == "note_on":
            assert not sounding
            sounding.append(message.note)
        elif message.type == "note_off":
            sounding.remove(message.note)
    assert not sounding


def test_bach_has_the_right_letters() -> None:
    letters = {0: "c", 1: "c", 2: "d", 4: "e", 6: "f", 7: "g", 9: "a", 11: "b"}
    notes = score_of("bach_prelude").notes
    assert "".join(letters[(n.pitch - 19) % 12] for n in notes) == "".join(BACH.split())
    assert {n.length for n in notes} == {120}
    assert (notes[0].pitch, notes[-1].pitch) == (62, 69)


def test_sakura_has_the_right_letters() -> None:
    score = score_of("sakura")
    letters = {0: "C", 4: "E", 5: "F", 9: "A", 11: "B"}
    bars = [[n for n in score.notes if n.start // score.bar_ticks == b] for b in range(len(score.bars))]
    assert " ".join("".join(letters[n.pitch % 12] for n in bar) for bar in bars) == SAKURA


def test_study_changes_technique_inside_the_bar() -> None:
    words = score_of("technique_study").words
    said = {text for _, _, text in words}
    assert {"pizz.", "arco", "spicc.", "trem.", "sul pont.", "ord.", "con sord.", "senza sord."} <= said
    assert {"harm.", "col legno", "[technique:staccato]"} <= said
    inside = [tick for tick, _, _ in words if tick % score_of("technique_study").bar_ticks]
    assert len(inside) >= 8
    markers = [text for _, kind, text in words if kind == "marker"]
    assert [m.text for m in messages("technique_study", "marker")] == markers


def test_articulation_is_in_the_written_lengths(tmp_path: Path) -> None:
    score = read(tmp_path, "| C4/8 C4' C4- (C4 | D4) r/4. |")
    track = make_scores.to_midi(score).tracks[1]
    assert [m.time for m in track if m.type == "note_off"] == [216, 120, 240, 240, 216]


def test_ties_hairpins_accents_and_swells(tmp_path: Path) -> None:
    score = read(tmp_path, "| p < C4/4~ C4/4 | C4^ f C4{40 80} |")
    assert [n.length for n in score.notes] == [960, 480, 480]
    assert make_scores.velocities(score) == [50 + 7, 78 + 7 + 14, 92 + 3]
    midi = make_scores.to_midi(score)
    values = [m.value for m in midi.tracks[1] if m.type == "control_change"]
    assert values == [100, 40, 45, 50, 55, 60, 65, 70, 75]


@pytest.mark.parametrize(
    ("music", "complaint"),
    [
        ("| C4/4 |", "t.txt:10: bar 1 holds 1 quarter notes"),
        ("| C4/4 H4 |", "t.txt:10: not understood: 'H4 |'"),
        ("| C4/4~ D4 |", "t.txt:10: a tie joins two pitches"),
    ],
)
def test_mistakes_name_file_and_line(tmp_path: Path, music: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint.replace("|", r"\|").replace("(", r"\(")):
        read(tmp_path, music)
