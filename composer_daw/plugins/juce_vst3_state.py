"""The state of a VST3 as JUCE saves it, and so DawDreamer: the states of component and controller in XML.

'VC2!', the length of the XML as four bytes, little-endian, the XML on one line, a zero byte. Inside
`<VST3PluginState>` stand `<IComponent>` and `<IEditController>`, where the plugin saved one: the number of
bytes, a point, and the bytes in six-bit digits, lowest bits first. No word tells which plugin it belongs to.
"""

from __future__ import annotations

import base64
import re
import struct
from dataclasses import dataclass

from composer_daw.errors import InputError

MAGIC = b"VC2!"
_DIGITS = b".ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"
_STANDARD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_STANDARD, _FROM_STANDARD = bytes.maketrans(_DIGITS, _STANDARD), bytes.maketrans(_STANDARD, _DIGITS)
_START = b'<?xml version="1.0" encoding="UTF-8"?> <VST3PluginState>'
_END = b"</VST3PluginState>"
_ELEMENT = re.compile(rb"<(IComponent|IEditController)>\s*(\d{1,12})\.([.A-Za-z0-9+]*)\s*</\1>")


@dataclass(frozen=True)
class Vst3State:
    """What the two halves of a VST3 saved; None where a half saved nothing."""

    component: bytes | None
    controller: bytes | None

    def to_bytes(self) -> bytes:
        """Return the state as JUCE writes it; reverse of `read_vst3_state`."""
        halves = ((b"IComponent", self.component), (b"IEditController", self.controller))
        inside = [
            b"<%b>%b</%b>" % (name, _digits(state), name) for name, state in halves if state is not None
        ]
        text = b"".join((_START, *inside, _END)) if inside else _START[:-1] + b"/>"
        return MAGIC + struct.pack("<I", len(text)) + text + b"\0"


def read_vst3_state(data: bytes) -> Vst3State:
    """Return what a state that JUCE saved of a VST3 holds; raise InputError for anything else."""
    if data[:4] != MAGIC:
        raise InputError("is no state of a VST3: it does not begin with 'VC2!'")
    if len(data) < 8 or len(data) < 8 + struct.unpack_from("<I", data, 4)[0]:
        raise InputError(f"is cut short: {len(data):,} bytes, fewer than it says itself")
    text = data[8 : 8 + struct.unpack_from("<I", data, 4)[0]]
    if b"<VST3PluginState" not in text:
        raise InputError("is no state that a host saved of a VST3: it has no VST3PluginState")
    found = {match[1]: _bytes(match[2], match[3]) for match in _ELEMENT.finditer(text)}
    if len(found) != text.count(b"</I"):
        raise InputError("is damaged: what stands in its VST3PluginState cannot be read")
    return Vst3State(found.get(b"IComponent"), found.get(b"IEditController"))


def _digits(state: bytes) -> bytes:
    """Return bytes as their number, a point and digits: one long number, its lowest six bits first."""
    whole = bytes(-len(state) % 3) + state[::-1]
    digits = base64.b64encode(whole).translate(_FROM_STANDARD)[::-1]
    return b"%d.%b" % (len(state), digits[: (8 * len(state) + 5) // 6])


def _bytes(size: bytes, digits: bytes) -> bytes:
    """Return the bytes that digits stand for; reverse of `_digits`."""
    count = int(size)
    if len(digits) != (8 * count + 5) // 6:
        raise InputError(f"is damaged: {count:,} bytes should stand where there are {len(digits):,} digits")
    whole = (b"." * (-len(digits) % 4) + digits[::-1]).translate(_TO_STANDARD)
    return base64.b64decode(whole)[::-1][:count]
