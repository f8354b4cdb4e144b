"""A sketch of a technique map as YAML that loads, with notes on what a person must do next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from composer_daw.authoring.map_sketch import Sketch, Sketched
from composer_daw.authoring.preset_files import check_free
from composer_daw.documents import parse_document
from composer_daw.errors import InputError
from composer_daw.files import write_text
from composer_daw.techniques import TechniqueMap
from composer_daw.techniques.pitch_names import pitch_of
from composer_daw.techniques.writing import scalar

MOST_COMMENTS = 200

HEAD = """\
# A beginning, not a finished map. What to do next:
#   1. Write the range, keyswitches and controllers that the manual names; see docs/technique_map.md.
#   2. `composer-daw techniques lint {file}` says what is still open, with the line.
#   3. `composer-daw techniques calibrate -i INSTRUMENT` measures how late each technique speaks.
#   4. `composer-daw techniques verify -i INSTRUMENT` hears whether all of it is true.
"""


def write_sketch(
    sketch: Sketch,
    output: Path,
    ends: tuple[str, str] | None = None,
    middle_c: str | None = None,
    *,
    force: bool = False,
) -> None:
    """Write a sketch as a map that loads, whole or not at all.

    `ends` are the lowest and the highest note, `middle_c` what MIDI 60 is called. Raises InputError for notes
    that are none, and OutputError for a file that is there already, but for `force`.
    """
    if output.suffix not in (".yaml", ".yml"):
        raise InputError(f"{output}: a technique map is a YAML file; let its name end in .yaml")
    check_free(output, force)
    if ends:
        _check_ends(ends, middle_c or "C4")
    text = "\n".join(_lines(sketch, output.name, ends, middle_c)) + "\n"
    parse_document(text, TechniqueMap, str(output))
    write_text(output, text)


def _check_ends(ends: tuple[str, str], middle_c: str) -> None:
    try:
        low, high = (pitch_of(end, middle_c) for end in ends)
    except ValueError as error:
        raise InputError(f"--range: {error}") from error
    if low > high:
        raise InputError(f"--range: {ends[0]} is above {ends[1]}; give the lowest note first")


def _lines(sketch: Sketch, file: str, ends: tuple[str, str] | None, middle_c: str | None) -> Iterator[str]:
    yield HEAD.format(file=file)
    yield "technique_map: 1"
    yield f"instrument: {scalar(sketch.instrument)}"
    yield (
        f"source: {scalar(sketch.source)}" if sketch.source else "# source: the manual, its edition and page"
    )
    yield (
        f"middle_c: {middle_c}"
        if middle_c
        else "# middle_c: C3     # what the manual calls MIDI 60: C3 (Yamaha), C4, or C5"
    )
    if ends:
        yield f"range: [{', '.join(end if end.isdigit() else scalar(end) for end in ends)}]"
    else:
        yield "# range: [C2, C6]   # the lowest and the highest note that it plays"
    yield "lead_ms: 20           # how long before a note its switch is sent"
    yield "\ngroups:               # of each group one technique is in force"
    for group in dict.fromkeys(one.group for one in sketch.techniques.values()):
        default = sketch.defaults.get(group)
        yield f"  {scalar(group)}: {{{f'default: {scalar(default)}' if default else ''}}}"
    yield "\ntechniques:"
    for name, one in sketch.techniques.items():
        yield from _technique_lines(name, one)
    yield "  # staccato:"
    yield "  #   group: articulation"
    yield "  #   on: [{keyswitch: C0}]      # also cc, program, pitch_bend, parameter"
    yield "  #   note: {length: 0.5}        # what happens to its notes"
    yield "  #   fallback: [sustain]        # what plays where the library lacks it"
    yield "\nchannels: [1]         # on which it listens; each keeps a technique of its own"
    yield "# dynamics: {cc: 11, follow: score}"
    yield "# chase: [11]"
    if sketch.remarks:
        yield ""
    for remark in sketch.remarks[:MOST_COMMENTS]:
        yield f"# {_one_line(remark)}"
    if len(sketch.remarks) > MOST_COMMENTS:
        yield f"# and {len(sketch.remarks) - MOST_COMMENTS} more"


def _technique_lines(name: str, one: Sketched) -> Iterator[str]:
    yield f"  {scalar(name)}:" + (f"   # {_one_line(one.remark)}" if one.remark else "")
    yield f"    group: {scalar(one.group)}"
    for field_name in ("title", "plays"):
        if text := getattr(one, field_name):
            yield f"    {field_name}: {scalar(text)}"
    for side in ("on", "off"):
        if action := getattr(one, side):
            yield f"    {side}: [{action}]"


def _one_line(text: str) -> str:
    return "".join(one if one.isprintable() else " " for one in text)
