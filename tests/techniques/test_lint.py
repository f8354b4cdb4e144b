"""The linter finds what a map cannot mean, and says in which line."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_instruments import read_map

from composer_daw.performance import TechniqueSet
from composer_daw.techniques import load_vocabulary, resolve
from composer_daw.techniques.lint import CHECKS, Finding, lint_map
from composer_daw.techniques.lint.checks import LONGEST_LEAD_MS, MOST_HINTS, PRE_ROLL_MS
from composer_daw.techniques.lint.reach import covers
from composer_daw.techniques.parts import Condition

CLEAN = """\
technique_map: 1
instrument: Fake Strings
middle_c: C4
range: [G2, C7]
channels: [1, 2]
dynamics: {cc: 11}
chase: [11]
groups:
  articulation: {default: sustain}
  mute: {default: senza_sordino}
techniques:
  sustain: {group: articulation, on: [{keyswitch: C0}]}
  legato: {group: articulation, on: [{keyswitch: "C#0"}], latency_ms: {first: 60, transition: {1: 300}}}
  staccato: {group: articulation, on: [{keyswitch: D0}], note: {length: 0.5}}
  pizzicato: {group: articulation, on: [{keyswitch: "D#0"}]}
  tremolo: {group: articulation, fallback: [sustain]}
  senza_sordino: {group: mute, on: [{keyswitch: E0}]}
  con_sordino: {group: mute, on: [{keyswitch: F0}]}
"""

DRUMS = """\
technique_map: 1
instrument: Fake Drums
pieces:
  kick: {written: [35, 36], hit: 36}
  snare: {written: [38, 40], hit: 38, rimshot: 40, ghost: {play: 38, velocity: 0.35}}
"""


def lint(tmp_path: Path, text: str) -> list[Finding]:
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    return lint_map(path)


def found(tmp_path: Path, text: str) -> list[tuple[str, int | None, str]]:
    """Return (kind, line, "place: problem; remedy") of each finding."""
    whole = [(one.kind, one.line, str(one)) for one in lint(tmp_path, text)]
    return [(kind, line, said.removeprefix(f"{tmp_path}/map.yaml:{line}: ")) for kind, line, said in whole]


def with_technique(line: str) -> str:
    """Return the clean map with one more technique, in line 19."""
    return f"{CLEAN}  {line}\n"


def played(asked: TechniqueSet, techniques: str, holds: set[str] | None = None) -> TechniqueSet:
    """Return what is in force when techniques are asked of the clean map with some more."""
    technique_map = read_map(with_technique(techniques))
    return resolve(asked, technique_map, load_vocabulary(), holds).state


def test_a_clean_map_has_no_findings(tmp_path: Path) -> None:
    assert lint(tmp_path, CLEAN) == []
    assert lint(tmp_path, DRUMS) == []


IN_RANGE = "lies inside the playable range; move the one or narrow the other"
TWIN = "the two cannot sound different; give it a switch of its own, or none and"


@pytest.mark.parametrize(
    ("old", "new", "kind", "line", "said"),
    [
        (
            "keyswitch: F0",
            "keyswitch: G3",
            "keyswitch-in-range",
            18,
            f"techniques: con_sordino: on[0]: keyswitch: keyswitch G3 {IN_RANGE}",
        ),
        (
            "keyswitch: F0",
            "keyswitch: [F0, C7]",
            "keyswitch-in-range",
            18,
            f"techniques: con_sordino: on[0]: keyswitch: keyswitch C7 {IN_RANGE}",
        ),
        (
            "chase: [11]",
            "chase: [11]\ninit: [{keyswitch: G2}]",
            "keyswitch-in-range",
            8,
            f"init[0]: keyswitch: keyswitch G2 {IN_RANGE}",
        ),
        (
            "note: {length: 0.5}",
            "note: {pitch_range: [C1, C1], transpose: -12}",
            "keyswitch-in-range",
            12,
            "techniques: sustain: on[0]: keyswitch: keyswitch C0 lies inside the pitch range of staccato; "
            "move the one or narrow the other",
        ),
        (
            "D#0",
            "D0",
            "same-actions",
            15,
            f"techniques: pizzicato: on: switched on exactly as staccato; {TWIN} `fallback: [staccato]`",
        ),
        (
            "keyswitch: F0",
            "keyswitch: F0, mode: toggle",
            "toggle-start",
            18,
            "techniques: con_sordino: on[0]: a toggle of which it is not said whether it is on at the start; "
            "write `starts: off` or `starts: on`",
        ),
        (
            "middle_c: C4\n",
            "",
            "octave-names",
            3,
            "hint: range[0]: 'G2' is an octave higher or lower where middle C is called otherwise; "
            "write `middle_c: C4` (or C3, C5) at the top, or numbers for notes",
        ),
        (
            "{default: senza_sordino}",
            "{}",
            "no-default",
            10,
            "hint: groups: mute: no default, so it is left open what plays where nothing is asked; "
            "write `default: senza_sordino`, or another",
        ),
        (
            "  mute:",
            "  tuning: {}\n  mute:",
            "empty-group",
            10,
            "hint: groups: tuning: no technique is of this group; remove it",
        ),
        (
            "  pizzicato:",
            "  pizz:",
            "unknown-name",
            15,
            "techniques: pizz: 'pizz' is not in the vocabulary; write pizzicato",
        ),
        (
            "  pizzicato:",
            "  pizzicatto:",
            "unknown-name",
            15,
            "techniques: pizzicatto: 'pizzicatto' is not in the vocabulary (did you mean 'pizzicato'?); "
            "say with `plays` what comes nearest, or rename it",
        ),
        (
            "  pizzicato: {group",
            "  plucked: {plays: con_sordno, group",
            "unknown-name",
            15,
            "techniques: plucked: plays: 'con_sordno' is not in the vocabulary (did you mean "
            "'con_sordino'?); "
            "say with `plays` what comes nearest, or rename it",
        ),
        (
            "  pizzicato:",
            "  zzyzx:",
            "unknown-name",
            15,
            "hint: techniques: zzyzx: 'zzyzx' is not in the vocabulary; say with `plays` what comes nearest, "
            "or rename it",
        ),
        (
            "  pizzicato: {group",
            "  pizzicato: {plays: tremolo, group",
            "unknown-name",
            15,
            "techniques: pizzicato: plays: is called pizzicato, but plays tremolo; rename it, or leave "
            "`plays` out",
        ),
        (
            "{first: 60,",
            "{first: {1: 20, 64: 1000.5},",
            "latency",
            13,
            "techniques: legato: latency_ms: first: 1000.5 ms is more than the pre-roll of 1000; "
            "measure it with `composer-daw techniques calibrate`",
        ),
        (
            "{1: 300}",
            "1001",
            "latency",
            13,
            "techniques: legato: latency_ms: transition: 1001 ms is more than the pre-roll of 1000; "
            "measure it with `composer-daw techniques calibrate`",
        ),
        (
            "dynamics:",
            "lead_ms: 501\ndynamics:",
            "lead",
            6,
            "hint: lead_ms: 501 ms is more than 500: switches would come among earlier notes; "
            "20 ms are enough for most instruments",
        ),
        (
            "on: [{keyswitch: F0}]",
            "channel: 3",
            "channel",
            18,
            "hint: techniques: con_sordino: channel: its notes go to channel 3, which is not among "
            "`channels`; add 3 to `channels`",
        ),
        (
            "chase: [11]",
            "chase: [1]",
            "chase",
            6,
            "hint: dynamics: controller 11 plays the dynamics, but is not set before the first note; add 11 "
            "to `chase`",
        ),
    ],
)
def test_findings(tmp_path: Path, old: str, new: str, kind: str, line: int, said: str) -> None:
    assert old in CLEAN
    assert found(tmp_path, CLEAN.replace(old, new, 1)) == [(kind, line, said)]


def test_a_map_of_nothing_says_so(tmp_path: Path) -> None:
    told = "no techniques and no pieces, so there is nothing to ask for; write some under `techniques`, or "
    text = "technique_map: 1\ninstrument: X\n"
    assert found(tmp_path, text) == [("empty-map", 1, f"{told}remove the map")]


def test_a_technique_cannot_stand_in_for_itself_but_two_for_each_other(tmp_path: Path) -> None:
    alone = "own: {group: mute, plays: accent, on: [{cc: 20, value: 1}], fallback: [legato, own]}"
    said = "techniques: own: fallback: names itself, which cannot stand in; leave own out"
    assert found(tmp_path, with_technique(alone)) == [("fallback", 19, said)]
    one = "marcato: {group: mute, on: [{cc: 20, value: 1}], fallback: [accent]}"
    other = "accent: {group: mute, on: [{cc: 20, value: 2}], fallback: [marcato]}"
    assert found(tmp_path, with_technique(f"{one}\n  {other}")) == []


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("pizzicatto", "fault"),
        ("nomal", "hint"),  # near "normal", which is another word for sustain
        ("pizz", "fault"),
        ("doodle tonguing", "hint"),
        ("Great Stopped Diapason", "hint"),
    ],
)
def test_a_misspelling_is_a_fault_and_a_name_of_its_own_a_hint(
    tmp_path: Path, name: str, severity: str
) -> None:
    (one,) = lint(tmp_path, CLEAN.replace("  pizzicato:", f"  {name}:"))
    assert (one.kind, one.severity) == ("unknown-name", severity)


NEVER = "no note that this instrument plays has such a"


@pytest.mark.parametrize(
    ("technique", "kind", "said"),
    [
        (
            "own: {group: mute, plays: con_sordino}",
            "unreachable",
            "techniques: own: has no actions, no channel and no fallback, and is no default: nothing "
            "plays it; "
            "write `on`, or `fallback`, or remove it",
        ),
        (
            "default: {group: mute, plays: accent, on: [{cc: 20, value: 1}]}",
            "unreachable",
            "techniques: default: 'default' means something else where techniques are named; rename it",
        ),
        (
            "sul_tasto+sul_ponticello: {group: mute, on: [{cc: 20, value: 1}]}",
            "unreachable",
            "hint: techniques: sul_tasto+sul_ponticello: sul_tasto and sul_ponticello are never asked for "
            "together: "
            "both are of group 'position'; give it a name of its own, and write the nearest under `plays`",
        ),
        (
            "detache: {group: mute, on: [{cc: 20, value: 1}], when: {pitch: [C8, null]}}",
            "unreachable",
            f"techniques: detache: when: pitch: {NEVER} pitch; write ends between G2 and C7",
        ),
        (
            "detache: {group: mute, on: [{cc: 20, value: 1}], when: {pitch: [C7, C7]}, note: {transpose: 1}}",
            "unreachable",
            f"techniques: detache: when: pitch: {NEVER} pitch; write ends between F#2 and B6",
        ),
        (
            "detache: {group: mute, on: [{cc: 20, value: 1}], when: {velocity: [128, 200]}}",
            "unreachable",
            f"techniques: detache: when: velocity: {NEVER} velocity; write ends between 1 and 127",
        ),
        (
            "detache: {group: mute, on: [{cc: 20, value: 1}], when: {length_ms: [null, 0]}}",
            "unreachable",
            f"techniques: detache: when: length_ms: {NEVER} length; write ends between 0 and null, in ms",
        ),
        (
            "detache: {group: mute, on: [{cc: 20, value: 1}], when: {interval: [130, 140]}}",
            "unreachable",
            f"techniques: detache: when: interval: {NEVER} interval; write ends between -127 and 127",
        ),
        (
            "detache: {group: articulation, on: [{cc: 20, value: 1, only_with: [legato, staccato]}]}",
            "unreachable",
            "techniques: detache: on[0]: only_with: never sent: only one technique of group "
            "'articulation' is in "
            "force, and that is detache; name a technique of another group",
        ),
    ],
)
def test_what_is_never_played_or_sent(tmp_path: Path, technique: str, kind: str, said: str) -> None:
    assert found(tmp_path, with_technique(technique)) == [(kind, 19, said)]


@pytest.mark.parametrize(
    "technique",
    [
        "detache: {group: mute, on: [{cc: 20, value: 1, only_with: [legato, con_sordino]}]}",
        "detache: {group: mute, on: [{cc: 20, value: 1}], when: {pitch: [C8, C9]}, note: "
        "{pitch_range: [C6, C7]}}",
        "detache: {group: mute, on: [{keyswitch: 60, channel: 16}]}",
        "detache: {group: mute, on: [{keyswitch: 1, mode: toggle, starts: off}]}",
        "detache: {group: mute, on: [{keyswitch: D0}], when: {velocity: [1, 20]}}",
        "detache: {group: mute, on: [{keyswitch: D0}], channel: 2}",
        "marcato: {group: mute}",
        "slow: {group: articulation, plays: legato, on: [{cc: 20, value: 1}]}",
        "growl: {group: mute, on: [{cc: 20, value: 1}]}",
        "tremolo+con_sordino: {group: mute, on: [{cc: 20, value: 1}]}",
    ],
)
def test_what_is_no_finding(tmp_path: Path, technique: str) -> None:
    assert found(tmp_path, with_technique(technique)) == []


def test_a_map_without_a_range_is_one_finding(tmp_path: Path) -> None:
    said = (
        "hint: the range is not said, so every keyswitch lies among the notes that are played; "
        "write `range`, the lowest and the highest note"
    )
    assert found(tmp_path, CLEAN.replace("range: [G2, C7]\n", "")) == [("keyswitch-in-range", 1, said)]


def test_a_keyswitch_on_a_drum(tmp_path: Path) -> None:
    text = (
        DRUMS
        + "groups: {kit: {default: sustain}}\ntechniques: {sustain: {group: kit, on: [{keyswitch: 40}]}}\n"
    )
    said = (
        "techniques: sustain: on[0]: keyswitch: keyswitch E2 lies inside the drums, as snare=rimshot; "
        "move the one or narrow the other"
    )
    assert found(tmp_path, text) == [("keyswitch-in-range", 7, said)]
    assert found(tmp_path, text.replace("keyswitch: 40", "keyswitch: 41")) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "rimshot: 40",
            "rimshot: 38",
            "pieces: snare: rimshot: played exactly as hit; the two cannot sound different",
        ),
        ("[38, 40]", "[36, 40]", "pieces: snare: written: C2 (36) is written for kick, too; leave it to one"),
    ],
)
def test_drums(tmp_path: Path, old: str, new: str, said: str) -> None:
    ((_, line, told),) = found(tmp_path, DRUMS.replace(old, new))
    assert line == 5
    assert told.startswith(said)


@pytest.mark.parametrize("note", ["hit: C2", "hit: {play: C2}", "hit: ' c2'", "rim: Gb3"])
def test_strokes_have_note_names_too(tmp_path: Path, note: str) -> None:
    ((kind, line, _),) = found(tmp_path, DRUMS.replace("hit: 36", note))
    assert (kind, line) == ("octave-names", 4)


def test_numbers_need_no_middle_c(tmp_path: Path) -> None:
    text = "technique_map: 1\ninstrument: c\nrange: [40, 80]\ngroups: {a: {default: legato}}\ntechniques:\n"
    assert found(tmp_path, text + "  legato: {group: a, labels: {pitch: C4, key: g}}\n") == []


def test_an_entry_that_another_takes_the_place_of(tmp_path: Path) -> None:
    first = "own: {group: articulation, plays: sul_tasto+con_sordino, on: [{cc: 20, value: 1}]}"
    twin = "con_sordino+sul_tasto: {group: articulation, on: [{cc: 20, value: 2}]}"
    ((kind, line, said),) = found(tmp_path, with_technique(f"{first}\n  {twin}"))
    assert (kind, line) == ("shadowed", 20)
    assert said.startswith(
        "hint: techniques: con_sordino+sul_tasto: never chosen: own plays the same, on all"
    )
    assert "own" in played(("sul_tasto", "con_sordino"), f"{first}\n  {twin}")
    assert "con_sordino+sul_tasto" in played(("sul_tasto", "con_sordino"), f"{twin}\n  {first}")
    assert found(tmp_path, with_technique(f"{twin}\n  {first}")) == []


def test_a_condition_within_another(tmp_path: Path) -> None:
    fast = "fast: {group: mute, plays: legato, when: {length_ms: [null, 100]}, on: [{cc: 20, value: 1}]}"
    faster = "faster: {group: mute, plays: legato, when: {length_ms: [null, 50]}, on: [{cc: 20, value: 2}]}"
    ((kind, line, said),) = found(tmp_path, with_technique(f"{fast}\n  {faster}"))
    assert (kind, line) == ("shadowed", 20)
    assert "never chosen: fast plays the same, on all of these notes, and goes first" in said
    assert "faster" not in played(("legato",), f"{fast}\n  {faster}", {"fast", "faster"})
    assert "faster" in played(("legato",), f"{faster}\n  {fast}", {"fast", "faster"})
    assert found(tmp_path, with_technique(f"{faster}\n  {fast}")) == []


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        ({}, {"velocity": (1, 20)}, True),
        ({"velocity": (1, 20)}, {}, False),
        ({"velocity": (None, 20)}, {"velocity": (1, 20)}, True),
        ({"velocity": (None, 20)}, {"velocity": (1, 21)}, False),
        ({"pitch": (60, None)}, {"pitch": (60, 72), "next": "apart"}, True),
        ({"next": "connects"}, {"next": "overlaps"}, True),
        ({"next": "overlaps"}, {"next": "connects"}, False),
        ({"next": "apart"}, {"next": "overlaps"}, False),
        ({"previous": "apart"}, {"previous": None}, False),
        ({"previous": None}, {"previous": "apart"}, True),
    ],
)
def test_which_condition_covers_which(wide: dict, narrow: dict, expected: bool) -> None:
    assert covers(Condition(**wide), Condition(**narrow)) is expected


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("technique_map: 1\n", 1, "'instrument' is missing"),
        (
            CLEAN.replace("D#0", "C10"),
            15,
            "techniques: pizzicato: on[0]: keyswitch: key 'C10' is outside 0..127",
        ),
        (CLEAN.replace("  mute:", "\tmute:"), 10, "not YAML: "),
        ("- 1\n", None, "holds no keys; a mapping such as 'name: value' is expected"),
    ],
)
def test_a_map_that_does_not_load_is_one_finding(
    tmp_path: Path, text: str, line: int | None, problem: str
) -> None:
    (one,) = lint(tmp_path, text)
    assert (one.kind, one.line) == ("load", line)
    assert one.problem.startswith(problem)
    where = f"{tmp_path}/map.yaml" + ("" if line is None else f":{line}")
    assert str(one).startswith(f"{where}: {problem}")


def test_no_file_is_a_finding(tmp_path: Path) -> None:
    (one,) = lint_map(tmp_path / "x.yaml")
    assert str(one) == f"{tmp_path}/x.yaml: no such file; give a technique map (YAML)"
    assert (one.line, one.kind) == (None, "load")


def test_findings_come_by_line_and_each_check_finds_something(tmp_path: Path) -> None:
    text = CLEAN.replace("middle_c: C4\n", "").replace("chase: [11]", "chase: []").replace("D#0", "D0")
    lines = [one.line for one in lint(tmp_path, text)]
    assert lines == sorted(lines, key=lambda line: line or 0)
    assert len(lines) == 3
    assert len({check.__name__ for check in CHECKS}) == len(CHECKS)


def test_limits_are_what_is_said() -> None:
    assert (PRE_ROLL_MS, LONGEST_LEAD_MS) == (1000.0, 500.0)


@pytest.mark.parametrize(
    "technique", ["'word {}': {{group: a}}", "g{0}: {{group: a, plays: legato, on: [{{cc: 1, value: 3}}]}}"]
)
def test_a_huge_map_is_linted(tmp_path: Path, technique: str) -> None:
    head = (
        "technique_map: 1\ninstrument: X\ngroups: {a: {default: legato}}\ntechniques:\n  legato: {group: a}\n"
    )
    text = head + "".join(f"  {technique.format(number)}\n" for number in range(3000))
    findings = lint(tmp_path, text)  # a quadratic check takes minutes
    assert len(findings) >= 2999
    assert sum("did you mean" in str(one) or "write `plays" in str(one) for one in findings) <= MOST_HINTS


def test_another_vocabulary(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(CLEAN, encoding="utf-8")
    small = load_vocabulary().model_copy(update={"techniques": {}})
    assert {one.kind for one in lint_map(tmp_path / "map.yaml", small)} == {"unknown-name"}


def test_a_default_with_a_condition_is_worth_a_look(tmp_path: Path) -> None:
    text = CLEAN.replace("{default: sustain}", "{default: slow}") + (
        "  slow: {group: articulation, plays: sustain, when: {length_ms: [9, null]}, on: [{keyswitch: 20}]}\n"
    )
    (finding,) = [one for one in lint(tmp_path, text) if "its condition is not met" in one.problem]
    assert (finding.severity, finding.place) == ("hint", "techniques: slow: when")
