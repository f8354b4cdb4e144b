"""Render articulation versions of MIDI files: the same as `composer-daw dataset render`."""

from __future__ import annotations

import sys

from composer_daw.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["dataset", "render"]
    main()
