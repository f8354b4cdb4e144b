"""Which parameters of a plugin are choices, such as a waveform: there is nothing between two of them."""

from __future__ import annotations

import re

from composer_daw.authoring.fingerprint import SAMPLE_RATE, by_name
from composer_daw.authoring.restore import Patch
from composer_daw.hosts.plugin import open_plugin

STEPS = 64
_FRACTION = re.compile(r"\d[.,]\d*[1-9]|\d[eE]-\d")


def choices_of(patch: Patch) -> frozenset[str]:
    """Return the names of the parameters that are choices or switches, as what the plugin shows tells.

    All parameters are moved through 65 values at once. One that shows words or whole numbers, and at most
    half as many different ones, goes in steps. One that shows the same throughout says nothing, and does
    not count.
    """
    shown: dict[str, list[str]] = {}
    with open_plugin(patch.sound, SAMPLE_RATE, patch.limits) as host:
        indices = [one.index for one in host.parameters()]
        for step in range(STEPS + 1):
            for index in indices:
                host.set(f"#{index}", step / STEPS)
            for name, one in by_name(host.parameters()).items():
                shown.setdefault(name, []).append(one.text)
    return frozenset(name for name, texts in shown.items() if in_steps(texts))


def in_steps(texts: list[str]) -> bool:
    """Tell whether these texts, from the lowest value to the highest, are those of a choice."""
    different = set(texts)
    return 1 < len(different) <= len(texts) // 2 and not any(_FRACTION.search(text) for text in different)
