"""MusicXML written in the test: notes and directions as short text, bars of a part, parts of a score."""

from __future__ import annotations

import zipfile
from pathlib import Path

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)
CONTAINER = '<container><rootfiles><rootfile full-path="{}"/></rootfiles></container>'


def note(pitch: str, length: int = 1, notations: str = "", more: str = "", before: str = "") -> str:
    """Return a note such as "C4" or "F#5", `length` quarters long; `more` stands after its length."""
    step, alter, octave = pitch[0], {"#": 1, "b": -1}.get(pitch[1], 0), pitch[-1]
    pitched = f"<pitch><step>{step}</step><alter>{alter}</alter><octave>{octave}</octave></pitch>"
    marks = f"<notations>{notations}</notations>" if notations else ""
    return f"<note>{before}{pitched}<duration>{length}</duration>{more}{marks}</note>\n"


def rest(length: int = 1, more: str = "") -> str:
    """Return a rest, `length` quarters long."""
    return f"<note><rest/><duration>{length}</duration>{more}</note>\n"


def grace(pitch: str, more: str = "") -> str:
    """Return a grace note."""
    step, octave = pitch[0], pitch[-1]
    return f"<note><grace/>{more}<pitch><step>{step}</step><octave>{octave}</octave></pitch></note>\n"


def words(text: str, sound: str = "") -> str:
    """Return words between the notes, with a `sound` where one is given."""
    return direction(f"<words>{text}</words>", sound)


def direction(kind: str, sound: str = "") -> str:
    """Return a direction of any kind."""
    told = f"<sound {sound}/>" if sound else ""
    return f"<direction><direction-type>{kind}</direction-type>{told}</direction>\n"


def articulated(mark: str) -> str:
    """Return notations with one articulation."""
    return f"<articulations><{mark}/></articulations>"


def part(*bars: str, divisions: int = 1, metre: str = "4/4", more: str = "") -> str:
    """Return the bars of a part, the first with its metre."""
    top, bottom = metre.split("/")
    attributes = (
        f"<attributes><divisions>{divisions}</divisions><time><beats>{top}</beats>"
        f"<beat-type>{bottom}</beat-type></time>{more}</attributes>"
    )
    whole = [attributes + bars[0], *bars[1:]]
    return "".join(f'<measure number="{number}">{bar}</measure>\n' for number, bar in enumerate(whole, 1))


def page(*parts: str, names: tuple[str, ...] = ("Violin",), listed: str = "") -> str:
    """Return a whole score; parts without a name of their own have that of the first."""
    titles = [*names, *[names[0]] * (len(parts) - len(names))]
    entries = "".join(
        f'<score-part id="P{number}"><part-name>{name}</part-name>{listed}</score-part>'
        for number, name in enumerate(titles, 1)
    )
    body = "".join(f'<part id="P{number}">{one}</part>' for number, one in enumerate(parts, 1))
    return f'{HEAD}<score-partwise version="4.0"><part-list>{entries}</part-list>{body}</score-partwise>'


def save_page(path: Path, *parts: str, names: tuple[str, ...] = ("Violin",), listed: str = "") -> Path:
    """Write a score, packed where the name ends in .mxl."""
    text = page(*parts, names=names, listed=listed)
    if path.suffix == ".mxl":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("META-INF/container.xml", CONTAINER.format("score.xml"))
            archive.writestr("score.xml", text)
    else:
        path.write_text(text, encoding="utf-8")
    return path
