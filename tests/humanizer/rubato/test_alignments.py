"""Aligned performances are read by quarter notes and seconds, whatever the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from aligned_building import match_text, write_folder

from composer_daw.errors import InputError
from composer_daw.humanizer.rubato.alignments import load_aligned, load_folder

FOUR = [(0.0, 1.0, 60, 480, 900, 50), (1.0, 0.5, 61, 1440, 1900, 60), (1.5, 0.5, 64, 1920, 2400, 127)]


def written(tmp_path: Path, text: str, name: str = "a.match") -> Path:
    (tmp_path / name).write_text(text, "utf-8")
    return tmp_path / name


def test_a_match_file(tmp_path: Path) -> None:
    aligned = load_aligned(written(tmp_path, match_text(FOUR)), composer="Bach", piece="one")
    assert aligned.notes.tolist() == [
        (0.0, 1.0, 60, 0.5, 0.4375, 50.0),
        (1.0, 0.5, 61, 1.5, pytest.approx(0.4791667), 60.0),
        (1.5, 0.5, 64, 2.0, 0.5, 127.0),
    ]
    assert (aligned.name, aligned.composer, aligned.piece, aligned.edition) == ("a", "Bach", "one", "one")
    assert aligned.metres == ((0.0, 4, 4),)
    assert not aligned.notes.flags.writeable
    assert aligned.score.beat.tolist() == [0.0, 1.0, 1.5]


def test_beats_of_eighths_become_quarters(tmp_path: Path) -> None:
    aligned = load_aligned(written(tmp_path, match_text(FOUR, "6/8")))
    assert aligned.notes["beat"].tolist() == [0.0, 0.5, 0.75]
    assert aligned.notes["length"].tolist() == [0.5, 0.25, 0.25]
    assert aligned.metres == ((0.0, 6, 8),)


def test_a_change_of_metre(tmp_path: Path) -> None:
    notes = [(float(beat), 1.0, 60, 480 * beat, 480 * beat + 400, 60) for beat in range(8)]
    text = match_text(notes).replace(
        "4/4,1:1,0,0.0000).\n", "4/4,1:1,0,0.0000).\nscoreprop(timeSignature,4/8,2:1,0,4.0000).\n"
    )
    aligned = load_aligned(written(tmp_path, text))
    assert aligned.notes["beat"].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 4.5, 5.0, 5.5]
    assert aligned.metres == ((0.0, 4, 4), (4.0, 4, 8))


def test_notes_not_played_are_nan(tmp_path: Path) -> None:
    aligned = load_aligned(written(tmp_path, match_text(FOUR, deleted=[1])))
    assert np.isnan([aligned.notes[name][1] for name in ("onset_s", "duration_s", "velocity")]).all()
    assert np.isfinite(aligned.notes["onset_s"][[0, 2]]).all()


def test_a_folder_by_its_table(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    root = write_folder(
        tmp_path, [("Bach", "Fugue", "A"), ("Bach", "Fugue", "B"), ("Haydn", "39-1", "C")], match_text(FOUR)
    )
    loaded = load_folder(root, lambda done, total: told.append((done, total)))
    assert [(one.composer, one.piece, one.edition, one.name) for one in loaded] == [
        ("Bach", "Bach Fugue", "Bach/Fugue", "A"),
        ("Bach", "Bach Fugue", "Bach/Fugue", "B"),
        ("Haydn", "Haydn 39-1", "Haydn/39-1", "C"),
    ]
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_folder_without_a_table(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    written(tmp_path / "sub", match_text(FOUR))
    assert [one.name for one in load_folder(tmp_path)] == ["a"]


def test_bad_input_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        load_folder(tmp_path / "none")
    with pytest.raises(InputError, match="holds no .match file"):
        load_folder(tmp_path)
    with pytest.raises(InputError, match="not a .match file that partitura reads"):
        load_aligned(written(tmp_path, "no match\nat all\n"))
    with pytest.raises(InputError, match="fewer than two notes"):
        load_aligned(written(tmp_path, match_text(FOUR, deleted=[0, 1])))
    with pytest.raises(InputError, match="neither a .match file nor"):
        load_aligned(written(tmp_path, "a,b\n", "a.csv"))
    (tmp_path / "metadata.csv").write_text("composer,title\nBach,x\n", "utf-8")
    with pytest.raises(InputError, match="the column 'folder' is missing"):
        load_folder(tmp_path)


HEADER = (
    "note_id,onset,offset,score_position,score_position_offset,"
    "note,midi_number,note_duration,bar_id,bar_position\n"
)


def test_a_table_of_mosa(tmp_path: Path) -> None:
    rows = [f"{n},{1 + n / 2},{1.4 + n / 2},{n},{n + 1},D4,62,1,{n // 3},{n % 3}\n" for n in range(9)]
    path = written(tmp_path, HEADER + "".join(rows), "de1_yv10_t2_align_notetime.csv")
    aligned = load_aligned(path)
    assert (aligned.name, aligned.composer, aligned.piece) == ("de1_yv10_t2", "Debussy", "de1")
    assert aligned.metres == ((0.0, 3, 4),)
    np.testing.assert_allclose(aligned.notes["onset_s"], 1 + np.arange(9) / 2)
    assert np.isnan(aligned.notes["velocity"]).all()
    with pytest.raises(InputError, match=r"csv:3: not a row of MOSA's"):
        load_aligned(written(tmp_path, HEADER + rows[0] + "x,y\n", "a_align_notetime.csv"))


def test_all_of_asap_and_mosa(shared_data: Path) -> None:
    for path in sorted((shared_data / "asap").glob("Schumann/**/*.match"))[:4]:
        aligned = load_aligned(path)
        assert np.isfinite(aligned.notes["onset_s"]).mean() > 0.8
        assert (np.diff(aligned.notes["beat"]) >= 0).all() and (aligned.notes["length"] >= 0).all()
    mosa = load_folder(shared_data / "mosa")
    assert len(mosa) == 10 and {one.composer for one in mosa} == {"Bach", "Debussy", "Mendelssohn", "Mozart"}
