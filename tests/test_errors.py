"""The tree of errors, and the hint that ends their messages."""

from __future__ import annotations

import pytest

from composer_daw import errors


@pytest.mark.parametrize(
    ("leaf", "parent"),
    [
        ("InputError", "ComposerError"),
        ("MidiError", "InputError"),
        ("AudioError", "InputError"),
        ("DocumentError", "InputError"),
        ("TechniqueError", "InputError"),
        ("OutputError", "ComposerError"),
        ("HostError", "ComposerError"),
        ("HangError", "HostError"),
    ],
)
def test_the_tree_is_the_one_in_the_docstring(leaf: str, parent: str) -> None:
    assert getattr(errors, leaf).__base__ is getattr(errors, parent)
    assert f"+-- {leaf}" in (errors.__doc__ or "")


def test_every_error_is_in_the_docstring() -> None:
    found = [
        name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, Exception)
    ]
    assert [name for name in found if name not in (errors.__doc__ or "")] == []


@pytest.mark.parametrize("kind", [errors.InputError, errors.MidiError, errors.TechniqueError])
def test_naming_puts_the_file_before_what_is_wrong_with_it(kind: type[errors.InputError]) -> None:
    with pytest.raises(kind, match=r"^a\.mid: too low$") as caught, errors.naming("a.mid"):
        raise kind("too low")
    assert type(caught.value) is kind


def test_naming_leaves_other_errors_alone() -> None:
    with pytest.raises(errors.HostError, match="^crashed$"), errors.naming("a.mid"):
        raise errors.HostError("crashed")


def test_did_you_mean_names_the_closest() -> None:
    assert errors.did_you_mean("stacato", ["legato", "staccato"]) == " (did you mean 'staccato'?)"


def test_did_you_mean_is_silent_when_nothing_is_close() -> None:
    assert errors.did_you_mean("xyz", ["legato", "staccato"]) == ""
    assert errors.did_you_mean("xyz", []) == ""
