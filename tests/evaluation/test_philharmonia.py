import os
from pathlib import Path

import numpy as np
import pytest

from composer_daw.errors import InputError
from composer_daw.evaluation.philharmonia import labelled_notes, notes_of_file, parse_name
from composer_daw.evaluation.techniques import balanced_accuracy, fit, predict
from composer_daw.measure.features import measure_note, vector

RATE = 44100


def double_bass() -> Path:
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("COMPOSER_DAW_DATA", beside)) / "philharmonia" / "double_bass"
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{folder} is missing; CI must have it")
        pytest.skip(f"{folder} is not here: recordings by other people are not part of the checkout")
    return folder


def pluck(frequency_hz: float, duration_s: float) -> np.ndarray:
    times = np.arange(int(duration_s * RATE)) / RATE
    return 0.3 * np.sin(2.0 * np.pi * frequency_hz * times) * 10.0 ** (-3.0 * times / 0.6)


def write(path: Path, samples: np.ndarray) -> None:
    import soundfile

    soundfile.write(path, samples, RATE, format="MP3")


def test_a_name_says_what_it_says() -> None:
    name = parse_name("x/double-bass_As1_025_piano_pizz-normal.mp3")
    assert (name.instrument, name.pitch, name.length, name.dynamic) == ("double-bass", 34, "025", "piano")
    assert name.technique == "pizzicato" and not name.is_phrase
    assert parse_name("cello_C4_phrase_mezzo-forte_arco-detache.mp3").technique is None


@pytest.mark.parametrize(
    ("word", "technique"),
    [
        ("arco-normal", "sustain"),
        ("arco-col-legno-battuto", "col_legno"),
        ("arco-harmonic", "harmonics"),
        ("natural-harmonic", "harmonics"),
        ("con-sord", "con_sordino"),
        ("arco-sul-tasto", "sul_tasto"),
        ("snap-pizz", None),
    ],
)
def test_their_words_become_ours(word: str, technique: str | None) -> None:
    assert parse_name(f"cello_A3_1_forte_{word}.mp3").technique == technique


@pytest.mark.parametrize("name", ["violin.mp3", "cello_H3_1_forte_arco-normal.mp3", "cello_A3_1_forte.mp3"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="instrument_pitch_length"):
        parse_name(name)


def test_a_technique_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="detache"):
        list(notes_of_file(tmp_path / "cello_A3_1_forte_arco-detache.mp3"))


def test_silence_is_trimmed_and_phrases_are_cut(tmp_path: Path) -> None:
    single = np.concatenate([np.zeros(RATE), pluck(220.0, 1.0), np.zeros(RATE)])
    write(tmp_path / "cello_A3_1_forte_pizz-normal.mp3", single)
    write(
        tmp_path / "cello_A3_phrase_forte_pizz-normal.mp3",
        np.concatenate([pluck(f, 0.5) for f in (220, 247, 277)]),
    )
    write(tmp_path / "cello_A3_1_forte_arco-detache.mp3", single)
    write(tmp_path / "noise.mp3", single)
    notes = list(labelled_notes(tmp_path))
    assert [note.source.length for note in notes] == ["1", "phrase", "phrase", "phrase"]
    assert {note.technique for note in notes} == {"pizzicato"}
    assert 0.3 < len(notes[0].samples) / RATE < 1.1
    assert notes[0].frequency_hz == pytest.approx(220.0)
    assert notes[1].frequency_hz is None
    assert not notes[0].samples.flags.writeable


def test_plucks_and_strokes_of_a_real_double_bass_differ_as_known() -> None:
    folder = double_bass()
    plucked = [p for p in sorted(folder.glob("*_025_piano_pizz-normal.mp3"))][:6]
    bowed = [p for p in sorted(folder.glob("*_15_*_arco-normal.mp3"))][:6]
    measured = {
        name: [
            measure_note(n.samples, n.sample_rate, n.frequency_hz) for p in paths for n in notes_of_file(p)
        ]
        for name, paths in (("pizzicato", plucked), ("arco", bowed))
    }
    assert np.median([m.attack_ms for m in measured["pizzicato"]]) < 40.0
    assert np.median([m.attack_ms for m in measured["arco"]]) > 100.0
    assert np.median([m.hnr_db for m in measured["arco"]]) > np.median(
        [m.hnr_db for m in measured["pizzicato"]]
    )
    assert max(abs(m.cents) for m in measured["arco"]) < 50.0


@pytest.mark.long
def test_techniques_of_a_real_double_bass_are_told_apart_file_by_file() -> None:
    short = {"spiccato": "short", "staccato": "short"}
    six = {"sustain", "pizzicato", "tremolo", "col_legno", "harmonics", *short}
    notes = [note for note in labelled_notes(double_bass()) if note.technique in six]
    vectors = np.array([vector(measure_note(n.samples, n.sample_rate, n.frequency_hz)) for n in notes])
    truth = np.array([short.get(n.technique, n.technique) for n in notes])
    files = np.array([n.path.name for n in notes])
    guess = truth.copy()
    for file in np.unique(files):
        held_out = files == file
        guess[held_out] = predict(fit(vectors[~held_out], truth[~held_out].tolist()), vectors[held_out])
    assert balanced_accuracy(truth.tolist(), guess.tolist()) > 0.78
