"""VST2 presets: all four kinds, read and written byte for byte; whatever is damaged is one line."""

from __future__ import annotations

import struct
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.errors import InputError
from composer_daw.plugins.fxp import Bank, Program, encoded_name, id_text, read_fxp

WORDS = st.integers(0, 2**32 - 1)
VALUES = st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), max_size=9).map(tuple)
COMMON = {"plugin_id": WORDS, "plugin_version": WORDS, "format": st.integers(0, 3), "declared_size": WORDS}


NO_REST = st.just(b"")


def programs(opaque: bool, rest: st.SearchStrategy[bytes] = NO_REST) -> st.SearchStrategy[Program]:
    """Draw programs whose count is true, as a file must have it."""
    fields = {**COMMON, "rest": rest, "name_field": st.binary(min_size=28, max_size=28)}
    if opaque:
        return st.builds(Program, chunk=st.binary(max_size=90), count=WORDS, **fields)
    return VALUES.flatmap(
        lambda values: st.builds(Program, count=st.just(len(values)), parameters=st.just(values), **fields)
    )


def banks() -> st.SearchStrategy[Bank]:
    """Draw banks of either kind."""
    fields = {**COMMON, "rest": st.binary(max_size=5), "reserved": st.binary(min_size=128, max_size=128)}
    opaque = st.builds(Bank, chunk=st.binary(max_size=90), count=WORDS, **fields)
    several = st.lists(programs(opaque=False) | programs(opaque=True), max_size=4).map(tuple)
    return opaque | several.flatmap(
        lambda inside: st.builds(Bank, count=st.just(len(inside)), programs=st.just(inside), **fields)
    )


SAVED = programs(False, st.binary(max_size=5)) | programs(True, st.binary(max_size=5)) | banks()


def by_hand(kind: bytes, count: int, body: bytes, version: int = 1) -> bytes:
    """Lay a file out as the format's description has it."""
    rest = struct.pack(">4sI4sII", kind, version, b"ABcd", 7, count) + body
    return b"CcnK" + struct.pack(">I", len(rest)) + rest


NAME = b"Warm Pad".ljust(28, b"\0")
FILES = {
    "FxCk": by_hand(b"FxCk", 2, NAME + struct.pack(">2f", 0.25, 1.0)),
    "FPCh": by_hand(b"FPCh", 2, NAME + struct.pack(">I", 5) + b"state"),
    "FBCh": by_hand(b"FBCh", 3, bytes(128) + struct.pack(">I", 5) + b"state"),
    "FxBk": by_hand(b"FxBk", 2, bytes(128) + 2 * by_hand(b"FxCk", 1, NAME + struct.pack(">f", 0.5))),
}


def test_what_stands_in_each_kind() -> None:
    read = {kind: read_fxp(data) for kind, data in FILES.items()}
    assert {kind: found.identity for kind, found in read.items()} == dict.fromkeys(FILES, "ABcd")
    plain, opaque, bank, many = read["FxCk"], read["FPCh"], read["FBCh"], read["FxBk"]
    assert isinstance(plain, Program) and isinstance(opaque, Program)
    assert isinstance(bank, Bank) and isinstance(many, Bank)
    assert (plain.name, plain.parameters, plain.chunk, plain.plugin_version) == (
        "Warm Pad",
        (0.25, 1.0),
        None,
        7,
    )
    assert (opaque.name, opaque.parameters, opaque.chunk, opaque.count) == ("Warm Pad", (), b"state", 2)
    assert (bank.chunk, bank.programs, bank.count, bank.current_program) == (b"state", (), 3, None)
    assert [program.parameters for program in many.programs] == [(0.5,), (0.5,)]


@pytest.mark.parametrize("kind", FILES)
def test_what_is_built_here_is_laid_out_as_described(kind: str) -> None:
    name = encoded_name("Warm Pad")
    common = {"plugin_id": 0x41426364, "plugin_version": 7}
    one = Program(**common, count=1, parameters=(0.5,), name_field=name)
    built = {
        "FxCk": Program(**common, count=2, parameters=(0.25, 1.0), name_field=name),
        "FPCh": Program(**common, chunk=b"state", count=2, name_field=name),
        "FBCh": Bank(**common, chunk=b"state", count=3),
        "FxBk": Bank(**common, count=2, programs=(one, one)),
    }
    assert built[kind].to_bytes() == FILES[kind]  # with the true size, which none was given


def test_the_second_format_names_the_current_program() -> None:
    reserved = struct.pack(">I", 17) + bytes(124)
    bank = read_fxp(by_hand(b"FBCh", 64, reserved + struct.pack(">I", 0), version=2))
    assert isinstance(bank, Bank)
    assert bank.current_program == 17


@given(SAVED)
def test_what_was_written_is_read_again(saved: Program | Bank) -> None:
    data = saved.to_bytes()
    assert read_fxp(data) == saved
    assert read_fxp(data).to_bytes() == data


@given(SAVED, st.data())
def test_a_file_that_was_cut_is_refused_in_one_line(saved: Program | Bank, data: st.DataObject) -> None:
    whole = saved.to_bytes()
    kept = data.draw(st.integers(0, len(whole) - len(saved.rest) - 1))
    with pytest.raises(InputError) as caught:
        read_fxp(whole[:kept])
    assert "\n" not in str(caught.value)


@given(
    st.sampled_from(sorted(FILES)), st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=6)
)
def test_damage_is_read_or_refused(kind: str, damage: list[tuple[int, int]]) -> None:
    broken = bytearray(FILES[kind])
    for at, value in damage:
        broken[at % len(broken)] = value
    try:
        assert read_fxp(bytes(broken)).to_bytes() == bytes(broken)
    except InputError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", "does not begin with 'CcnK'"),
        (b"RIFF" + bytes(40), "does not begin with 'CcnK'"),
        (b"CcnK", "is cut short: 4 bytes, fewer than its header takes"),
        (by_hand(b"WhAt", 1, bytes(99)), "its kind is b'WhAt', not FxCk"),
        (
            by_hand(b"FPCh", 1, NAME + b"\xff\xff\xff\xff"),
            "4,294,967,295 bytes of state should follow at byte 60",
        ),
        (by_hand(b"FxCk", 2**32 - 1, NAME), "4,294,967,295 parameters should follow"),
        (by_hand(b"FxBk", 2**32 - 1, bytes(128)), "0 of 4,294,967,295 programs are there"),
        (by_hand(b"FxBk", 1, bytes(128) + bytes(28)), "at byte 156 a program should begin"),
        (by_hand(b"FxCk", 2, NAME + struct.pack(">2f", 0.5, float("nan"))), "parameter 1 is not a number"),
    ],
)
def test_each_refusal_says_what_is_wrong(data: bytes, line: str) -> None:
    with pytest.raises(InputError, match=line.replace("(", r"\(")):
        read_fxp(data)


def test_a_size_that_is_only_claimed_takes_no_memory() -> None:
    claims = [
        by_hand(b"FPCh", 1, NAME + b"\x7f\xff\xff\xff"),
        by_hand(b"FxCk", 2**31, NAME),
        by_hand(b"FxBk", 2**31, bytes(128)),
    ]
    tracemalloc.start()
    for data in claims:
        with pytest.raises(InputError):
            read_fxp(data)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


@given(st.text(max_size=40))
def test_names_fit_their_field(name: str) -> None:
    field = encoded_name(name)
    assert len(field) == 28 and field.endswith(b"\0")
    read = Program(0, 0, name_field=field).name
    clean = name.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    assert clean.startswith(read)
    assert read == clean or len(clean.encode()) > 27


def test_names_and_ids_of_others() -> None:
    assert Program(0, 0, name_field=b"Fl\xf6te\0garbage".ljust(28, b"x")).name == "Flöte"  # Latin-1
    assert [id_text(word) for word in (0x616D7379, 7, 0x20202020)] == ["amsy", "0x00000007", "0x20202020"]
