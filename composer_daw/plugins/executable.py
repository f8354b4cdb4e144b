"""Shared libraries read as data: for which machine they are, and which names they export. Nothing is loaded.

ELF (Linux), Mach-O, also with several machines in one file (macOS), and PE (Windows), by the layouts that
`elf.h`, `mach-o/loader.h` and Microsoft's "PE Format" define. Of what is read only headers and names are
looked at, through a memory map: the size of the file does not matter.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from composer_daw.errors import InputError

Image = bytes | mmap.mmap


@dataclass(frozen=True)
class Machine:
    """A system ("Linux", "macOS", "Windows"), its processor and its word size."""

    system: str
    processor: str
    bits: int

    def __str__(self) -> str:
        """Return for example "64-bit Linux (x86_64)"."""
        return f"{self.bits}-bit {self.system} ({self.processor})"


@dataclass(frozen=True)
class Library:
    """What one machine finds in a file: a library to load, or a program, and which asked names it exports."""

    machine: Machine
    loadable: bool
    exports: frozenset[str]


class _Truncated(Exception):
    """A header points past the end of the file, or makes no sense."""


def read_libraries(image: Image, names: Iterable[str]) -> tuple[Library, ...]:
    """Return the libraries in an image, one for each machine; none when it is no executable file at all.

    `exports` holds those of `names` that are there (without the underscore that macOS puts before them).
    Raises InputError for a damaged file.
    """
    reader = next((found for magic, found in _READERS.items() if image[: len(magic)] == magic), None)
    try:
        return reader(image, frozenset(names)) if reader else ()
    except (_Truncated, struct.error, OverflowError) as error:
        raise InputError("is damaged or cut short; install it again") from error


def _unpack(layout: str, image: Image, at: int) -> tuple[int, ...]:
    if at < 0 or at + struct.calcsize(layout) > len(image):
        raise _Truncated
    return struct.unpack_from(layout, image, at)


def _text(image: Image, at: int) -> str:
    """Return the zero-terminated name at a place; one longer than any that is asked for is cut."""
    if not 0 <= at < len(image):
        raise _Truncated
    return bytes(image[at : at + 64]).split(b"\0")[0].decode("latin-1")


# ---------------------------------------------------------------------------------------------------- ELF

_ELF_PROCESSORS = {3: "x86", 40: "arm", 62: "x86_64", 183: "aarch64", 243: "riscv64"}
_LOAD, _DYNAMIC, _INTERPRETER = 1, 2, 3
_STRINGS, _SYMBOLS, _GNU_HASH, _HASH = 5, 6, 0x6FFFFEF5, 4


@dataclass(frozen=True)
class _Elf:
    """An ELF image as the loader sees it: segments, and the table that leads to the exported names."""

    image: Image
    end: str
    wide: bool
    segments: tuple[tuple[int, int, int, int], ...]  # type, offset, address, size in the file

    def at(self, address: int) -> int:
        """Return where in the file a loaded address comes from."""
        for kind, offset, start, size in self.segments:
            if kind == _LOAD and start <= address < start + size:
                return offset + address - start
        raise _Truncated

    def dynamic(self) -> dict[int, int]:
        """Return the entries of the dynamic section by tag."""
        layout = self.end + ("qQ" if self.wide else "iI")
        entries: dict[int, int] = {}
        for _, offset, _, size in (segment for segment in self.segments if segment[0] == _DYNAMIC):
            for place in range(offset, offset + min(size, 1 << 16), struct.calcsize(layout)):
                tag, value = _unpack(layout, self.image, place)
                entries.setdefault(tag & 0xFFFFFFFF, value)
        return entries

    def defines(self, index: int, name: str, table: dict[int, int]) -> bool:
        """Tell whether the symbol at an index has this name and is defined here."""
        layout, size = ("IBBHQQ", 24) if self.wide else ("IIIBBH", 16)
        entry = _unpack(self.end + layout, self.image, self.at(table[_SYMBOLS]) + index * size)
        section = entry[3] if self.wide else entry[5]
        return section != 0 and _text(self.image, self.at(table[_STRINGS]) + entry[0]) == name

    def exports(self, name: str) -> bool:
        """Look a name up as the loader does, by the hash table."""
        table = self.dynamic()
        if not {_SYMBOLS, _STRINGS} <= set(table):
            return False
        if _GNU_HASH in table:
            return self._in_gnu_hash(name, table)
        return _HASH in table and self._in_hash(name, table)

    def _in_gnu_hash(self, name: str, table: dict[int, int]) -> bool:
        start, value = self.at(table[_GNU_HASH]), 5381
        for byte in name.encode():
            value = (value * 33 + byte) & 0xFFFFFFFF
        count, first, bloom, _ = _unpack(self.end + "4I", self.image, start)
        buckets = start + 16 + bloom * (8 if self.wide else 4)
        index = _unpack(self.end + "I", self.image, buckets + 4 * (value % count))[0] if count else 0
        while index >= max(first, 1):
            (found,) = _unpack(self.end + "I", self.image, buckets + 4 * (count + index - first))
            if found | 1 == value | 1 and self.defines(index, name, table):
                return True
            if found & 1:
                return False
            index += 1
        return False

    def _in_hash(self, name: str, table: dict[int, int]) -> bool:
        start = self.at(table[_HASH])
        buckets, symbols = _unpack(self.end + "2I", self.image, start)
        return any(self.defines(index, name, table) for index in range(1, symbols)) if buckets else False


def _read_elf(image: Image, names: frozenset[str]) -> tuple[Library, ...]:
    word, order, system = _unpack("4x2BxB", image, 0)
    wide, end = word == 2, ">" if order == 2 else "<"
    file_type, processor = _unpack(end + "HH", image, 16)
    (offset,) = _unpack(end + ("Q" if wide else "I"), image, 32 if wide else 28)
    size, count = _unpack(end + "HH", image, 54 if wide else 42)
    segments = []
    for number in range(count):
        entry = _unpack(end + ("IIQQQQ" if wide else "IIIII"), image, offset + number * size)
        kept = (entry[0], entry[2], entry[3], entry[5]) if wide else (entry[0], entry[1], entry[2], entry[4])
        segments.append(kept)
    if any(kind == _LOAD and offset + size > len(image) for kind, offset, _, size in segments):
        raise _Truncated  # to load it would be to die of a bus error
    elf = _Elf(image, end, wide, tuple(segments))
    program = file_type != 3 or any(segment[0] == _INTERPRETER for segment in segments)
    machine = Machine(
        "FreeBSD" if system == 9 else "Linux",
        _ELF_PROCESSORS.get(processor, f"machine {processor}"),
        64 if wide else 32,
    )
    return (Library(machine, not program, frozenset(name for name in names if elf.exports(name))),)


# ------------------------------------------------------------------------------------------------- Mach-O

_MACH_PROCESSORS = {7: "x86", 0x01000007: "x86_64", 0x0100000C: "aarch64", 12: "arm", 18: "powerpc"}
_SYMBOL_TABLE = 2


def _read_fat(image: Image, names: frozenset[str]) -> tuple[Library, ...]:
    """Read a file that holds one Mach-O for each of several machines."""
    (count,) = _unpack(">I", image, 4)
    if count > 30:  # the same four bytes begin a Java class, whose version stands here
        return ()
    parts = [_unpack(">5I", image, 8 + 20 * number) for number in range(count)]
    return tuple(library for part in parts for library in _read_mach(image, names, part[2]))


def _read_mach(image: Image, names: frozenset[str], base: int = 0) -> tuple[Library, ...]:
    magic = bytes(image[base : base + 4])
    end = "<" if magic[1:] == b"\xfa\xed\xfe" else ">"
    wide = 0xCF in (magic[0], magic[3]) if len(magic) == 4 else False
    processor, _, kind, commands = _unpack(end + "4I", image, base + 4)
    found: set[str] = set()
    place = base + (32 if wide else 28)
    for _ in range(min(commands, 10_000)):
        command, size = _unpack(end + "2I", image, place)
        if command == _SYMBOL_TABLE:
            found |= _mach_exports(image, _unpack(end + "4I", image, place + 8), names, (base, end, wide))
        place += max(size, 8)
    machine = Machine("macOS", _MACH_PROCESSORS.get(processor, f"machine {processor}"), 64 if wide else 32)
    return (Library(machine, kind in (6, 8), frozenset(found)),)  # a dynamic library, or a bundle


def _mach_exports(
    image: Image, table: tuple[int, ...], names: frozenset[str], form: tuple[int, str, bool]
) -> set[str]:
    """Return the asked names that are external symbols, defined in a section of this image."""
    (symbols, count, strings, _), (base, end, wide) = table, form
    size = 16 if wide else 12
    if base + symbols + count * size > len(image):
        raise _Truncated
    entries = struct.iter_unpack(
        end + ("IBBHQ" if wide else "IBBHI"), image[base + symbols : base + symbols + count * size]
    )
    external = (entry[0] for entry in entries if entry[1] & 0xEF == 0x0F)  # N_SECT | N_EXT, not N_PEXT
    return {_text(image, base + strings + at).removeprefix("_") for at in external} & names


# ----------------------------------------------------------------------------------------------------- PE

_PE_PROCESSORS = {0x14C: "x86", 0x8664: "x86_64", 0xAA64: "aarch64", 0x1C4: "arm"}


def _read_pe(image: Image, names: frozenset[str]) -> tuple[Library, ...]:
    (start,) = _unpack("<I", image, 60)
    if image[start : start + 4] != b"PE\0\0":
        raise _Truncated
    processor, sections, _, _, _, optional, flags = _unpack("<2H3I2H", image, start + 4)
    wide = _unpack("<H", image, start + 24)[0] == 0x20B
    directory = start + 24 + (112 if wide else 96)
    exports = _unpack("<I", image, directory)[0] if directory < start + 24 + optional else 0
    table = [_unpack("<4I", image, start + 24 + optional + 40 * n + 8) for n in range(sections)]
    if any(size + offset > len(image) for _, _, size, offset in table):
        raise _Truncated
    found = _pe_exports(image, exports, table) & names if exports else frozenset[str]()
    machine = Machine("Windows", _PE_PROCESSORS.get(processor, f"machine {processor:#x}"), 64 if wide else 32)
    return (Library(machine, bool(flags & 0x2000), frozenset(found)),)


def _pe_exports(image: Image, address: int, sections: list[tuple[int, ...]]) -> set[str]:
    def at(place: int) -> int:
        for _, start, size, offset in sections:
            if start <= place < start + size:
                return offset + place - start
        raise _Truncated

    count, _, pointers = _unpack("<3I", image, at(address) + 24)
    first = at(pointers) if count else 0
    return {_text(image, at(_unpack("<I", image, first + 4 * n)[0])) for n in range(min(count, 1 << 16))}


_READERS: dict[bytes, Callable[[Image, frozenset[str]], tuple[Library, ...]]] = {
    b"\x7fELF": _read_elf,
    b"MZ": _read_pe,
    b"\xca\xfe\xba\xbe": _read_fat,
    b"\xcf\xfa\xed\xfe": _read_mach,
    b"\xce\xfa\xed\xfe": _read_mach,
    b"\xfe\xed\xfa\xcf": _read_mach,
    b"\xfe\xed\xfa\xce": _read_mach,
}
