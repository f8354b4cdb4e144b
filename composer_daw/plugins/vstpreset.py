"""VST3 preset files (`.vstpreset`): the class ID of the plugin, and its state in named chunks.

Little-endian: 'VST3', a version, the class ID as 32 hexadecimal digits, the place of the list of chunks; the
chunks; then 'List', their number, and for each its name of four characters, its place and its size. 'Comp' is
the state of the component (what sounds), 'Cont' that of the controller (what is shown), 'Info' some XML.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from composer_daw.errors import InputError

MAGIC = b"VST3"
_HEADER = struct.Struct("<4si32sq")
_LIST = struct.Struct("<4si")
_ENTRY = struct.Struct("<4sqq")
_MOST_CHUNKS = 128
"""As many as the SDK that defines the format reads."""


@dataclass(frozen=True)
class VstPreset:
    """A sound of a VST3: its chunks by name, in the order of the file."""

    class_id: str
    """32 hexadecimal digits, as the file spells them."""
    chunks: tuple[tuple[str, bytes], ...]
    version: int = 1

    @property
    def identity(self) -> str:
        """Return the class ID in capitals, to compare by."""
        return self.class_id.upper()

    def chunk(self, name: str) -> bytes | None:
        """Return the first chunk of a name, such as 'Comp', 'Cont' or 'Info'; None where there is none."""
        return next((content for key, content in self.chunks if key == name), None)

    def to_bytes(self) -> bytes:
        """Return the preset as a `.vstpreset` file; reverse of `read_vstpreset`."""
        place = _HEADER.size
        listed = _LIST.pack(b"List", len(self.chunks))
        for name, content in self.chunks:
            listed += _ENTRY.pack(name.encode("latin-1"), place, len(content))
            place += len(content)
        header = _HEADER.pack(MAGIC, self.version, self.class_id.encode("ascii"), place)
        return b"".join((header, *(content for _, content in self.chunks), listed))


def new_vstpreset(class_id: str, component: bytes | None, controller: bytes | None) -> VstPreset:
    """Return a preset with the states of component and controller; what is None has no chunk.

    `class_id` is 32 hexadecimal digits. Raises InputError.
    """
    if not re.fullmatch(r"[0-9A-Fa-f]{32}", class_id):
        raise InputError(f"'{class_id}' is no VST3 class ID; it has 32 hexadecimal digits")
    states = (("Comp", component), ("Cont", controller))
    return VstPreset(class_id.upper(), tuple((name, state) for name, state in states if state is not None))


def read_vstpreset(data: bytes) -> VstPreset:
    """Return the preset that the bytes of a `.vstpreset` hold; raise InputError for anything else."""
    if data[:4] != MAGIC:
        raise InputError("is no VST3 preset: it does not begin with 'VST3'")
    if len(data) < _HEADER.size:
        raise InputError(f"is cut short: {len(data):,} bytes, fewer than its header takes")
    _, version, class_id, place = _HEADER.unpack_from(data)
    if not re.fullmatch(rb"[0-9A-Fa-f]{32}", class_id):
        raise InputError("is no VST3 preset: its class ID is not made of 32 hexadecimal digits")
    if not _HEADER.size <= place <= len(data) - _LIST.size:
        raise InputError(f"is cut short: its list of chunks should stand at byte {place:,} of {len(data):,}")
    magic, count = _LIST.unpack_from(data, place)
    if magic != b"List" or not 0 <= count <= _MOST_CHUNKS:
        raise InputError(f"is damaged: there is no list of chunks at byte {place:,}")
    chunks = _chunks(data, place + _LIST.size, count)
    if "Comp" not in {name for name, _ in chunks}:
        held = ", ".join(repr(name) for name, _ in chunks) or "nothing"
        raise InputError(f"holds no state of a plugin: there is {held}, but no chunk 'Comp'")
    return VstPreset(class_id.decode("ascii"), chunks, version)


def _chunks(data: bytes, at: int, count: int) -> tuple[tuple[str, bytes], ...]:
    """Return the chunks that a list names, in its order."""
    if at + count * _ENTRY.size > len(data):
        raise InputError("is cut short: its list of chunks is not whole")
    entries = [_ENTRY.unpack_from(data, at + number * _ENTRY.size) for number in range(count)]
    for name, place, size in entries:
        if place < 0 or size < 0 or place + size > len(data):
            raise InputError(f"is damaged: its chunk {name!r} lies outside of the file")
    if sum(size for _, _, size in entries) > len(data):
        raise InputError("is damaged: its chunks lie over one another")
    return tuple((name.decode("latin-1"), data[place : place + size]) for name, place, size in entries)
