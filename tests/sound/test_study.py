"""The shipped study, as written: each passage is played as a string player would read it."""

from __future__ import annotations

from pathlib import Path

from composer_daw.midi import load_midi
from composer_daw.rendering import Instrument, with_techniques
from composer_daw.techniques import realize

STUDY = Path(__file__).resolve().parents[2] / "examples" / "technique_study.mid"


def test_ord_ends_what_the_bow_did(violin: Instrument) -> None:
    performance = load_midi(STUDY)
    asked = with_techniques(performance, violin, "written")
    labels = realize(asked, violin.technique_map).labels
    at = list(zip(labels.rows["written_onset_s"].tolist(), labels.played_names(), strict=True))
    endings = {text.time_s for text in performance.texts if text.text == "ord."}
    assert len(endings) >= 6
    for end_s in endings:
        assert next(name for onset_s, name in at if onset_s >= end_s - 1e-4) == "sustain", end_s
    heard = {part for _, name in at for part in name.split("+")}
    assert {"spiccato", "pizzicato", "tremolo", "harmonics", "sul_ponticello", "con_sordino"} <= heard
