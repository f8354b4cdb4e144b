"""Calibration: find out what an instrument really does, by rendering it and measuring the sound.

`single_notes` renders notes to be measured one by one. `verify` hears whether a technique map is true of the
sound, `calibrate` how late each technique speaks; both play the figures of `figures` through `playing`.
"""

from composer_daw.calibration.calibrate import Calibration, calibrate_instrument
from composer_daw.calibration.findings import Finding, Verification
from composer_daw.calibration.latency_file import write_latencies
from composer_daw.calibration.single_notes import BEFORE_S, SingleNote, render_single_notes
from composer_daw.calibration.verify import verify_instrument

__all__ = [
    "BEFORE_S",
    "Calibration",
    "Finding",
    "SingleNote",
    "Verification",
    "calibrate_instrument",
    "render_single_notes",
    "verify_instrument",
    "write_latencies",
]
