"""The text of SFZ instruments: read with all it includes, and taken apart into headers and opcodes.

An SFZ is headers (`<region>`, `<group>` ...) with opcodes (`key=60`). Paths of includes stand relative to the
file that is opened, whichever file names them. Hosts read it to play it, technique maps for its switches.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path, PureWindowsPath

from composer_daw.errors import DocumentError
from composer_daw.files import check_is_file

DEEPEST, MOST, LONGEST = 32, 10_000, 50_000_000
"""How deep files may include each other, how many may be included, and how many characters that may make."""

LONGEST_VALUE, LONGEST_NAME = 4096, 256
"""How long a value may become by what `#define` puts into it, and how much of a name counts."""

ALL = r"[\w$]+"
"""The pattern of every opcode."""

Token = tuple[str, str, str, int]
"""A header, or else an opcode and its value; and where it stands in the text."""

_COMMENTS = re.compile(r"(base64data=[^<#]*)|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_DIRECTIVE = re.compile(r'#define[ \t]+\$(\w+)[ \t]+(\S*)|#include[ \t]+"([^"\n]*)"')
_SHAPE = (
    r"#define[ \t]+\$(\w+)[ \t]+(\S*)|<(\w+)>|(?<![\w$])({opcodes})="
    r"((?:[^\n<]*?[^\n< \t])??)(?=[ \t]*(?:<|$)|[ \t]+(?:[\w$]+=|#define\b))"
)


@dataclass(frozen=True)
class SfzText:
    """One instrument: its own text with all includes in place, comments left out."""

    path: Path
    text: str
    pieces: tuple[tuple[int, Path, int], ...]
    """What the text is made of: where a piece begins, its file, and the line there."""
    guessed: tuple[Path, ...] = ()
    """Files that are not UTF-8, read as Latin-1."""

    def tokens(self, opcodes: str = ALL) -> Iterator[Token]:
        """Yield headers, and those opcodes whose whole name this pattern matches, with `$names` put in.

        Raises DocumentError for a name that is defined by itself, or longer than `LONGEST_VALUE`.
        """
        defined: dict[str, str] = {}
        for found in _pattern(opcodes).finditer(self.text):
            name, value, header, opcode, given = found.groups()
            if opcode:
                if "$" in opcode or "$" in given:
                    opcode = self._expanded(opcode, defined, found.start())
                    given = self._expanded(given, defined, found.start())
                yield "", opcode, given.strip(), found.start()
            elif header:
                yield header, "", "", found.start()
            else:
                defined[name] = value

    def place(self, offset: int) -> str:
        """Return the file and line of a character of the text, as "file:line"."""
        begin, path, line = self.pieces[bisect_right(self.pieces, offset, key=lambda piece: piece[0]) - 1]
        more = bisect_right(self._line_ends, offset - 1) - bisect_right(self._line_ends, begin - 1)
        return f"{path}:{line + more}"

    @cached_property
    def _line_ends(self) -> list[int]:
        return [end.start() for end in re.finditer("\n", self.text)]

    def _expanded(self, text: str, defined: dict[str, str], offset: int) -> str:
        try:
            return expanded(text, defined)
        except DocumentError as error:
            raise DocumentError(f"{self.place(offset)}: {error}") from error


def read_sfz_text(path: str | Path, confined: bool = False, longest: int = LONGEST) -> SfzText:
    """Read an SFZ file with all that it includes; `confined`: nothing from outside its own folder.

    Raises DocumentError with file, line and remedy for what is no SFZ, incomplete, endless or too long.
    """
    source = check_is_file(path, "an SFZ file")
    if source.is_symlink():
        source = source.resolve()
    reader = _Reader(source.parent, confined, longest)
    reader.add(source, 0)
    text = "".join(reader.parts)
    if "<region>" not in text:
        raise DocumentError(f"{path}: holds no <region>; give an SFZ instrument")
    return SfzText(source.resolve(), text, tuple(reader.pieces), tuple(reader.guessed))


def expanded(text: str, defined: dict[str, str]) -> str:
    """Return the text with each $name replaced, as sfizz does it.

    Of the names that a word begins with, the shortest that is defined counts; what is not defined goes.
    """

    def value(found: re.Match[str]) -> str:
        word = found[1]
        end = next((end for end in range(1, min(len(word), LONGEST_NAME) + 1) if word[:end] in defined), None)
        return defined[word[:end]] + word[end:] if end else ""

    for _ in range(DEEPEST):
        if "$" not in text:
            return text
        if len(text) > LONGEST_VALUE:
            break
        text = re.sub(r"\$(\w*)", value, text)
    raise DocumentError(f"'{text[:40]}' is defined by itself, without end; define it by other names")


@lru_cache(maxsize=8)
def _pattern(opcodes: str) -> re.Pattern[str]:
    return re.compile(_SHAPE.format(opcodes=opcodes), re.MULTILINE)


class _Reader:
    """Puts a file and all that it includes together, and keeps book of what comes from where."""

    def __init__(self, root: Path, confined: bool, longest: int) -> None:
        self.root, self.confined, self.longest = root, confined, longest
        self.parts: list[str] = []
        self.pieces: list[tuple[int, Path, int]] = []
        self.guessed: list[Path] = []
        self._texts: dict[Path, str] = {}
        self._defined: dict[str, str] = {}
        self._length = self._included = 0

    def add(self, path: Path, depth: int) -> None:
        """Add the text of a file, each include replaced by what it includes."""
        text, done, line = self._text(path), 0, 1
        for found in _DIRECTIVE.finditer(text):
            name, value, included = found.groups()
            if included is None:
                self._defined[name] = value
                continue
            self._append(text[done : found.start()], path, line)
            line += text.count("\n", done, found.start())
            done = found.end()
            try:
                inner = self._included_file(included, depth)
            except DocumentError as error:
                raise DocumentError(f"{path}:{line}: {error}") from error
            self.add(inner, depth + 1)
        self._append(text[done:], path, line)

    def _append(self, text: str, path: Path, line: int) -> None:
        self.pieces.append((self._length, path, line))
        self.parts.append(text + "\n")
        self._length += len(text) + 1
        if self._length > self.longest:
            problem = f"with its includes longer than {self.longest:,} characters; give a smaller instrument"
            raise DocumentError(f"{path}:{line}: {problem}")

    def _included_file(self, included: str, depth: int) -> Path:
        self._included += 1
        if depth == DEEPEST:
            raise DocumentError(f"includes files more than {DEEPEST} deep; does one include itself?")
        if self._included > MOST:
            raise DocumentError(f"more than {MOST:,} includes; does a file include others again and again?")
        name = expanded(included, self._defined).replace("\\", "/")
        if self.confined:
            self._check_confined(name, included)
        inner = self.root / name
        try:
            missing = not inner.is_file()
        except (OSError, ValueError):  # too long, or with characters that no name has
            missing = True
        if missing:
            raise DocumentError(f"includes '{included}', and there is no such file; is the set complete?")
        return inner

    def _check_confined(self, name: str, included: str) -> None:
        windows = PureWindowsPath(name)
        away = windows.drive or windows.root or ".." in windows.parts
        try:
            away = away or not (self.root / name).resolve().is_relative_to(self.root.resolve())
        except (OSError, ValueError, RuntimeError):
            away = False  # no file is called that; the next check says so
        if away:
            raise DocumentError(
                f"includes '{included}', which leads out of the folder of the instrument; "
                "put the file beside it and name it from there"
            )

    def _text(self, path: Path) -> str:
        """Return the text of a file, its comments replaced by the line ends in them."""
        if path not in self._texts:
            found = _COMMENTS.sub(lambda match: match[1] or "\n" * match[0].count("\n"), self._decoded(path))
            self._texts[path] = found
        return self._texts[path]

    def _decoded(self, path: Path) -> str:
        try:
            size = path.stat().st_size
            data = path.read_bytes() if size <= self.longest else b""
        except OSError as error:
            raise DocumentError(f"{path}: cannot be read: {error.strerror or error}") from error
        if size > self.longest:
            raise DocumentError(f"{path}: {size:,} bytes, more than {self.longest:,}; give an SFZ instrument")
        if b"\0" in data:
            raise DocumentError(f"{path}: is not text; give an SFZ instrument, saved as UTF-8")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.guessed.append(path)
            text = data.decode("latin-1")
        return text.replace("\r\n", "\n").replace("\r", "\n")
