"""Messages and samples between a plugin's process and its host: what goes in comes out, or nothing does."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.hosts import plugin_wire
from composer_daw.hosts.plugin_wire import SharedSamples, new_shared_file, receive, send

values = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text()
heads = st.dictionaries(st.text(), values | st.lists(values, max_size=3), max_size=5)


@given(st.lists(st.tuples(heads, st.binary(max_size=300)), max_size=5))
def test_messages_come_out_as_they_went_in(messages: list[tuple[dict, bytes]]) -> None:
    pipe = io.BytesIO()
    for head, body in messages:
        send(pipe, head, body)
    pipe.seek(0)
    assert [receive(pipe) for _ in messages] == messages
    assert receive(pipe) is None


@given(st.dictionaries(st.text(), st.integers(), max_size=3), st.binary(max_size=50), st.data())
def test_a_message_that_breaks_off_is_none(head: dict, body: bytes, data: st.DataObject) -> None:
    pipe = io.BytesIO()
    send(pipe, head, body)
    whole = pipe.getvalue()
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert receive(io.BytesIO(whole[:cut])) is None


def test_two_processes_see_the_same_samples(tmp_path: Path) -> None:
    path = tmp_path / "shared"
    ours, theirs = SharedSamples(path, create=True), SharedSamples(path)
    path.unlink()
    part = np.arange(12, dtype=np.float32).reshape(3, 4)
    ours.write(part[:, ::-1])
    seen = theirs.seen(3, 4)
    np.testing.assert_array_equal(seen, part[:, ::-1])
    ours.write(np.zeros((3, 4), np.float32))
    assert not seen.any()  # the memory itself, no copy


def test_what_is_there_is_not_taken_for_new(tmp_path: Path) -> None:
    path = tmp_path / "shared"
    path.write_bytes(b"something")
    with pytest.raises(FileExistsError):
        SharedSamples(path, create=True)
    assert path.read_bytes() == b"something"


@given(st.integers(0, 6), st.integers(0, 500))
def test_parts_are_all_of_it_and_each_has_room(channels: int, frames: int) -> None:
    with pytest.MonkeyPatch.context() as patched, tempfile.TemporaryDirectory() as folder:
        patched.setattr(plugin_wire, "SHARED_BYTES", 256)
        shared = SharedSamples(Path(folder) / "shared", create=True)
        parts = list(shared.parts(channels, frames))
        sound = np.random.default_rng(frames).random((channels, frames), np.float32)
        got = []
        for start, stop in parts:
            assert channels * (stop - start) * 4 <= 256
            shared.write(sound[:, start:stop])
            got.append(shared.seen(channels, stop - start).copy())
    assert [stop for _, stop in parts[:-1]] == [start for start, _ in parts[1:]]
    assert bool(parts) == bool(frames)
    if parts:
        np.testing.assert_array_equal(np.concatenate(got, axis=1), sound)


def test_memory_that_is_full_gives_way_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reserve, tried = plugin_wire._reserve, []

    def full_at_first(handle: int) -> None:
        tried.append(handle)
        if len(tried) == 1:
            raise OSError(28, "No space left on device")
        reserve(handle)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(plugin_wire, "_reserve", full_at_first)
    path, shared = new_shared_file()
    assert path.parent == tmp_path
    assert path.name.startswith(f"composer_daw-{os.getpid()}-")
    assert path.stat().st_size == plugin_wire.SHARED_BYTES
    shared.write(np.ones((1, 3), np.float32))
    assert shared.seen(1, 3).tolist() == [[1, 1, 1]]
    path.unlink()


def test_where_there_is_no_room_at_all_nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(plugin_wire, "_reserve", full)
    with pytest.raises(OSError, match="No space left"):
        new_shared_file()
    assert list(tmp_path.iterdir()) == []
    assert list(Path("/dev/shm").glob(f"composer_daw-{os.getpid()}-*")) == []
