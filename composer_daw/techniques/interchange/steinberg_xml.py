"""The XML in which Cubase saves its objects: read without trusting it, and written as Cubase writes it.

Everything is an `int`, `float` or `string` with a name and a value, a `member` of an object, an `obj` with a
class and an ID, or a `list` of these. Nothing here knows what the objects mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, ErrorHandler
from xml.sax.saxutils import escape
from xml.sax.xmlreader import AttributesImpl

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

from composer_daw.errors import DocumentError
from composer_daw.files import check_is_file

LARGEST_BYTES = 5_000_000
MOST_ELEMENTS = 150_000
DEEPEST = 32
"""Cubase nests 12 deep."""

_INDENT = "   "
_IN_ATTRIBUTES = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


@dataclass
class Node:
    """An element: its tag, `class`, `name` and `value`, its line in the file, and what stands in it."""

    tag: str
    kind: str
    name: str
    value: str
    line: int
    children: list[Node] = field(default_factory=list)

    def child(self, name: str) -> Node | None:
        """Return the first part of that name."""
        return next((node for node in self.children if node.name == name), None)

    def items(self, kind: str) -> Iterator[Node]:
        """Yield the objects of a class that stand in the lists of a member."""
        for group in self.children:
            if group.tag == "list":
                yield from (node for node in group.children if node.kind == kind)

    def others(self, kind: str) -> Iterator[Node]:
        """Yield what stands in the lists of a member, and is not of that class."""
        for group in self.children:
            if group.tag == "list":
                yield from (node for node in group.children if node.kind != kind)

    def text(self, name: str, otherwise: str = "") -> str:
        """Return the value of a part."""
        node = self.child(name)
        return otherwise if node is None else node.value


def read_xml(path: str | Path, root: str, what: str) -> Node:
    """Return the root of a file, which must have that tag; raise DocumentError with file, line and remedy."""
    source = check_is_file(path, what)
    size = source.stat().st_size
    if size > LARGEST_BYTES:
        problem = f"{size:,} bytes, more than the {LARGEST_BYTES:,} that are read"
        raise DocumentError(f"{source}: {problem}; split it")
    data = source.read_bytes()
    builder = _Builder(str(source), root, what)
    try:
        parseString(data, builder, ErrorHandler(), forbid_dtd=True)
    except DefusedXmlException as error:
        problem = "a document type or entities, which are not read here; take those lines out"
        raise DocumentError(f"{source}:{builder.line}: {problem}") from error
    except SAXParseException as error:
        line = error.getLineNumber() or builder.line
        raise DocumentError(f"{source}:{line}: not XML: {_problem(data, error)}; give {what}") from error
    except (SAXException, ValueError, LookupError) as error:
        problem = f"its encoding is not read ({error})"
        raise DocumentError(f"{source}:{builder.line}: {problem}; save it as UTF-8") from error
    assert builder.top is not None
    return builder.top


def _problem(data: bytes, error: SAXParseException) -> str:
    declared = b"encoding" in data[:200].partition(b"?>")[0]
    if "invalid token" in error.getMessage() and (not declared or b"utf-8" in data[:200].lower()):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as wrong:
            return f"it is not UTF-8 (byte {wrong.start})"
    if error.getMessage() in ("no element found", "unclosed token"):
        return "it ends too early"
    return str(error.getMessage())


class _Builder(ContentHandler):
    """Builds the nodes, and knows at which line the parser is; no call goes deeper for a deeper file."""

    def __init__(self, source: str, root: str, what: str) -> None:
        super().__init__()
        self.source, self.root, self.what = source, root, what
        self.top: Node | None = None
        self.open: list[Node] = []
        self.count = 0
        self.locator: Any = None

    @property
    def line(self) -> int:
        return (self.locator.getLineNumber() if self.locator else None) or 1

    def setDocumentLocator(self, locator: Any) -> None:
        self.locator = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        get = attrs.get
        node = Node(name, get("class", ""), get("name", ""), get("value", ""), self.line)
        if self.open:
            self.open[-1].children.append(node)
        elif name != self.root:
            raise DocumentError(f"{self.source}:{self.line}: <{name}> begins no such file; give {self.what}")
        else:
            self.top = node
        self.open.append(node)
        self.count += 1
        place = f"{self.source}:{self.line}"
        if len(self.open) > DEEPEST:
            raise DocumentError(f"{place}: nested more than {DEEPEST} deep; give {self.what}")
        if self.count > MOST_ELEMENTS:
            raise DocumentError(f"{place}: more than {MOST_ELEMENTS:,} elements; split the map")

    def endElement(self, name: str) -> None:
        self.open.pop()


class XmlText:
    """Lines of XML as Cubase lays them out; every object gets an ID of its own."""

    def __init__(self) -> None:
        """Begin with the declaration."""
        self.lines = ['<?xml version="1.0" encoding="utf-8"?>']
        self._depth = 0
        self._last_id = 0

    @contextmanager
    def inside(self, tag: str, **attributes: str) -> Iterator[None]:
        """Open an element, and close it after the block."""
        shown = "".join(f' {name}="{_attribute(value)}"' for name, value in attributes.items())
        self._line(f"<{tag}{shown}>")
        self._depth += 1
        yield
        self._depth -= 1
        self._line(f"</{tag}>")

    @contextmanager
    def member(self, name: str, ownership: int, listed: bool = True) -> Iterator[None]:
        """Open a member that owns objects, with the list of them where it has any."""
        with self.inside("member", name=name):
            self.values("int", ownership=ownership)
            if not listed:
                yield
                return
            with self.inside("list", name="obj", type="obj"):
                yield

    @contextmanager
    def instance(self, kind: str, name: str = "") -> Iterator[None]:
        """Open an object of a class."""
        self._last_id += 1
        named = {"name": name} if name else {}
        with self.inside("obj", **{"class": kind}, **named, ID=str(self._last_id)):
            yield

    def values(self, kind: str, **values: object) -> None:
        """Write values of one kind: int, float or string."""
        wide = ' wide="true"' if kind == "string" else ""
        for name, value in values.items():
            text = decimal(value) if isinstance(value, float) else str(value)
            self._line(f'<{kind} name="{name}" value="{_attribute(text)}"{wide}/>')

    def __str__(self) -> str:
        """Return the whole file."""
        return "\n".join(self.lines) + "\n"

    def _line(self, text: str) -> None:
        self.lines.append(_INDENT * self._depth + text)


def _attribute(text: str) -> str:
    return escape(text, _IN_ATTRIBUTES)


def decimal(value: float) -> str:
    """Return a number as Cubase writes it: all digits, up to 50, no exponent, no zeros at the end."""
    text = f"{value:.50f}".rstrip("0").rstrip(".")
    return text or "0"


def written(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return "".join(one for one in text if _holds(ord(one)))


def _holds(code: int) -> bool:
    return (
        code in (9, 10, 13) or 32 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    )
