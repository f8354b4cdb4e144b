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
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from composer_daw.errors import InputError, LoadError
from composer_daw.files import check_is_file

Opcodes = dict[str, str]

DEEPEST, LONGEST = 32, 50_000_000
"""How deep files may include each other, and how many characters an instrument may have with all of them."""

DEFAULT_BEND_CENTS = 200
"""How far the wheel bends where a region does not say."""

UNUSED_CONTROLLER = 400
"""A controller beyond all that MIDI can send: it is always 0."""

_COMMENTS = re.compile(r"(base64data=[^<#]*)|//[^\r\n]*|/\*.*?\*/", re.DOTALL)
_DIRECTIVE = re.compile(r'#define[ \t]+\$(\w+)[ \t]+(\S*)|#include[ \t]+"([^"\r\n]*)"')
_TOKEN = re.compile(
    r"#define[ \t]+\$(?P<name>\w+)[ \t]+(?P<value>\S*)|<(?P<header>\w+)>"
    r"|(?P<opcode>[\w$]+)=(?P<set>[^\r\n<]*?)(?=[ \t]+\w[\w$]*=|[ \t]*<|[ \t]+#define\b|[ \t]*$)",
    re.MULTILINE,
)
_ABOVE = {"global": (), "master": ("global",), "group": ("global", "master")}
_RANDOM = re.compile(r"random|^(?:lo|hi)rand$|cc13[56]$")
"""Opcodes that draw random numbers: ranges of chance, spreads, and the two random controllers."""


@dataclass(frozen=True)
class Sfz:
    """One instrument: its own text with all includes in place, comments left out."""

    path: Path
    text: str

    @cached_property
    def regions(self) -> tuple[Opcodes, ...]:
        """Return every region with all opcodes that hold for it; `sample` has its default path before it."""
        return tuple(_regions(self.text))

    @cached_property
    def samples(self) -> tuple[Path, ...]:
        """Return the sample files that the regions name, each once, in order; generators are left out."""
        embedded = {opcodes.get("name", "") for header, opcodes in _headers(self.text) if header == "sample"}
        named = dict.fromkeys(region.get("sample", "") for region in self.regions)
        files = (name for name in named if name and not name.startswith("*") and name not in embedded)
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
    try:
        source = check_is_file(path, "an SFZ file").resolve()
    except InputError as error:
        raise LoadError(str(error)) from error
    text = "".join(_inlined(source, source.parent, {}, 0))
    if len(text) > LONGEST:
        raise LoadError(f"{path}: with its includes longer than {LONGEST:,} characters")
    if "<region>" not in text:
        raise LoadError(f"{path}: holds no <region>; give an SFZ instrument")
    return Sfz(source, text)


def _inlined(path: Path, root: Path, defined: dict[str, str], depth: int) -> Iterator[str]:
    """Yield the text of a file, comments out, each include replaced by what it includes."""
    text, done = _COMMENTS.sub(r"\1", _decoded(path)), 0
    for found in _DIRECTIVE.finditer(text):
        name, value, included = found.groups()
        if included is None:
            defined[name] = value
            continue
        if depth == DEEPEST:
            raise LoadError(f"{path}: includes files more than {DEEPEST} deep; does one include itself?")
        inner = root / expanded(included, defined).replace("\\", "/")
        if not inner.is_file():
            raise LoadError(f"{path}: includes '{included}', and there is no such file; is the set complete?")
        yield text[done : found.start()] + "\n"
        yield from _inlined(inner, root, defined, depth + 1)
        done = found.end()
    yield text[done:] + "\n"


def _decoded(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LoadError(f"{path}: cannot be read: {error.strerror or error}") from error
    if b"\0" in data or len(data) > LONGEST:
        raise LoadError(f"{path}: is not text; give an SFZ instrument")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def expanded(text: str, defined: dict[str, str]) -> str:
    """Return the text with each $name replaced, as the engine does it.

    Of the names that a word begins with, the shortest that is defined counts; what is not defined goes.
    """

    def value(found: re.Match[str]) -> str:
        word = found[1]
        end = next((end for end in range(1, len(word) + 1) if word[:end] in defined), None)
        return defined[word[:end]] + word[end:] if end else ""

    for _ in range(DEEPEST):
        if "$" not in text:
            return text
        text = re.sub(r"\$(\w*)", value, text)
    raise LoadError(f"the SFZ defines '{text[:40]}' by itself; the engine would never come to an end of it")


def _headers(text: str) -> Iterator[tuple[str, Opcodes]]:
    """Yield each header with the opcodes under it, as they hold where they stand."""
    header, opcodes, defined = "", Opcodes(), dict[str, str]()
    for token in _TOKEN.finditer(text):
        if token["name"]:
            defined[token["name"]] = token["value"]
        elif token["header"]:
            yield header, opcodes
            header, opcodes = token["header"], {}
        else:
            opcodes[expanded(token["opcode"], defined)] = expanded(token["set"], defined).strip()
    yield header, opcodes


def _regions(text: str) -> Iterator[Opcodes]:
    above: dict[str, Opcodes] = {}
    folder = ""
    for header, opcodes in _headers(text):
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
