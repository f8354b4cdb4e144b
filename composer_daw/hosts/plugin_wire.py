"""What a plugin's process and its host say to each other: small JSON messages, and samples in shared memory.

A message is two lengths (little-endian, 32 bits), a JSON object, and bytes that belong to it. Samples never
go through the pipe: they lie in a file that both sides map, float32, channels x frames, a part at a time.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from composer_daw.audio import PIECE, Samples

LENGTHS = struct.Struct("<II")
SHARED_BYTES = 8 * 2**20
"""Room for 23 s of stereo at 44.1 kHz; what is longer goes in parts."""

Message = tuple[dict[str, Any], bytes]


def send(stream: IO[bytes], head: dict[str, Any], body: bytes = b"") -> None:
    """Write one message."""
    text = json.dumps(head).encode()
    left = memoryview(LENGTHS.pack(len(text), len(body)) + text + body)
    while left:
        left = left[stream.write(left) :]
    stream.flush()


def receive(stream: IO[bytes]) -> Message | None:
    """Read one message (reverse of `send`); None where the other side is gone, even in mid-message."""
    lengths = _exactly(stream, LENGTHS.size)
    if lengths is None:
        return None
    head_bytes, body_bytes = LENGTHS.unpack(lengths)
    head, body = _exactly(stream, head_bytes), _exactly(stream, body_bytes)
    return None if head is None or body is None else (json.loads(head), body)


def _exactly(stream: IO[bytes], size: int) -> bytes | None:
    """Read so many bytes, from a pipe that may give fewer at a time; None where it ends before."""
    parts, missing = [], size
    while missing:
        if not (part := stream.read(missing)):
            return None
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


class SharedSamples:
    """Memory that two processes see; one writes a part, tells the other, and waits until it was read."""

    def __init__(self, path: Path, create: bool = False) -> None:
        """Map the file at `path`; `create` makes it with its full size, so that no later write can fail."""
        flags = os.O_RDWR | getattr(os, "O_BINARY", 0) | (os.O_CREAT | os.O_EXCL if create else 0)
        handle = os.open(path, flags, 0o600)
        try:
            if create:
                _reserve(handle)
            self._map = mmap.mmap(handle, SHARED_BYTES)
        finally:
            os.close(handle)
        self._floats = np.frombuffer(self._map, np.float32)

    def parts(self, channels: int, frames: int) -> Iterator[tuple[int, int]]:
        """Yield where each part of `frames` begins and ends."""
        room = len(self._floats) // max(1, channels)
        for start in range(0, frames, room):
            yield start, min(frames, start + room)

    def write(self, part: Samples) -> bool:
        """Put one part (channels x frames) into the memory; tell whether all of it is finite."""
        memory, finite = self._floats[: part.size].reshape(part.shape), True
        for channel, place in zip(part, memory, strict=True):
            for at in range(0, len(channel), PIECE):  # while a piece is at hand, look at it, too
                piece = channel[at : at + PIECE]
                place[at : at + PIECE] = piece
                finite &= bool(np.isfinite(piece).all())
        return finite

    def seen(self, channels: int, frames: int) -> Samples:
        """Return one part as it stands in the memory (reverse of `write`), until the next is written."""
        return self._floats[: channels * frames].reshape(channels, frames)


def _reserve(handle: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, 0, SHARED_BYTES)  # now, not by a bus error in the middle of a render
    else:
        os.truncate(handle, SHARED_BYTES)


def new_shared_file() -> tuple[Path, SharedSamples]:
    """Make memory to share, in the memory file system where there is one with room; else in a file."""
    folders = [Path("/dev/shm"), Path(tempfile.gettempdir())]
    for number, folder in enumerate(folders):
        path = folder / f"composer_daw-{os.getpid()}-{os.urandom(6).hex()}"
        try:
            return path, SharedSamples(path, create=True)
        except OSError:
            path.unlink(missing_ok=True)
            if number == len(folders) - 1:
                raise
    raise AssertionError("unreachable")
