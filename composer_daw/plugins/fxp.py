"""VST2 preset files: `.fxp` (one program) and `.fxb` (a bank), with parameters or with an opaque chunk.

Big-endian throughout. Both begin with 'CcnK', the size of what follows, a magic word, a format version, the
plugin's ID and version, and a count; then

| magic | is | holds |
|---|---|---|
| FxCk | a program | 28 bytes of name, one float (0..1) for each parameter |
| FPCh | a program | 28 bytes of name, the size of the chunk, the chunk |
| FxBk | a bank | 128 reserved bytes, then whole FxCk programs |
| FBCh | a bank | 128 reserved bytes, the size of the chunk, the chunk |

In format 2 the first four reserved bytes of a bank are the number of the current program. What was read is
written again byte for byte. JUCE (and so DawDreamer) saves the state of a VST2 as a bank of format 1.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field, replace

from composer_daw.errors import InputError

MAGIC = b"CcnK"
NAME_BYTES = 28
_HEADER = struct.Struct(">4sI4s4I")  # magic, size, kind, format, plugin ID, plugin version, count
_COUNT = struct.Struct(">I")
_PROGRAMS, _BANKS = (b"FxCk", b"FPCh"), (b"FxBk", b"FBCh")
_UNKNOWN_SIZE = -1


@dataclass(frozen=True)
class _Saved:
    """What programs and banks have in common; the fields after the first two are kept to write them again."""

    plugin_id: int
    plugin_version: int
    chunk: bytes | None = None
    """What the plugin wrote in a form of its own, or None where parameters stand instead."""
    format: int = 1
    count: int = 0
    """What the header counts: parameters, or programs."""
    declared_size: int = _UNKNOWN_SIZE
    """The size that the header states: writers disagree, JUCE writes 0. Counted when it is not given."""
    rest: bytes = b""
    """What stands after the end."""

    @property
    def identity(self) -> str:
        """Return the plugin's ID as its four characters, or as hexadecimal digits where they are not text."""
        return id_text(self.plugin_id)

    def _written(self, magic: bytes, body: bytes) -> bytes:
        size = _HEADER.size - 8 + len(body) if self.declared_size == _UNKNOWN_SIZE else self.declared_size
        words = (self.format, self.plugin_id, self.plugin_version, self.count)
        return _HEADER.pack(MAGIC, size, magic, *words) + body + self.rest


@dataclass(frozen=True)
class Program(_Saved):
    """One sound of a VST2: `parameters` (0..1), or `chunk`."""

    parameters: tuple[float, ...] = ()
    name_field: bytes = bytes(NAME_BYTES)
    """The 28 bytes of the name as they stand in a file; see `encoded_name`."""

    @property
    def name(self) -> str:
        """Return the name as text: UTF-8, else Latin-1, up to the first zero byte."""
        stored = self.name_field.split(b"\0")[0]
        try:
            return stored.decode("utf-8")
        except UnicodeDecodeError:
            return stored.decode("latin-1")

    def to_bytes(self) -> bytes:
        """Return the program as an `.fxp` file; reverse of `read_fxp`."""
        if self.chunk is not None:
            return self._written(b"FPCh", self.name_field + _COUNT.pack(len(self.chunk)) + self.chunk)
        values = struct.pack(f">{len(self.parameters)}f", *self.parameters)
        return self._written(b"FxCk", self.name_field + values)


@dataclass(frozen=True)
class Bank(_Saved):
    """All sounds of a VST2: `programs`, each with its parameters, or `chunk`."""

    programs: tuple[Program, ...] = ()
    reserved: bytes = field(default=bytes(128), repr=False)

    @property
    def current_program(self) -> int | None:
        """Return the number of the program that was chosen, from 0; None where the format does not say."""
        return int(_COUNT.unpack_from(self.reserved)[0]) if self.format >= 2 else None

    def to_bytes(self) -> bytes:
        """Return the bank as an `.fxb` file; reverse of `read_fxp`."""
        if self.chunk is not None:
            return self._written(b"FBCh", self.reserved + _COUNT.pack(len(self.chunk)) + self.chunk)
        return self._written(b"FxBk", self.reserved + b"".join(one.to_bytes() for one in self.programs))


def read_fxp(data: bytes) -> Program | Bank:
    """Return the program or bank that the bytes of an `.fxp`, an `.fxb` or the raw state of a VST2 hold.

    Raises InputError for anything else, and where the bytes end too early.
    """
    if data[:4] != MAGIC:
        raise InputError("is no VST2 preset: it does not begin with 'CcnK'")
    kind = _header(data, 0)[2]
    if kind in _PROGRAMS:
        program, end = _program(data, 0)
        return replace(program, rest=data[end:])
    if kind in _BANKS:
        return _bank(data)
    raise InputError(f"is no VST2 preset that is known: its kind is {kind!r}, not FxCk, FPCh, FxBk or FBCh")


def encoded_name(name: str) -> bytes:
    """Return a name as 28 bytes: UTF-8, cut between two characters, with a zero at the end."""
    cut = name.replace("\0", " ").encode("utf-8", "replace")[: NAME_BYTES - 1]
    return cut.decode("utf-8", "ignore").encode("utf-8").ljust(NAME_BYTES, b"\0")


def id_text(plugin_id: int) -> str:
    """Return a plugin's ID as its four characters, or in hexadecimal digits where they are not text."""
    text = plugin_id.to_bytes(4, "big").decode("latin-1")
    return text if text.isascii() and text.isprintable() and text == text.strip() else f"{plugin_id:#010x}"


def _header(data: bytes, at: int) -> tuple[bytes, int, bytes, int, int, int, int]:
    if len(data) - at < _HEADER.size:
        raise InputError(f"is cut short: {len(data):,} bytes, fewer than its header takes")
    return _HEADER.unpack_from(data, at)


def _program(data: bytes, at: int) -> tuple[Program, int]:
    """Return the program that begins at a byte, and where it ends."""
    magic, size, kind, version, plugin_id, plugin_version, count = _header(data, at)
    if magic != MAGIC or kind not in _PROGRAMS:
        raise InputError(f"is damaged: at byte {at:,} a program should begin")
    place = at + _HEADER.size
    name = _piece(data, place, NAME_BYTES, "its name")
    place += NAME_BYTES
    if kind == b"FPCh":
        chunk, place = _chunk(data, place)
        return Program(plugin_id, plugin_version, chunk, version, count, size, name_field=name), place
    values = struct.unpack(f">{count}f", _piece(data, place, 4 * count, f"{count:,} parameters"))
    wrong = next((number for number, value in enumerate(values) if not math.isfinite(value)), None)
    if wrong is not None:
        raise InputError(f"is damaged: parameter {wrong} is not a number")
    program = Program(plugin_id, plugin_version, None, version, count, size, b"", values, name)
    return program, place + 4 * count


def _bank(data: bytes) -> Bank:
    _, size, kind, version, plugin_id, plugin_version, count = _header(data, 0)
    reserved = _piece(data, _HEADER.size, 128, "its header")
    place = _HEADER.size + 128
    if kind == b"FBCh":
        chunk, place = _chunk(data, place)
        return Bank(plugin_id, plugin_version, chunk, version, count, size, data[place:], reserved=reserved)
    programs: list[Program] = []
    for number in range(count):
        if place >= len(data):
            raise InputError(f"is cut short: {number:,} of {count:,} programs are there")
        program, place = _program(data, place)
        programs.append(program)
    whole = tuple(programs)
    return Bank(plugin_id, plugin_version, None, version, count, size, data[place:], whole, reserved)


def _chunk(data: bytes, at: int) -> tuple[bytes, int]:
    (size,) = _COUNT.unpack(_piece(data, at, 4, "the size of its state"))
    return _piece(data, at + 4, size, f"{size:,} bytes of state"), at + 4 + size


def _piece(data: bytes, at: int, size: int, what: str) -> bytes:
    if at + size > len(data):
        raise InputError(f"is cut short: {what} should follow at byte {at:,}, but it has {len(data):,} bytes")
    return data[at : at + size]
