"""Build the probe plugins: python tests/plugins/build.py [FOLDER]."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from probe_plugin import BUILDS, FORMATS, KINDS, build  # noqa: E402

if __name__ == "__main__":
    plugins = build(Path(sys.argv[1]) if len(sys.argv) > 1 else BUILDS)
    for kind in KINDS:
        for format in FORMATS:
            print(plugins.variant("", format, kind))
