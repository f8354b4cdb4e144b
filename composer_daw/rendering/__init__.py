"""Rendering: instruments, effects, takes, and the pool of workers."""

from composer_daw.rendering.instrument import Instrument, instrument_names, load_instrument, open_host
from composer_daw.rendering.pool import Done, default_workers, run_jobs
from composer_daw.rendering.preset import Licence, Preset
from composer_daw.rendering.render import Take, check_technique, render, with_techniques

__all__ = [
    "Done",
    "Instrument",
    "Licence",
    "Preset",
    "Take",
    "check_technique",
    "default_workers",
    "instrument_names",
    "load_instrument",
    "open_host",
    "render",
    "run_jobs",
    "with_techniques",
]
