"""One seed, the same bytes; another seed, other sound under the same labels: on the violin itself."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from composer_daw.audio import load_audio
from composer_daw.dataset import load_manifest, plan_versions, render_again, run_plan
from composer_daw.midi import save_midi
from composer_daw.performance import Performance, note_rows
from composer_daw.rendering import Instrument

TECHNIQUES = ("written", "legato", "pizzicato", "con_sordino+tremolo")


def rendered(violin: Instrument, score: Path, folder: Path, workers: int, seed: int = 5) -> dict[str, bytes]:
    report = run_plan(plan_versions([score], violin, TECHNIQUES, seed=seed), folder, workers)
    assert (len(report.rendered), report.failed) == (len(TECHNIQUES), [])
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_workers_do_not_matter_seeds_do_and_a_record_renders_again(
    violin: Instrument, tmp_path: Path
) -> None:
    score = tmp_path / "score.mid"
    notes = [(0.3 * n, 0.3, 60 + 2 * n, 70 + n) for n in range(8)]
    save_midi(
        Performance(note_rows(notes, technique=[0] * 4 + [1] * 4), techniques=((), ("spiccato",))), score
    )
    one = rendered(violin, score, tmp_path / "one", workers=1)
    two = rendered(violin, score, tmp_path / "two", workers=2)
    assert one == two and {Path(name).suffix for name in one} == {".wav", ".mid", ".csv", ".jsonl"}
    other = rendered(violin, score, tmp_path / "other", workers=2, seed=6)
    wavs = [name for name in one if name.endswith(".wav")]
    assert len(wavs) == 4 and all(one[name] != other[name] for name in wavs)
    for name in (name for name in one if name.endswith((".csv", ".mid"))):
        assert one[name] == other[name]
    for record in load_manifest(tmp_path / "one" / "manifest.jsonl"):
        assert render_again(record, tmp_path / "one", tmp_path / "again").outcome == record.outcome


def test_labels_stand_beside_what_is_heard(violin: Instrument, tmp_path: Path) -> None:
    """Each pizzicato of the CSV begins in the audio where its line says, within 10 ms."""
    score = tmp_path / "score.mid"
    save_midi(Performance(note_rows([(0.2 + 0.7 * n, 0.4, 60 + 3 * n, 90) for n in range(6)])), score)
    rendered_to = tmp_path / "data"
    run_plan(plan_versions([score], violin, ["pizzicato"]), rendered_to, 1)
    (record,) = load_manifest(rendered_to / "manifest.jsonl")
    assert record.outcome is not None
    audio = load_audio(rendered_to / record.outcome.audio.path)
    with (rendered_to / record.outcome.labels.path).open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert [line["technique"] for line in lines] == ["pizzicato"] * 6
    power = np.convolve(audio.mono().astype(float) ** 2, np.ones(44), "same")
    for line in lines:
        start = round(float(line["sounding_onset_s"]) * audio.sample_rate)
        before, after = power[start - 882 : start - 441].max(), power[start : start + 882].max()
        assert after > 30 * before
