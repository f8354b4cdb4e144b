"""The text of an SFZ instrument: read with all it includes, and made ready for the engine.

    sfz = read_sfz(Path("violin.sfz"))
    sfz.samples                     # every sample file that it names, as paths
    sfz.for_engine(Path("lib"))     # the same instrument as one text that stands anywhere

An SFZ is headers (`<region>`, `<group>` ...) with opcodes (`key=60`). A region takes what its group, master
and global headers say, and overrides it. Paths stand relative to the file that is opened, whichever file
names them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from composer_daw.errors import InputError, LoadError
from composer_daw.sfz_text import SfzText, read_sfz_text

Opcodes = dict[str, str]

DEFAULT_BEND_CENTS = 200
"""How far the wheel bends where a region does not say."""

UNUSED_CONTROLLER = 400
"""A controller beyond all that MIDI can send: it is always 0."""

_ABOVE = {"global": (), "master": ("global",), "group": ("global", "master")}
_RANDOM = re.compile(r"random|^(?:lo|hi)rand$|cc13[56]$")
"""Opcodes that draw random numbers: ranges of chance, spreads, and the two random controllers."""


@dataclass(frozen=True)
class Sfz:
    """One instrument: its own text with all includes in place, comments left out."""

    source: SfzText

    @property
    def path(self) -> Path:
        """Return the file that was opened, resolved."""
        return self.source.path

    @property
    def text(self) -> str:
        """Return the whole text."""
        return self.source.text

    @cached_property
    def regions(self) -> tuple[Opcodes, ...]:
        """Return every region with all opcodes that hold for it; `sample` has its default path before it."""
        with _loading():
            return tuple(_regions(self.source))

    @cached_property
    def samples(self) -> tuple[Path, ...]:
        """Return the sample files that the regions name, each once, in order; generators are left out."""
        with _loading():
            own = {opcodes.get("name", "") for header, opcodes in _headers(self.source) if header == "sample"}
        named = dict.fromkeys(region.get("sample", "") for region in self.regions)
        files = (name for name in named if name and not name.startswith("*") and name not in own)
        return tuple(self.path.parent / name for name in files)

    @property
    def draws_random(self) -> bool:
        """Tell whether the engine draws random numbers to play it."""
        return any(
            (_RANDOM.search(name) and _number(value) != float(name == "hirand"))
            or (name == "sample" and "noise" in value)
            or (name == "oscillator_phase" and value.startswith("-"))
            or (name.endswith("_wave") and value == "12")
            for region in self.regions
            for name, value in region.items()
        )

    @property
    def bend_cents(self) -> frozenset[float]:
        """Return how far the wheel bends the regions, up or down; those that it does not bend left out."""
        ways = (("bend_up", "bendup", 1), ("bend_down", "benddown", -1))
        found = (
            sign * _number(region.get(name, region.get(alias, str(sign * DEFAULT_BEND_CENTS))))
            for region in self.regions
            for name, alias, sign in ways
        )
        return frozenset(cents for cents in found if cents)

    def for_engine(self, root: Path) -> str:
        """Return the instrument as one text whose samples are found below `root`, read whole when it loads.

        The engine streams samples, and does not wait for them even when it is told to render offline: what
        comes late is silence. It preloads each sample up to the largest offset that a controller may ask for.
        An offset on a controller that is always 0 makes it load every sample whole and changes no sound.
        """
        whole = f"<region>offset_oncc{UNUSED_CONTROLLER}=1000000000\n"
        text = re.sub(r"hint_ram_based=\S+", "", self.text).replace("<region>", whole)
        text = re.sub(r"default_path=(?!/)", f"default_path={root}/", text)
        text = text.replace("<control>", f"<control>default_path={root}/\n")
        text = re.sub(r"(<sample>[^<]*?\bname=)", rf"\g<1>{root}/", text)
        if "default_path=" not in self.text:  # one that is set comes before absolute names too
            text = re.sub(r"\bsample=(?=/)", "sample=" + os.path.relpath("/", self.path.parent), text)
        return f"<control>default_path={root}/\n{text}"


def read_sfz(path: Path) -> Sfz:
    """Read an SFZ file with all that it includes; raise LoadError for what is no SFZ, or incomplete."""
    with _loading():
        return Sfz(read_sfz_text(path))


@contextmanager
def _loading() -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise LoadError(str(error)) from error


def _headers(source: SfzText) -> Iterator[tuple[str, Opcodes]]:
    """Yield each header with the opcodes under it, as they hold where they stand."""
    header, opcodes = "", Opcodes()
    for found, opcode, value, _ in source.tokens():
        if found:
            yield header, opcodes
            header, opcodes = found, {}
        else:
            opcodes[opcode] = value
    yield header, opcodes


def _regions(source: SfzText) -> Iterator[Opcodes]:
    above: dict[str, Opcodes] = {}
    folder = ""
    for header, opcodes in _headers(source):
        if header in _ABOVE:
            above = {name: above.get(name, {}) for name in _ABOVE[header]} | {header: opcodes}
        elif header == "control":
            folder = opcodes.get("default_path", "").replace("\\", "/")
        elif header == "region":
            region = {name: value for level in above.values() for name, value in level.items()} | opcodes
            sample = region.get("sample", "").replace("\\", "/")
            yield region | {"sample": sample if sample.startswith("*") else folder + sample}


def _number(text: str) -> float:
    found = re.match(r"[-+]?\d*\.?\d+", text)
    return float(found[0]) if found else 0.0
