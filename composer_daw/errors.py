"""The errors of composer_daw.

Every error that a user can cause or meet is a `ComposerError`; the command line turns it into one line and
exit code 1. Anything else that escapes is a bug.

    ComposerError
     +-- InputError          a file, folder or option that cannot be used as it is
     |    +-- MidiError      not a MIDI file, truncated, or without notes
     |    +-- AudioError     not audio that can be read, or not audio that may be written
     |    +-- DocumentError  a YAML document that does not load or does not fit its schema
     |    +-- TechniqueError an unknown technique, or one that the instrument cannot play
     +-- OutputError         the result cannot be written: permissions, a full disk, a folder in the way
     +-- HostError           an engine refused, hung or gave something that is not sound
          +-- CrashError     its process died; a second try in a new one may do
          +-- HangError      it did not answer in time, and was killed
          +-- LoadError      an instrument cannot be brought up: all that is played on it fails alike
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class ComposerError(Exception):
    """Say in one line what is wrong, where, and what to do."""


class InputError(ComposerError):
    """A file, folder or option cannot be used as it is."""


class MidiError(InputError):
    """A MIDI file cannot be read, or holds nothing to play."""


class AudioError(InputError):
    """Audio cannot be read, or is not fit to be written."""


class DocumentError(InputError):
    """A YAML document does not load, or does not fit its schema."""


class TechniqueError(InputError):
    """A technique is unknown, or this instrument cannot play it."""


class OutputError(ComposerError):
    """A result cannot be written."""


class HostError(ComposerError):
    """An engine refused, hung, or returned something that is not sound."""


class CrashError(HostError):
    """The process of an engine or a worker died in the middle of a job."""


class HangError(HostError):
    """An engine did not answer in time, and its process was killed."""


class LoadError(HostError):
    """An instrument cannot be brought up; every job with it would fail alike."""


@contextmanager
def naming(what: object) -> Iterator[None]:
    """Put the name of a file before the InputErrors of a block that does not know it."""
    try:
        yield
    except InputError as error:
        raise type(error)(f"{what}: {error}") from error


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return " (did you mean 'x'?)" for the closest known word, or an empty string."""
    close = difflib.get_close_matches(word, [other for other in known if other != word], n=1, cutoff=0.6)
    return f" (did you mean '{close[0]}'?)" if close else ""
