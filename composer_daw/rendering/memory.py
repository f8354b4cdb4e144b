"""What a process does with the memory that it frees."""

from __future__ import annotations

import ctypes
import platform

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Numbers of glibc's mallopt(3)."""
KEPT_BYTES = 1 << 28


def keep_freed_memory() -> None:
    """Let this process keep what it frees, up to 256 MiB, for the next sound.

    By default each large array is handed back, and its pages are cleared when the next one is made: a tenth
    of the time of a mix. With glibc only; elsewhere nothing is changed. Programs and workers of ours call it;
    a process that imports us is left as it is.
    """
    if platform.libc_ver()[0] == "glibc":
        library = ctypes.CDLL(None)
        for setting in (M_MMAP_THRESHOLD, M_TRIM_THRESHOLD):
            library.mallopt(setting, KEPT_BYTES)
