"""What a VST3 says of itself, asked through its C++ interfaces by ctypes.

Runs in a process of its own only (`introspect`): a plugin is loaded here. An object is a pointer to a table
of functions, each of which takes the object first; an interface is a part of that table, and is asked for by
its ID. IDs, places in the tables and structs are those of the published VST3 interface (64-bit Linux).
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from composer_daw.errors import LoadError

AUDIO_CLASS = "Audio Module Class"
OK = 0

FACTORY_2 = bytes.fromhex("0007B650F24B4C0BA464EDB9F00B2ABB")
COMPONENT = bytes.fromhex("E831FF31F2D54301928EBBEE25697802")
HOST = bytes.fromhex("58E595CCDB2D49698B6AAF8C36A664E5")
UNKNOWN = bytes.fromhex("0000000000000000C000000000000046")

_AUDIO, _EVENTS = 0, 1
_INPUT, _OUTPUT = 0, 1
# places in the tables: of any object 0..2, of factories 3..7, of components 3..10
_QUERY, _FACTORY_INFO, _COUNT, _CLASS_INFO, _CREATE, _CLASS_INFO_2 = 0, 3, 4, 5, 6, 7
_INITIALIZE, _BUS_COUNT, _BUS_INFO = 3, 7, 8

_VOID, _INT = ctypes.c_void_p, ctypes.c_int32


class _FactoryInfo(ctypes.Structure):
    _fields_ = [
        ("vendor", ctypes.c_char * 64),
        ("url", ctypes.c_char * 256),
        ("email", ctypes.c_char * 128),
        ("flags", _INT),
    ]


class _ClassInfo(ctypes.Structure):
    _fields_ = [
        ("id", ctypes.c_ubyte * 16),
        ("cardinality", _INT),
        ("category", ctypes.c_char * 32),
        ("name", ctypes.c_char * 64),
        # what follows is filled in by factories of the second interface only
        ("flags", ctypes.c_uint32),
        ("sub_categories", ctypes.c_char * 128),
        ("vendor", ctypes.c_char * 64),
        ("version", ctypes.c_char * 64),
        ("sdk", ctypes.c_char * 64),
    ]


class _BusInfo(ctypes.Structure):
    _fields_ = [
        ("medium", _INT),
        ("direction", _INT),
        ("channels", _INT),
        ("name", ctypes.c_uint16 * 128),
        ("kind", _INT),
        ("flags", ctypes.c_uint32),
    ]


def read_vst3(binary: Path) -> dict[str, Any]:
    """Load a VST3 and return what it says of itself, by the names of `PluginIdentity`; raise LoadError."""
    factory = _factory(binary)
    newer = _queried(factory, FACTORY_2)
    found = _class_info(factory, newer)
    vendor = _text(found.vendor)
    if not vendor:
        info = _FactoryInfo()
        _call(factory, _FACTORY_INFO, ctypes.byref(info))
        vendor = _text(info.vendor)
    channels = _channels(factory, bytes(found.id))
    categories = _text(found.sub_categories)
    plays = channels["events"] > 0 and channels["inputs"] == 0
    return {
        "id": bytes(found.id).hex().upper(),
        "name": _text(found.name),
        "vendor": vendor,
        "version": _text(found.version),
        "categories": categories,
        "is_instrument": "Instrument" in categories.split("|") if categories else plays,
        "inputs": channels["inputs"],
        "outputs": channels["outputs"],
    }


def _factory(binary: Path) -> int:
    if not sys.platform.startswith("linux"):
        raise LoadError("VST3 plugins are looked into on Linux only")
    try:
        library = ctypes.CDLL(str(binary))
    except OSError as error:
        raise LoadError(f"cannot be loaded: {error}") from error
    if hasattr(library, "ModuleEntry"):
        library.ModuleEntry.restype, library.ModuleEntry.argtypes = ctypes.c_bool, [_VOID]
        if not library.ModuleEntry(library._handle):
            raise LoadError("refused to start (ModuleEntry)")
    library.GetPluginFactory.restype = _VOID
    factory: int | None = library.GetPluginFactory()
    if not factory:
        raise LoadError("gave no factory when it was asked for one")
    return factory


def _class_info(factory: int, newer: int | None) -> _ClassInfo:
    """Return the first class that makes or changes sound; a plugin has others, for its window say."""
    for number in range(_call(factory, _COUNT)):
        info = _ClassInfo()
        place = _CLASS_INFO_2 if newer else _CLASS_INFO
        got = _call(newer or factory, place, _INT(number), ctypes.byref(info))
        if got == OK and _text(info.category) == AUDIO_CLASS:
            return info
    raise LoadError("holds no class that processes audio")


def _channels(factory: int, class_id: bytes) -> dict[str, int]:
    """Make one instance and count its audio channels, and its inputs for notes."""
    made = _VOID()
    if _call(factory, _CREATE, class_id, COMPONENT, ctypes.byref(made)) != OK or not made.value:
        raise LoadError("made no instance of itself when it was asked for one")
    if _call(made.value, _INITIALIZE, ctypes.byref(_HOST_OBJECT)) != OK:
        raise LoadError("could not be initialized")
    return {
        "inputs": _channels_of(made.value, _INPUT),
        "outputs": _channels_of(made.value, _OUTPUT),
        "events": _call(made.value, _BUS_COUNT, _INT(_EVENTS), _INT(_INPUT)),
    }


def _channels_of(component: int, direction: int) -> int:
    total = 0
    for number in range(_call(component, _BUS_COUNT, _INT(_AUDIO), _INT(direction))):
        info = _BusInfo()
        where = (_INT(_AUDIO), _INT(direction), _INT(number), ctypes.byref(info))
        if _call(component, _BUS_INFO, *where) == OK:
            total += info.channels
    return total


def _queried(thing: int, interface: bytes) -> int | None:
    """Return another interface of an object, None where it does not have it."""
    other = _VOID()
    return other.value if _call(thing, _QUERY, interface, ctypes.byref(other)) == OK else None


def _call(thing: int, place: int, *arguments: Any) -> int:
    """Call the function at a place in an object's table; every one that is used here gives 32 bits."""
    table = ctypes.cast(thing, ctypes.POINTER(ctypes.POINTER(_VOID))).contents
    function = ctypes.CFUNCTYPE(_INT)(table[place] or 0)
    answer: int = function(_VOID(thing), *arguments)
    return answer


def _text(raw: bytes) -> str:
    return " ".join(raw.decode("utf-8", "replace").split())


# ------------------------------------------------------------------------- the host that a plugin is shown

_NO_INTERFACE = -1
_NAME = "composer_daw"


def _asked_for(thing: int, interface: int, place: int) -> int:
    wanted = ctypes.string_at(interface, 16)
    known = wanted in (UNKNOWN, HOST)
    ctypes.cast(place, ctypes.POINTER(_VOID))[0] = _VOID(thing if known else None)
    return OK if known else _NO_INTERFACE


def _counted(_thing: int) -> int:
    return 1  # the host outlives every plugin of this process


def _named(_thing: int, place: int) -> int:
    text = _NAME.encode("utf-16-le") + b"\0\0"
    ctypes.memmove(place, text, len(text))
    return OK


def _made(_thing: int, _class_id: int, _interface: int, place: int) -> int:
    ctypes.cast(place, ctypes.POINTER(_VOID))[0] = _VOID(None)
    return _NO_INTERFACE


def _callback(function: Callable[..., int], pointers: int) -> Any:
    return ctypes.CFUNCTYPE(_INT, *[_VOID] * pointers)(function)


_FUNCTIONS = [
    _callback(_asked_for, 3),
    _callback(_counted, 1),
    _callback(_counted, 1),
    _callback(_named, 2),
    _callback(_made, 4),
]
_TABLE = (_VOID * len(_FUNCTIONS))(*(ctypes.cast(function, _VOID) for function in _FUNCTIONS))
_HOST_OBJECT = ctypes.pointer(_TABLE)
