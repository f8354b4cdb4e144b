"""Latencies in a map's file: they are written where they belong, and not a character else is touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_daw.calibration.latency_file import edited, write_latencies
from composer_daw.documents import parse_document
from composer_daw.errors import InputError, OutputError
from composer_daw.techniques import TechniqueMap
from composer_daw.techniques.parts import Latency

TEXT = """\
# A map as people write them.
technique_map: 1
instrument:   Odd Strings    # spaces stay
middle_c: C4
groups: {articulation: {default: sustain}, "mute": {default: open}}

techniques:
  sustain: {group: articulation, on: [{keyswitch: C1}]}   # in a line
  legato:
      group: articulation
      on:
        - keyswitch: "C#1"      # the second key
      # the interval decides how fast
      latency_ms: {first: 30, transition: {1: 300, 65: 200}}   # measured in 2023
      fallback: [sustain]
  pizzicato:
    group: articulation
    on: [{keyswitch: D1}]

    labels: {vioptt: pizzicato}
  'col legno':
    latency_ms:
      first: {1: 20,
              64: 10}
    group: articulation
    on: [{keyswitch: "D#1"}]
  open: {group: mute, on: [{cc: 20, value: 0}], latency_ms: {}}
  muted: {group: mute, on: [{cc: 20, value: 127}]}
# the end"""

NAMES = ("sustain", "legato", "pizzicato", "col legno", "open", "muted")


def changed(**latencies: Latency) -> list[str]:
    """Return the lines that are new or other than they were, with the latencies put in."""
    lines = TEXT.split("\n")
    return [line for line in edited(TEXT, latencies, "map.yaml").split("\n") if line not in lines]


def test_a_line_of_its_own_goes_before_fallback_and_labels() -> None:
    text = edited(TEXT, {"pizzicato": Latency(first=12.5)}, "map.yaml")
    assert "    on: [{keyswitch: D1}]\n    latency_ms: {first: 12.5}\n\n    labels:" in text


def test_an_entry_in_a_line_gets_it_in_the_line() -> None:
    assert changed(sustain=Latency(first={1: 40.0, 64: 12.0})) == [
        "  sustain: {group: articulation, on: [{keyswitch: C1}], latency_ms: {first: {1: 40, 64: 12}}}"
        "   # in a line"
    ]
    assert changed(muted=Latency(first=3.0)) == [
        "  muted: {group: mute, on: [{cc: 20, value: 127}], latency_ms: {first: 3}}"
    ]


def test_figures_that_stand_there_are_replaced() -> None:
    legato = {"legato": Latency(first=33.0, transition={1: 310.0, 70: 190.0})}
    assert changed(**legato) == [
        "      latency_ms: {first: 33, transition: {1: 310, 70: 190}}   # measured in 2023"
    ]
    assert changed(**{"col legno": Latency(first=15.0)}) == ["      first: 15"]
    assert changed(open=Latency(first=4.0)) == [
        "  open: {group: mute, on: [{cc: 20, value: 0}], latency_ms: {first: 4}}"
    ]


def test_what_was_not_measured_stays() -> None:
    assert changed(legato=Latency(first=33.0)) == [
        "      latency_ms: {first: 33, transition: {1: 300, 65: 200}}   # measured in 2023"
    ]


def test_a_transition_is_added_to_a_first_note() -> None:
    new = {"col legno": Latency(first=15.0, transition=80.0)}
    assert changed(**new) == ["      first: 15", "      transition: 80"]


def test_a_file_that_ends_in_the_middle_of_a_line() -> None:
    head = "technique_map: 1\ninstrument: X\ngroups: {a: {}}\n"
    text = head + "techniques:\n  x:\n    group: a\n    on: [{cc: 20, value: 1}]"
    assert edited(text, {"x": Latency(first=3.0)}, "map.yaml") == f"{text}\n    latency_ms: {{first: 3}}"


def test_no_latency_makes_no_line() -> None:
    assert changed(pizzicato=Latency(first=0.0)) == []


def test_comments_that_would_be_lost_are_an_error() -> None:
    text = TEXT.replace("first: {1: 20,\n", "first: {1: 20,   # softly\n")
    with pytest.raises(
        InputError, match=r"map\.yaml:\d+: latency_ms: first: holds comments, which would be lost; move them"
    ):
        edited(text, {"col legno": Latency(first=15.0)}, "map.yaml")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            TEXT.replace("  open: {", "  open: &o {").replace(
                "{group: mute, on: [{cc: 20, value: 127}]}", "*o"
            ),
            r":27: anchors and aliases are not read here; write the value out",
        ),
        ("technique_map: 1\ninstrument: X\npieces: {kick: {written: 36, hit: 36}}\n", ": has no techniques"),
    ],
)
def test_what_cannot_be_edited(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=rf"map\.yaml{problem}"):
        edited(text, {"muted": Latency(first=15.0)}, "map.yaml")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_marks_stay(tmp_path: Path, end: str, mark: str) -> None:
    path = tmp_path / "map.yaml"
    path.write_bytes((mark + TEXT.replace("\n", end)).encode())
    path.chmod(0o640)
    new = {"pizzicato": Latency(first=12.0), "sustain": Latency(first=5.0)}
    write_latencies(path, new, path.read_bytes())
    text = path.read_bytes().decode()
    assert text.count("\r") == (text.count("\n") if end == "\r\n" else 0)
    assert text.startswith(mark + "# A map") and text.endswith(f"{end}# the end")
    assert text.count(end) == TEXT.count("\n") + 1
    assert path.stat().st_mode & 0o777 == 0o640


def test_nothing_new_leaves_the_file_untouched(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(TEXT, encoding="utf-8")
    before = path.stat()
    write_latencies(path, {"legato": Latency(first=30.0), "muted": Latency()}, path.read_bytes())
    write_latencies(path, {}, path.read_bytes())
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_link_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    real.write_text(TEXT, encoding="utf-8")
    link.symlink_to(real)
    write_latencies(link, {"muted": Latency(first=3.0)}, real.read_bytes())
    assert link.is_symlink() and "latency_ms: {first: 3}" in real.read_text(encoding="utf-8")


def test_a_file_that_changed_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(TEXT, encoding="utf-8")
    with pytest.raises(InputError, match=r"map\.yaml: has changed since it was measured; calibrate again"):
        write_latencies(path, {"muted": Latency(first=3.0)}, TEXT.encode() + b"\n")
    assert path.read_text(encoding="utf-8") == TEXT


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(TEXT, encoding="utf-8")

    def refused(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(OutputError, match=r"map\.yaml: cannot be written: Permission denied"):
        write_latencies(path, {"muted": Latency(first=3.0)}, path.read_bytes())
    assert path.read_text(encoding="utf-8") == TEXT
    assert [one.name for one in tmp_path.iterdir()] == ["map.yaml"]


ONE = st.one_of(
    st.integers(0, 4000).map(lambda tenths: tenths / 10),
    st.dictionaries(st.integers(2, 127), st.integers(1, 400).map(float), min_size=1, max_size=5).map(
        lambda steps: dict(sorted({1: 7.0, **steps}.items()))
    ),
)
LATENCIES = st.builds(lambda first, transition: Latency(first=first, transition=transition), ONE, ONE)


@given(st.dictionaries(st.sampled_from(NAMES), LATENCIES), st.sampled_from(["\n", "\r\n"]))
def test_whatever_is_written_is_read_and_the_rest_stays(latencies: dict[str, Latency], end: str) -> None:
    text = TEXT.replace("\n", end)
    new = edited(text, latencies, "map.yaml")
    known = parse_document(new, TechniqueMap, "map.yaml").techniques
    for name, latency in latencies.items():
        written = known[name].latency_ms
        assert written == latency or (written, latency) == (Latency(), Latency(transition=0.0))
    comments = [line.partition("#")[2] for line in text.split(end) if "#" in line]
    assert [line.partition("#")[2] for line in new.split(end) if "#" in line] == comments
    assert edited(new, latencies, "map.yaml") == new


def test_a_bare_number_gives_way_to_what_is_measured() -> None:
    text = TEXT.replace("latency_ms: {}}", "latency_ms: 7}   # by ear")
    told = edited(text, {"open": Latency(first=12.5, transition=30)}, "map.yaml")
    assert "latency_ms: {first: 12.5, transition: 30}}   # by ear" in told
