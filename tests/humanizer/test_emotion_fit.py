"""Fits of a profile to labelled MIDI: what is measured, what is found again, what is kept and said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from midi_building import note, save_tracks

from composer_daw.documents import parse_document
from composer_daw.errors import DocumentError, InputError
from composer_daw.files import shipped
from composer_daw.humanizer.emotion import PROFILE, EmotionProfile, Point, load_profile
from composer_daw.humanizer.emotion_corpus import MEASURED, Labelled, labelled_files, measure
from composer_daw.humanizer.emotion_fit import fit_profile
from composer_daw.humanizer.lines import lines_of
from composer_daw.performance import Performance, note_rows

BASE = shipped("configs") / PROFILE
CORNERS = {1: (1, 1), 2: (-1, 1), 3: (-1, -1), 4: (1, -1)}


def save_piece(path: Path, ticks: int, velocity: int, share: float, pitch: int) -> Path:
    """Write sixteen notes so many ticks apart at 120 (480 ticks a beat)."""
    length = round(ticks * share)
    played = [one for step in range(16) for one in note(step * ticks, length, pitch, velocity)]
    return save_tracks(path, played)


def save_emopia(folder: Path, each: int = 6, seed: int = 1) -> Path:
    """Write files whose tempo, level and articulation follow arousal, and whose register follows valence."""
    rng = np.random.default_rng(seed)
    for quadrant, (valence, arousal) in CORNERS.items():
        for number in range(each):
            ticks = round(240 * 2 ** (-0.5 * arousal + rng.normal(0, 0.05)))
            velocity = round(70 + 20 * arousal + rng.normal(0, 3))
            share = 0.8 - 0.2 * arousal + rng.normal(0, 0.02)
            pitch = 60 + 4 * valence + int(rng.integers(-1, 2))
            save_piece(folder / f"Q{quadrant}_abcdefghijk_{number}.mid", ticks, velocity, share, pitch)
    return folder


def test_measures_worked_out_by_hand() -> None:
    # five onsets in 2 s: 4 intervals of 0.5 s, so 2 a second; 0.25 s of each 0.5 s; velocity 127 / 2
    rows = note_rows([(0.5 * step, 0.25, 60 + step, 64 - step % 2) for step in range(5)])
    tempo, level, share, pitch = measure(lines_of(Performance(rows)))
    assert tempo == pytest.approx(np.log(2))
    assert level == pytest.approx(40 * np.log10(63.6 / 127))
    assert (share, pitch) == (pytest.approx(0.5), 62)


def test_chords_count_once_and_drums_do_not() -> None:
    notes = [
        (0.5 * step + late, 0.25, pitch, 64) for step in range(5) for late, pitch in ((0, 60), (0.02, 64))
    ]
    drums = [(0.1 * step, 0.05, 36, 127) for step in range(30)]
    rows = note_rows([*notes, *drums], channel=[0] * len(notes) + [9] * len(drums))
    tempo, level, _, pitch = measure(lines_of(Performance(rows)))
    assert tempo == pytest.approx(np.log(2))
    assert level == pytest.approx(40 * np.log10(64 / 127))
    assert pitch == 62


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_onsets(count: int) -> None:
    rows = note_rows([(float(step), 0.5, 60, 80) for step in range(count)])
    with pytest.raises(InputError, match="fewer than three onsets"):
        measure(lines_of(Performance(rows)))


def test_labels_in_names(tmp_path: Path) -> None:
    save_emopia(tmp_path / "clips", each=1)
    save_piece(tmp_path / "clips" / "other.mid", 240, 80, 0.5, 60)
    found = labelled_files(tmp_path)
    assert [one.path.name[:2] for one in found] == ["Q1", "Q2", "Q3", "Q4"]
    assert [one.point for one in found] == [Point(*point) for point in CORNERS.values()]


def test_labels_in_a_table(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("id,midi,valence,arousal\n1,a/x.mid,-1,0.5\n", encoding="utf-8")
    (tmp_path / "other.csv").write_text("name,mood\nx,sad\n", encoding="utf-8")
    assert labelled_files(tmp_path) == [Labelled(tmp_path / "a/x.mid", Point(-1, 0.5))]


@pytest.mark.parametrize(
    ("row", "problem"),
    [("x.mid,3,0", "valence 3 is outside -1..1"), ("x.mid,sad,0", "could not convert"), ("x.mid,1", "float")],
)
def test_labels_that_are_none(tmp_path: Path, row: str, problem: str) -> None:
    (tmp_path / "labels.csv").write_text(f"midi,valence,arousal\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError, match=rf"labels\.csv:2: .*{problem}"):
        labelled_files(tmp_path)


def test_folders_without_labels(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no labels; a CSV"):
        labelled_files(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        labelled_files(tmp_path / "none")


def test_what_was_put_in_is_found_again(tmp_path: Path) -> None:
    fitted = fit_profile(labelled_files(save_emopia(tmp_path)), BASE)
    profile = parse_document(fitted.text, EmotionProfile, "fitted")
    assert fitted.files == 24
    assert {name for name, one in fitted.figures.items() if one.taken} == set(MEASURED)
    happy, sad = profile.figures["tempo_factor"].at[0], profile.figures["tempo_factor"].at[4]
    assert (happy, sad) == (pytest.approx(2**0.5, rel=0.06), pytest.approx(2**-0.5, rel=0.06))
    level = 20 * np.log10(90 / 50)  # half of 40 log10 of 90 to 50
    assert profile.figures["level_db"].way("arousal") == "rises"
    assert profile.figures["level_db"].at[0] == pytest.approx(level, abs=1)
    assert profile.figures["articulation"].at == pytest.approx((0.6, 0.6, 0.8, 1.0, 1.0), abs=0.05)
    assert profile.figures["register_semitones"].at == pytest.approx((4, -4, 0, 4, -4), abs=1)
    assert profile.sources["fitted"] == "fitted to 24 labelled MIDI files"


def test_all_else_of_the_profile_stays(tmp_path: Path) -> None:
    fitted = fit_profile(labelled_files(save_emopia(tmp_path)), BASE)
    before, after = BASE.read_text(encoding="utf-8").splitlines(), fitted.text.splitlines()
    after.remove('  fitted: "fitted to 24 labelled MIDI files"')
    lines = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert [one.split(":")[0].strip() for one, _ in lines] == list(MEASURED)[:3] + ["register_semitones"]
    assert all(other.endswith("source: fitted}") and "clip" in other for _, other in lines)


def test_a_second_fit_renews_the_first(tmp_path: Path) -> None:
    files = labelled_files(save_emopia(tmp_path))
    (tmp_path / "once.yaml").write_text(fit_profile(files, BASE).text, encoding="utf-8")
    again = fit_profile(files[:-1], tmp_path / "once.yaml").text
    assert again.count("fitted:") == 1
    assert 'fitted: "fitted to 23 labelled MIDI files"' in again


def test_the_same_seed_the_same_profile(tmp_path: Path) -> None:
    files = labelled_files(save_emopia(tmp_path))
    one, other = fit_profile(files, BASE, seed=3), fit_profile(files, BASE, seed=3)
    assert one == other
    assert one.figures != fit_profile(files, BASE, seed=4).figures  # the bounds differ


def test_what_the_files_cannot_tell_is_kept_and_said(tmp_path: Path) -> None:
    for quadrant in CORNERS:
        for number in range(6):  # tempo and register go both ways in each quadrant; level never moves
            ticks, pitch = (160, 52) if number % 2 else (320, 68)
            save_piece(tmp_path / f"Q{quadrant}_abcdefghijk_{number}.mid", ticks, 80, 0.5, pitch)
    fitted = fit_profile(labelled_files(tmp_path), BASE)
    assert fitted.text == BASE.read_text(encoding="utf-8")
    assert "level_db: the same in all files; kept as it was" in fitted.remarks
    assert any(one.startswith("tempo_factor: the effect of arousal cannot be told") for one in fitted.remarks)
    assert any(one.startswith("neutral: no label lies between the corners") for one in fitted.remarks)
    assert fitted.remarks[-1].startswith("labels are of whole pieces")


def test_a_figure_that_would_break_an_order_is_not_taken(tmp_path: Path) -> None:
    files = labelled_files(save_emopia(tmp_path))
    upside_down = [Labelled(one.path, Point(one.point.valence, -one.point.arousal)) for one in files]
    fitted = fit_profile(upside_down, BASE)
    (told,) = [one for one in fitted.remarks if one.startswith("tempo_factor: kept as it was")]
    assert "an order would break: tempo_factor must fall from " in told
    assert not fitted.figures["tempo_factor"].taken
    kept = parse_document(fitted.text, EmotionProfile, "fitted").figures["tempo_factor"]
    assert kept == load_profile(BASE).figures["tempo_factor"]


def test_labels_between_the_corners_tell_neutral(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    files = []
    for number in range(40):
        valence, arousal = rng.uniform(-1, 1, 2)
        ticks = round(240 * np.exp(-0.3 * arousal + 0.2 * arousal**2))
        path = save_piece(tmp_path / f"{number}.mid", ticks, 80, 0.5, 60)
        files.append(Labelled(path, Point(valence, arousal)))
    fitted = fit_profile(files, BASE)
    assert fitted.figures["tempo_factor"].at[0] == pytest.approx(np.exp(0.3 - 0.2), rel=0.02)
    assert not [one for one in fitted.remarks if one.startswith("neutral")]


def test_files_that_cannot_be_read_are_left_out_and_counted(tmp_path: Path) -> None:
    save_emopia(tmp_path)
    (tmp_path / "Q1_broken_0.mid").write_bytes(b"no MIDI")
    seen: list[tuple[str, bool]] = []
    fitted = fit_profile(labelled_files(tmp_path), BASE, advance=lambda *one: seen.append(one))
    assert fitted.files == 24
    assert fitted.remarks[0].startswith(
        f"left out: 1 of 25 files; the first: {tmp_path / 'Q1_broken_0.mid'}: "
    )
    assert [name for name, failed in seen if failed] == ["Q1_broken_0.mid"]


def test_too_little_to_fit(tmp_path: Path) -> None:
    files = labelled_files(save_emopia(tmp_path))
    with pytest.raises(InputError, match="labelled files that can be read: 3; a fit needs 8"):
        fit_profile(files[:3], BASE)
    with pytest.raises(InputError, match="give files of all four quadrants"):
        fit_profile([one for one in files if one.point.valence > 0], BASE)


def test_a_base_that_is_no_profile(tmp_path: Path, score: Path) -> None:
    with pytest.raises(DocumentError):
        fit_profile(labelled_files(save_emopia(tmp_path)), score)


def test_vgmidi(shared_data: Path) -> None:
    """152 arrangements: tempo follows arousal; their velocities and lengths are as engraved."""
    fitted = fit_profile(labelled_files(shared_data / "vgmidi"), BASE)
    assert fitted.files == 152
    assert {name for name, one in fitted.figures.items() if one.taken} == {"tempo_factor"}
    profile = parse_document(fitted.text, EmotionProfile, "fitted")
    assert profile.figures["tempo_factor"].way("arousal") == "rises"
    assert list(profile.broken_orders({})) == []
