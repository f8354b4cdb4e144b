"""Render articulation versions of MIDI files: the same as `composer-daw dataset render`."""

from __future__ import annotations

import sys
from pathlib import Path

from environment import run_inside

if __name__ == "__main__":
    run_inside(Path(__file__))
    from composer_daw.cli import main

    sys.argv[1:1] = ["dataset", "render"]
    main()
