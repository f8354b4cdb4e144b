"""What a VST2 says of itself, asked through its C interface by ctypes.

Runs in a process of its own only (`introspect`): a plugin is loaded here. The numbers are those of the VST
2.4 interface: the layout of its struct, the opcodes of its dispatcher, and what it may ask of a host.
"""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

from composer_daw.errors import LoadError
from composer_daw.plugins.fxp import id_text

MAGIC = int.from_bytes(b"VstP", "big")
IS_SYNTH = 1 << 8
TEXT_BYTES = 256
"""Room for a name: the interface allows 32 or 64, and plugins write beyond that."""

_OPEN, _CATEGORY, _NAME, _VENDOR, _PRODUCT, _VERSION = 0, 35, 45, 47, 48, 49
_CATEGORIES = (
    "",
    "Effect",
    "Synth",
    "Analysis",
    "Mastering",
    "Spatializer",
    "Room",
    "Surround",
    "Restoration",
    "Offline",
    "Shell",
    "Generator",
)
_HOST_NUMBERS = {1: 2400, 6: 1, 16: 44_100, 17: 512, 34: 1000, 38: 1}
"""What a plugin asks of a host, and what it gets: version, yes to MIDI, rate, block, own version, English."""
_HOST_TEXTS = {32: b"composer_daw", 33: b"composer_daw"}

Dispatcher = ctypes.CFUNCTYPE(
    ctypes.c_ssize_t,
    ctypes.c_void_p,
    ctypes.c_int32,
    ctypes.c_int32,
    ctypes.c_ssize_t,
    ctypes.c_void_p,
    ctypes.c_float,
)
"""The same for both sides: what a host asks of a plugin, and what a plugin asks of a host."""


class Vst2(ctypes.Structure):
    """The struct that a plugin hands out."""

    _fields_ = [
        ("magic", ctypes.c_int32),
        ("dispatcher", Dispatcher),
        ("process", ctypes.c_void_p),
        ("set_parameter", ctypes.c_void_p),
        ("get_parameter", ctypes.c_void_p),
        ("programs", ctypes.c_int32),
        ("parameters", ctypes.c_int32),
        ("inputs", ctypes.c_int32),
        ("outputs", ctypes.c_int32),
        ("flags", ctypes.c_int32),
        ("reserved", ctypes.c_ssize_t * 2),
        ("latency", ctypes.c_int32),
        ("qualities", ctypes.c_int32 * 2),
        ("ratio", ctypes.c_float),
        ("object", ctypes.c_void_p),
        ("user", ctypes.c_void_p),
        ("id", ctypes.c_int32),
        ("version", ctypes.c_int32),
    ]


def answer_plugin(_plugin: int, opcode: int, _index: int, _value: int, place: int, _option: float) -> int:
    """Answer a plugin as the smallest host there is; 0 for all that is not known."""
    if opcode in _HOST_TEXTS and place:
        ctypes.memmove(place, _HOST_TEXTS[opcode] + b"\0", len(_HOST_TEXTS[opcode]) + 1)
        return 1
    return _HOST_NUMBERS.get(opcode, 0)


_HOST = Dispatcher(answer_plugin)


def read_vst2(binary: Path) -> dict[str, Any]:
    """Load a VST2 and return what it says of itself, by the names of `PluginIdentity`; raise LoadError."""
    try:
        library = ctypes.CDLL(str(binary))
    except OSError as error:
        raise LoadError(f"cannot be loaded: {error}") from error
    entry = next((name for name in ("VSTPluginMain", "main") if hasattr(library, name)), None)
    if entry is None:
        raise LoadError("exports neither VSTPluginMain nor main")
    start = getattr(library, entry)
    start.restype, start.argtypes = ctypes.POINTER(Vst2), [Dispatcher]
    handed_out = start(_HOST)
    if not handed_out:
        raise LoadError("gave no plugin when it was asked for one")
    plugin: Vst2 = handed_out.contents
    if plugin.magic != MAGIC:
        raise LoadError("gave something that is no VST2 plugin")
    _ask(handed_out, _OPEN)
    return _identity(handed_out, plugin)


def _identity(handed_out: Any, plugin: Vst2) -> dict[str, Any]:
    category = _ask(handed_out, _CATEGORY)
    return {
        "id": id_text(plugin.id & 0xFFFFFFFF),
        "name": _text(handed_out, _NAME) or _text(handed_out, _PRODUCT),
        "vendor": _text(handed_out, _VENDOR),
        "version": version_text(_ask(handed_out, _VERSION) or plugin.version),
        "categories": _CATEGORIES[category] if 0 <= category < len(_CATEGORIES) else "",
        # generators from before the flag take no audio and give some
        "is_instrument": bool(plugin.flags & IS_SYNTH) or (plugin.inputs == 0 < plugin.outputs),
        "inputs": plugin.inputs,
        "outputs": plugin.outputs,
    }


def version_text(number: int) -> str:
    """Return a VST2 version as people write it: 1203 is "1.2.0.3", and 0x010203 is "1.2.3"; "" for none.

    Both ways are in use, and nothing tells which: up to four decimal digits are read as such, more as bytes.
    """
    if number <= 0:
        return ""
    if number < 10_000:
        return ".".join(str(number))
    parts = number.to_bytes(4, "big").lstrip(b"\0")
    return ".".join(str(part) for part in parts)


def _ask(handed_out: Any, opcode: int, place: Any = None) -> int:
    answer: int = handed_out.contents.dispatcher(
        ctypes.addressof(handed_out.contents), opcode, 0, 0, place, 0.0
    )
    return answer


def _text(handed_out: Any, opcode: int) -> str:
    room = ctypes.create_string_buffer(TEXT_BYTES)
    _ask(handed_out, opcode, ctypes.addressof(room))
    return " ".join(room.value.decode("utf-8", "replace").split())
