"""The lines of a `.reabank` file: banks and programs, each with the attributes of the `//!` lines before it.

The notation is described at https://reaticulate.com/reabank.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from composer_daw.errors import DocumentError, did_you_mean
from composer_daw.techniques.interchange.conversion import Loss
from composer_daw.techniques.interchange.reabank_notation import unquoted

MOST_LINES = 80_000
OF_BANK = frozenset({"g", "n", "clone", "off", "f", "chase", "m", "id", "colors"})
OF_PROGRAM = frozenset(
    {"i", "n", "c", "f", "g", "o", "spacer", "transpose", "velocity", "pitchrange", "velrange", "m", "colors"}
)
OURS = frozenset({"technique", "plays"})
"""What we write for ourselves where a name alone would not come back; Reaticulate passes over it."""

_BREAK = re.compile(r"\r*\n|\r")
_ATTRIBUTE = re.compile(r'(\w+)=(?:"([^"]*)("|$)|(\S+))')
_BANK = re.compile(r"bank\s+(\d{1,4}|\*)\s+(\d{1,4}|\*)\s+(\S.*)", re.IGNORECASE | re.ASCII)
_PROGRAM = re.compile(r"(\d{1,9})\s+(\S.*)", re.ASCII)


@dataclass(frozen=True)
class Program:
    """An articulation: its line, its number, its name and its attributes."""

    place: str
    number: int
    name: str
    attributes: dict[str, str]


@dataclass
class Bank:
    """A bank with its programs, and what could not be read of it."""

    place: str
    name: str
    numbers: tuple[str, str] = ("*", "*")
    attributes: dict[str, str] = field(default_factory=dict)
    programs: list[Program] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Return the name by which older banks are cloned."""
        return "/".join(
            part for part in (self.attributes.get("g"), self.attributes.get("n", self.name)) if part
        )


def banks_of(text: str, name: str) -> tuple[list[Bank], dict[str, str]]:
    """Return the banks of a file, clones not yet written out, and the colours that it names.

    Raises DocumentError for a text that is no reabank. Lines that cannot be read are losses of their bank.
    """
    lines = _BREAK.split(text)
    if len(lines) > MOST_LINES:
        raise DocumentError(
            f"{name}: {len(lines):,} lines, more than the {MOST_LINES:,} of a reabank; split it"
        )
    return _Reader(name).read(lines)


class _Reader:
    """Goes through the lines, and keeps the attributes that wait for the line they belong to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.banks: list[Bank] = []
        self.colors: dict[str, str] = {}
        self.early: list[Loss] = []
        self.waiting: dict[str, str] = {}
        self.comments = 0

    def read(self, lines: list[str]) -> tuple[list[Bank], dict[str, str]]:
        for number, line in enumerate(lines, start=1):
            self._line(line.strip(), f"{self.name}:{number}")
        if not self.banks:
            self._check_only_comments()
        if self.waiting:
            self._lose(
                f"{self.name}:{len(lines)}", " ".join(self.waiting), "no line follows these attributes"
            )
        if self.banks:
            self.banks[0].losses[:0] = self.early
            if self.comments:
                what = f"{self.comments} lines of comments"
                self.banks[0].losses.append(Loss(self.name, what, "comments are not carried"))
        return self.banks, self.colors

    def _check_only_comments(self) -> None:
        if self.early or not self.comments:
            first = self.early[0].place if self.early else f"{self.name}:1"
            raise DocumentError(
                f"{first}: no reabank; a line such as 'Bank * * Violins' comes before all else"
            )

    def _lose(self, place: str, what: str, why: str) -> None:
        (self.banks[-1].losses if self.banks else self.early).append(Loss(place, what[:200], why))

    def _line(self, line: str, place: str) -> None:
        if line.startswith("//!"):
            self._attributes(line[3:], place)
        elif line.startswith("//"):
            self.comments += 1
        elif re.match(r"bank\b", line, re.IGNORECASE):
            self._bank(line, place)
        elif line:
            self._program(line, place)

    def _attributes(self, text: str, place: str) -> None:
        for key, quoted, end, bare in _ATTRIBUTE.findall(text):
            value = bare or (unquoted(quoted) if key == "m" else quoted)
            if not bare and not end:
                self._lose(
                    place, f'{key}="{quoted}', "the closing quote is missing; the line is read to its end"
                )
            if key == "colors":
                self.colors |= dict(re.findall(r"([\w-]+)=(#[0-9a-fA-F]{6})", value))
            elif key in self.waiting:
                self._lose(place, f"{key}={value}", "stands twice; the first counts")
            else:
                self.waiting[key] = value
        left = _ATTRIBUTE.sub(" ", text).strip()
        if re.search(r"\w", left):
            self._lose(place, left, "no attribute; write name=value")

    def _bank(self, line: str, place: str) -> None:
        match = _BANK.fullmatch(line)
        whole = match is not None and all(part == "*" or int(part) < 128 for part in match.groups()[:2])
        bank = Bank(place, match[3] if match else re.sub(r"^bank[\s\d*]*", "", line, flags=re.IGNORECASE))
        self.banks.append(bank)
        bank.attributes = self._taken(OF_BANK, place)
        bank.name = bank.name or bank.attributes.get("n", "unnamed")
        if match and whole:
            bank.numbers = (match[1], match[2])
        else:
            self._lose(place, line, "a bank has two numbers from 0 to 127, or two *, and a name")

    def _program(self, line: str, place: str) -> None:
        attributes = self._taken(OF_PROGRAM | OURS, place)
        match = _PROGRAM.fullmatch(line)
        if not match:
            self._lose(place, line, "no line of a reabank; write a number and a name")
        elif int(match[1]) > 127:
            self._lose(place, line, "the number of an articulation is 0 to 127")
        elif not self.banks:
            self._lose(place, line, "no bank before it")
        else:
            self.banks[-1].programs.append(Program(place, int(match[1]), match[2], attributes))

    def _taken(self, known: frozenset[str], place: str) -> dict[str, str]:
        for key in self.waiting.keys() - known:
            self._lose(place, f"{key}={self.waiting[key]}", f"no such attribute{did_you_mean(key, known)}")
        taken = {key: value for key, value in self.waiting.items() if key in known}
        self.waiting = {}
        return taken
