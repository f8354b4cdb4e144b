"""VST3 presets, and the state that JUCE saves of a VST3: round trips, and one line for what is damaged."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.errors import InputError
from composer_daw.plugins.juce_vst3_state import Vst3State, read_vst3_state
from composer_daw.plugins.vstpreset import VstPreset, new_vstpreset, read_vstpreset

CLASS_ID = "2046504473616C636970446300000000"
NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=4, max_size=4)
CHUNKS = st.lists(st.tuples(NAMES, st.binary(max_size=60)), max_size=4)
PRESETS = st.builds(
    lambda class_id, state, others, version: VstPreset(class_id, (("Comp", state), *others), version),
    st.text("0123456789abcdefABCDEF", min_size=32, max_size=32),
    st.binary(max_size=60),
    CHUNKS,
    st.integers(-(2**31), 2**31 - 1),
)
HALVES = st.none() | st.binary(max_size=200)


def test_a_preset_is_laid_out_as_described() -> None:
    data = new_vstpreset(CLASS_ID.lower(), b"component", b"own").to_bytes()
    head = b"VST3" + struct.pack("<i", 1) + CLASS_ID.encode() + struct.pack("<q", 48 + 12)
    listed = b"List" + struct.pack("<i", 2)
    listed += b"Comp" + struct.pack("<qq", 48, 9) + b"Cont" + struct.pack("<qq", 57, 3)
    assert data == head + b"component" + b"own" + listed
    read = read_vstpreset(data)
    assert (read.identity, read.chunk("Comp"), read.chunk("Cont"), read.chunk("Info")) == (
        CLASS_ID,
        b"component",
        b"own",
        None,
    )


@given(PRESETS)
def test_a_preset_is_written_as_it_was_read(preset: VstPreset) -> None:
    data = preset.to_bytes()
    assert read_vstpreset(data) == preset
    assert read_vstpreset(data).to_bytes() == data
    assert preset.identity == preset.class_id.upper()


@given(PRESETS, st.data())
def test_a_cut_preset_is_refused_in_one_line(preset: VstPreset, data: st.DataObject) -> None:
    whole = preset.to_bytes()
    with pytest.raises(InputError) as caught:
        read_vstpreset(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert "\n" not in str(caught.value)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_preset_is_read_or_refused(damage: list[tuple[int, int]]) -> None:
    broken = bytearray(new_vstpreset(CLASS_ID, b"component", b"own").to_bytes())
    for at, value in damage:
        broken[at % len(broken)] = value
    try:
        assert read_vstpreset(bytes(broken)).chunk("Comp") is not None
    except InputError as error:
        assert "\n" not in str(error)


def changed(at: int, layout: str, value: int) -> bytes:
    """A good preset with one number changed."""
    data = bytearray(new_vstpreset(CLASS_ID, b"component", None).to_bytes())
    struct.pack_into(layout, data, at, value)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"CcnK" + bytes(60), "does not begin with 'VST3'"),
        (b"VST3" + bytes(20), "is cut short: 24 bytes"),
        (b"VST3" + bytes(60), "its class ID is not made of 32 hexadecimal digits"),
        (changed(40, "<q", 2**62), "its list of chunks should stand at byte 4,611,686,018,427,387,904 of"),
        (changed(40, "<q", -1), "its list of chunks should stand at byte -1"),
        (changed(40, "<q", 48), "there is no list of chunks at byte 48"),
        (changed(57 + 4, "<i", 2**30), "there is no list of chunks"),
        (changed(57 + 4, "<i", 100), "its list of chunks is not whole"),
        (changed(57 + 4, "<i", 0), "there is nothing, but no chunk 'Comp'"),
        (changed(57 + 12, "<q", -5), "its chunk b'Comp' lies outside of the file"),
        (changed(57 + 20, "<q", 2**60), "its chunk b'Comp' lies outside of the file"),
        (VstPreset(CLASS_ID, (("Prog", b"x"),)).to_bytes(), "there is 'Prog', but no chunk 'Comp'"),
    ],
)
def test_each_refusal_says_what_is_wrong(data: bytes, line: str) -> None:
    with pytest.raises(InputError, match=line):
        read_vstpreset(data)


def test_chunks_may_not_lie_over_one_another() -> None:
    whole = VstPreset(CLASS_ID, tuple((name, bytes(100)) for name in ("Comp", "Cont", "Info"))).to_bytes()
    data, at = bytearray(whole), 48 + 300 + 8
    for number in range(3):
        struct.pack_into("<qq", data, at + 20 * number + 4, 0, len(data))
    with pytest.raises(InputError, match="its chunks lie over one another"):
        read_vstpreset(bytes(data))


@pytest.mark.parametrize("class_id", ["", "xyz", CLASS_ID[:-1], CLASS_ID + "0", "{" + CLASS_ID + "}"])
def test_a_class_id_has_32_digits(class_id: str) -> None:
    with pytest.raises(InputError, match="is no VST3 class ID"):
        new_vstpreset(class_id, b"", None)


# ------------------------------------------------------------------------------------------ JUCE's own form


@given(HALVES, HALVES)
def test_both_halves_return(component: bytes | None, controller: bytes | None) -> None:
    state = Vst3State(component, controller)
    assert read_vst3_state(state.to_bytes()) == state


def test_the_digits_run_from_the_lowest_bit() -> None:
    text = Vst3State(b"\x01\x00\x80", b"").to_bytes()
    # 1 = the first digit's lowest bit; the 23rd bit is the highest of the fourth digit, 32
    assert (
        b"<IComponent>3.A..Z</IComponent><IEditController>0.</IEditController>".replace(
            b"Z", b".ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"[32:33]
        )
        in text
    )
    assert struct.unpack_from("<I", text, 4)[0] == len(text) - 9 and text.endswith(b">\0")


@given(st.binary(max_size=100), st.data())
def test_a_cut_state_is_refused_in_one_line(component: bytes, data: st.DataObject) -> None:
    whole = Vst3State(component, None).to_bytes()
    with pytest.raises(InputError) as caught:
        read_vst3_state(whole[: data.draw(st.integers(0, len(whole) - 2))])
    assert "\n" not in str(caught.value)


@given(st.lists(st.tuples(st.integers(4, 200), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_state_is_read_or_refused(damage: list[tuple[int, int]]) -> None:
    broken = bytearray(Vst3State(b"component" * 9, b"own").to_bytes())
    for at, value in damage:
        broken[at % len(broken)] = value
    try:
        read_vst3_state(bytes(broken))
    except InputError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"<Other/>", "it has no VST3PluginState"),
        (
            b"<VST3PluginState><IComponent>9.AA</IComponent></VST3PluginState>",
            "9 bytes should stand where there",
        ),
        (b"<VST3PluginState><IComponent>?</IComponent></VST3PluginState>", "cannot be read"),
        (
            b"<VST3PluginState><IComponent>99999999999.A</IComponent></VST3PluginState>",
            "99,999,999,999 bytes",
        ),
    ],
)
def test_states_that_are_none(text: bytes, line: str) -> None:
    with pytest.raises(InputError, match=line):
        read_vst3_state(b"VC2!" + struct.pack("<I", len(text)) + text + b"\0")
    with pytest.raises(InputError, match="does not begin with 'VC2!'"):
        read_vst3_state(text)
