"""How late each technique of the studio violin speaks, and how long it sounds with its key held for a second.

    python benchmarks/technique_latency.py

Medians over pitches and velocities, in ms after the note is sent; the map's own latencies are taken out
first. What it prints stands in technique_maps/studio/violin.yaml as `latency_ms` and `lasts_ms`.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from composer_daw.calibration import BEFORE_S, render_single_notes
from composer_daw.measure import onset_s, sounding_end_s
from composer_daw.rendering import Instrument, load_instrument, open_host
from composer_daw.techniques.parts import Latency

NOTES = [(pitch, velocity, 1.0) for pitch in range(55, 101, 5) for velocity in (40, 84, 120)]


def without_latencies(instrument: Instrument) -> Instrument:
    """Return the instrument with a map that sends every note on time."""
    plain = {
        name: technique.model_copy(update={"latency_ms": Latency()})
        for name, technique in instrument.technique_map.techniques.items()
    }
    bare = instrument.technique_map.model_copy(update={"techniques": plain})
    return dataclasses.replace(instrument, technique_map=bare)


def main() -> None:
    """Print a line for each technique."""
    violin = without_latencies(load_instrument("studio/violin"))
    with open_host(violin) as host:
        for technique in violin.technique_map.playable():
            notes = render_single_notes(violin, host, technique, NOTES, seed=1)
            onsets = [1000 * (onset_s(note.samples, note.sample_rate) - BEFORE_S) for note in notes]
            ends = [1000 * (sounding_end_s(note.samples, note.sample_rate) - BEFORE_S) for note in notes]
            spread = f"{min(onsets):.1f} to {max(onsets):.1f}"
            print(f"{technique:<16} onset {np.median(onsets):5.1f} ({spread}), end {np.median(ends):.0f}")


if __name__ == "__main__":
    main()
