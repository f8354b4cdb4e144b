"""What plugins saved, whatever file it stands in: read, checked against a plugin, converted, written.

A host takes and gives *raw* states: of a VST2 a bank or program of format 1, of a VST3 JUCE's two halves
(`juce_vst3_state`). It takes any state without a word, though: one of another plugin, or one that it cannot
read, changes nothing or anything. So compare identities first (`check_belongs`), and read the parameters back
afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from composer_daw.errors import InputError, naming
from composer_daw.files import check_is_file, written_whole
from composer_daw.plugins import fxp, juce_vst3_state, vstpreset
from composer_daw.plugins.binary import PluginFile
from composer_daw.plugins.fxp import Bank, Program, encoded_name, read_fxp
from composer_daw.plugins.juce_vst3_state import Vst3State, read_vst3_state
from composer_daw.plugins.search import PluginKind
from composer_daw.plugins.vstpreset import VstPreset, new_vstpreset, read_vstpreset

StateForm = Literal["fxp", "fxb", "vstpreset", "raw"]

SUFFIXES: dict[str, StateForm] = {
    ".fxp": "fxp",
    ".fxb": "fxb",
    ".vstpreset": "vstpreset",
    ".state": "raw",
    ".bin": "raw",
}
"""What `save_state` writes under which suffix; `load_state` goes by the content alone."""

LARGEST_BYTES = 512 * 2**20
_WHAT = "a preset (.fxp, .fxb, .vstpreset) or a raw state"


@dataclass(frozen=True)
class SavedState:
    """A sound that a plugin saved, in the form in which it was found."""

    content: Program | Bank | VstPreset | Vst3State

    @property
    def kind(self) -> PluginKind:
        """Return the kind of plugin that it is for."""
        return "vst2" if isinstance(self.content, (Program, Bank)) else "vst3"

    @property
    def identity(self) -> str | None:
        """Return the plugin's ID (VST2) or class ID (VST3); None where it does not say: a raw VST3 state."""
        return None if isinstance(self.content, Vst3State) else self.content.identity

    @property
    def raw(self) -> bytes:
        """Return the bytes that a host takes."""
        if isinstance(self.content, VstPreset):
            return Vst3State(self.content.chunk("Comp"), self.content.chunk("Cont")).to_bytes()
        if isinstance(self.content, Vst3State):
            return self.content.to_bytes()
        return _as_format_1(self.content).to_bytes()

    def to_bytes(self) -> bytes:
        """Return the file that it was read from; reverse of `read_state`."""
        return self.content.to_bytes()


def read_state(data: bytes) -> SavedState:
    """Return the state that bytes hold: those of a file, or those that a host gave. Raises InputError."""
    if data[:4] == fxp.MAGIC:
        return SavedState(read_fxp(data))
    if data[:4] == vstpreset.MAGIC:
        return SavedState(read_vstpreset(data))
    if data[:4] == juce_vst3_state.MAGIC:
        return SavedState(read_vst3_state(data))
    raise InputError(f"holds no state of a VST2 or VST3; give {_WHAT}")


def load_state(path: str | Path) -> SavedState:
    """Load a preset or raw state; what it is its content decides, not its name. Raises InputError."""
    source = check_is_file(path, _WHAT)
    with naming(source):
        try:
            if source.stat().st_size > LARGEST_BYTES:
                raise InputError(f"is larger than {LARGEST_BYTES // 2**20} MB; give {_WHAT}")
            return read_state(source.read_bytes())
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror or error}") from error


def save_state(path: str | Path, state: SavedState, class_id: str | None = None, name: str = "") -> None:
    """Write a state in the form that the suffix names (`SUFFIXES`), whole or not at all; see `converted`.

    Raises InputError when the state cannot take that form, and OutputError.
    """
    target = Path(path)
    with naming(target):
        form = SUFFIXES.get(target.suffix.lower())
        if form is None:
            raise InputError(f"cannot be told from its name; let it end in {', '.join(SUFFIXES)}")
        data = converted(state, form, class_id=class_id, name=name).to_bytes()
    with written_whole(target) as temporary:
        temporary.write_bytes(data)


def converted(
    state: SavedState,
    form: StateForm,
    *,
    class_id: str | None = None,
    name: str = "",
    program: int | None = None,
) -> SavedState:
    """Return a state in another form: the same content, with nothing added and nothing guessed.

    `vstpreset` from a raw VST3 state needs the plugin's `class_id`; `fxp` from a bank of several programs
    needs the number of one, from 0. `name` is the name in an `fxp`. A chunk moves between bank and program as
    it is, which most plugins take, but not all: restore the result and compare. Raises InputError.
    """
    vst3 = form == "vstpreset" or (form == "raw" and state.kind == "vst3")
    if (state.kind == "vst3") != vst3:
        raise InputError(f"the state of a {state.kind.upper()} cannot be written as {form}")
    if form == "raw":
        return read_state(state.raw)
    if form == "vstpreset":
        return SavedState(_vstpreset(state, class_id))
    content = state.content
    assert isinstance(content, (Program, Bank))
    if form == "fxb":
        return SavedState(_bank(content))
    return SavedState(_program(content, name, program))


def check_belongs(state: SavedState, path: str | Path, plugin: str, kind: PluginKind, identity: str) -> None:
    """Raise InputError unless the state from `path` is one of this plugin, as far as it says so itself.

    `plugin` is the plugin's name for the message; `identity` is its ID (VST2) or class ID (VST3), or an empty
    string where only the kind is known so far.
    """
    if state.kind != kind:
        found, wanted = state.kind.upper(), kind.upper()
        raise InputError(
            f"{path}: is the state of a {found}, but {plugin} is a {wanted}; give one of its own"
        )
    own = identity.upper() if kind == "vst3" else identity
    if own and state.identity not in (None, own):
        raise InputError(f"{path}: belongs to the plugin '{state.identity}', not to {plugin} ('{own}')")


def _as_format_1(content: Program | Bank) -> Program | Bank:
    """Return the same in format 1: JUCE passes over all others without a word."""
    if isinstance(content, Program):
        return replace(content, format=1)
    programs = tuple(replace(program, format=1) for program in content.programs)
    return replace(
        content, format=1, reserved=content.reserved if content.format == 1 else bytes(128), programs=programs
    )


def _vstpreset(state: SavedState, class_id: str | None) -> VstPreset:
    if isinstance(state.content, VstPreset):
        return state.content
    assert isinstance(state.content, Vst3State)
    if class_id is None:
        raise InputError("a raw VST3 state does not say whose it is; the plugin's class ID is needed too")
    if state.content.component is None:
        raise InputError("the plugin saved no state that a .vstpreset could hold")
    return new_vstpreset(class_id, state.content.component, state.content.controller)


def _bank(content: Program | Bank) -> Bank:
    if isinstance(content, Bank):
        return content
    plugin = content.plugin_id, content.plugin_version
    if content.chunk is not None:
        return Bank(*plugin, content.chunk, count=1)
    return Bank(*plugin, count=1, programs=(content,))


def _program(content: Program | Bank, name: str, number: int | None) -> Program:
    if isinstance(content, Program):
        found = content
    elif content.chunk is not None:
        found = Program(content.plugin_id, content.plugin_version, content.chunk)
    else:
        found = _chosen(content, number)
    return replace(found, name_field=encoded_name(name)) if name else found


def _chosen(bank: Bank, number: int | None) -> Program:
    if number is None:
        number = 0 if len(bank.programs) == 1 else bank.current_program
    if number is None:
        raise InputError(
            f"the bank holds {len(bank.programs)} programs and none is current; give the number of one"
        )
    if not 0 <= number < len(bank.programs):
        raise InputError(f"the bank has no program {number}; it holds {len(bank.programs)}, counted from 0")
    return bank.programs[number]


def raw_state_for(plugin: PluginFile, path: Path, identity: str = "") -> bytes:
    """Return the state in a file as a host takes it; raise InputError for that of another plugin.

    `identity` is the plugin's ID (VST2) or class ID (VST3), or empty where only its kind is known.
    """
    saved = load_state(path)
    check_belongs(saved, path, plugin.path.stem, plugin.kind, identity)
    with naming(path):
        return saved.raw
