"""The window of a VST2 on Linux, in a process of its own: `python -m composer_daw.authoring.vst2_editor`.

DawDreamer opens windows as well, but on Linux nothing there calls the plugin back: most stay empty. Here the
plugin is asked to draw fifty times in a second, as the interface wants it, and goes on playing silence
meanwhile. When the window is closed, one line of JSON tells what the plugin has then.

Arguments: the binary, a file with a raw state (it may be empty), the title, the sample rate. The numbers are
those of the VST 2.4 interface.
"""

from __future__ import annotations

import base64
import ctypes
import sys
import time
from pathlib import Path
from typing import Any

from composer_daw.authoring.x11_window import X11Window
from composer_daw.errors import ComposerError, HostError
from composer_daw.plugins.child import answer_and_end, end_with_the_caller, own_streams
from composer_daw.plugins.fxp import Bank, Program, read_fxp
from composer_daw.plugins.vst2_binary import MAGIC, Dispatcher, Vst2, answer_plugin

IDLE_S = 0.02
BLOCK = 512
HAS_EDITOR, IS_CHUNKS = 1, 1 << 5

_OPEN, _SET_RATE, _SET_BLOCK, _SWITCH = 0, 10, 11, 12
_EDITOR_SIZE, _EDITOR_OPEN, _EDITOR_CLOSE, _EDITOR_IDLE = 13, 14, 15, 19
_GET_CHUNK, _SET_CHUNK = 23, 24
_HOST_RESIZE = 15

_SetParameter = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int32, ctypes.c_float)
_GetParameter = ctypes.CFUNCTYPE(ctypes.c_float, ctypes.c_void_p, ctypes.c_int32)
_Process = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int32)


class _Playing(Vst2):
    """The struct that a plugin hands out, as far as what makes it play."""

    _fields_ = [("process_replacing", ctypes.c_void_p)]


class _Size(ctypes.Structure):
    """The rectangle that an editor takes."""

    _fields_ = [(name, ctypes.c_int16) for name in ("top", "left", "bottom", "right")]


class Editor:
    """A loaded VST2, and the window that it is shown in."""

    def __init__(self, binary: Path, sample_rate: float) -> None:
        """Load the plugin and switch it on; raise HostError where it has no window."""
        self._host = Dispatcher(self._asked)  # kept: the plugin calls it as long as it lives
        self._library = ctypes.CDLL(str(binary))
        entry = "VSTPluginMain" if hasattr(self._library, "VSTPluginMain") else "main"
        start = getattr(self._library, entry)
        start.restype, start.argtypes = ctypes.POINTER(_Playing), [Dispatcher]
        handed_out = start(self._host)
        if not handed_out or handed_out.contents.magic != MAGIC:
            raise HostError("gave no plugin when it was asked for one")
        self._plugin: _Playing = handed_out.contents
        self._place = ctypes.addressof(self._plugin)
        self._window: X11Window | None = None
        self._silence, self._sound = (
            _channels(count) for count in (self._plugin.inputs, self._plugin.outputs)
        )
        self._ask(_OPEN)
        if not self._plugin.flags & HAS_EDITOR:
            raise HostError("has no window of its own; set its parameters with --set")
        self._ask(_SET_RATE, option=sample_rate)
        self._ask(_SET_BLOCK, value=BLOCK)
        self._ask(_SWITCH, value=1)

    def restore(self, state: bytes) -> None:
        """Give the plugin a state, as the bytes of an .fxp or .fxb."""
        saved = read_fxp(state)
        if saved.chunk is not None:
            chunk = ctypes.create_string_buffer(saved.chunk, len(saved.chunk))
            self._ask(_SET_CHUNK, int(isinstance(saved, Program)), len(saved.chunk), ctypes.addressof(chunk))
            return
        program = saved.programs[0] if isinstance(saved, Bank) else saved
        give = _SetParameter(self._plugin.set_parameter)
        for index, value in enumerate(program.parameters):
            give(self._place, index, value)

    def show(self, title: str) -> None:
        """Show the window until somebody closes it."""
        with X11Window(title, *self._size()) as window:
            self._window = window
            if not self._ask(_EDITOR_OPEN, place=window.id):
                raise HostError("did not open its window")
            window.resize(*self._size())  # some know it only now
            while not window.asked_to_close():
                self._ask(_EDITOR_IDLE)
                self._play()
                time.sleep(IDLE_S)
            self._ask(_EDITOR_CLOSE)
            self._window = None

    def values(self) -> list[float]:
        """Return the value of each parameter, in order."""
        get = _GetParameter(self._plugin.get_parameter)
        return [float(get(self._place, index)) for index in range(self._plugin.parameters)]

    def state(self) -> bytes:
        """Return what the plugin saves, as an .fxb."""
        identity = self._plugin.id & 0xFFFFFFFF, self._plugin.version & 0xFFFFFFFF
        if not self._plugin.flags & IS_CHUNKS:
            values = tuple(self.values())
            program = Program(*identity, count=len(values), parameters=values)
            return Bank(*identity, count=1, programs=(program,)).to_bytes()
        place = ctypes.c_void_p()
        size = self._ask(_GET_CHUNK, place=ctypes.addressof(place))
        if size <= 0 or not place.value:
            raise HostError("saved nothing when its window was closed")
        return Bank(*identity, ctypes.string_at(place.value, size), count=1).to_bytes()

    def _ask(
        self, opcode: int, index: int = 0, value: int = 0, place: Any = None, option: float = 0.0
    ) -> int:
        answer: int = self._plugin.dispatcher(self._place, opcode, index, value, place, option)
        return answer

    def _asked(self, plugin: int, opcode: int, index: int, value: int, place: int, option: float) -> int:
        """Answer the plugin; what is new here is that it may change the size of its window."""
        if opcode == _HOST_RESIZE and self._window is not None and index > 0 and value > 0:
            self._window.resize(index, value)
            return 1
        return answer_plugin(plugin, opcode, index, value, place, option)

    def _size(self) -> tuple[int, int]:
        place = ctypes.POINTER(_Size)()
        self._ask(_EDITOR_SIZE, place=ctypes.addressof(place))
        if not place:
            return 400, 300
        found = place.contents
        return max(1, found.right - found.left), max(1, found.bottom - found.top)

    def _play(self) -> None:
        """Let a block of silence pass: some plugins take up what was changed only then."""
        if self._plugin.process_replacing:
            run = _Process(self._plugin.process_replacing)
            run(self._place, ctypes.addressof(self._silence), ctypes.addressof(self._sound), BLOCK)


def _channels(count: int) -> Any:
    """Return pointers to `count` blocks of samples, all zero, and one more for plugins that look at none."""
    block = ctypes.c_float * BLOCK
    return (ctypes.POINTER(block) * (count + 1))(*(ctypes.pointer(block()) for _ in range(count + 1)))


def _edited(binary: Path, state: bytes, title: str, sample_rate: float) -> dict[str, Any]:
    editor = Editor(binary, sample_rate)
    if state:
        editor.restore(state)
    editor.show(title)
    return {"values": editor.values(), "state": base64.b64encode(editor.state()).decode()}


def main() -> None:
    """Show one plugin, answer, and end without giving it another chance to crash."""
    requests, answers = own_streams()
    end_with_the_caller(requests)
    binary, state, title, sample_rate = sys.argv[1:5]
    try:
        answer = _edited(Path(binary), Path(state).read_bytes(), title, float(sample_rate))
    except ComposerError as error:
        answer = {"error": str(error)}
    answer_and_end(answers, answer)


if __name__ == "__main__":
    main()
