"""`composer-daw techniques verify` and `calibrate`: what a person sees, and what is written."""

from __future__ import annotations

import html.parser
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from keyed_host import MAP, Faults, KeyedHost, write_keyed_instrument

from composer_daw import files
from composer_daw.calibration import calibrate, verify
from composer_daw.rendering import Instrument
from composer_daw.techniques.maps import load_map

RATE = ("--sample-rate", 16_000)
LATE = {26: 0.05}

Keyed = Callable[..., Path]


@pytest.fixture
def keyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyed:
    """Return a function that writes an instrument; its host does wrong what is asked for."""

    def made(text: str = MAP, **faults: object) -> Path:
        def opened(instrument: Instrument, sample_rate: int = 44_100, fresh: bool = False) -> KeyedHost:
            return KeyedHost(sample_rate, Faults(**faults))  # type: ignore[arg-type]

        monkeypatch.setattr(verify, "open_host", opened)
        monkeypatch.setattr(calibrate, "open_host", opened)
        return write_keyed_instrument(tmp_path, text)

    return made


def map_of(preset: Path) -> Path:
    return preset.parent / "keyed_map.yaml"


# --- verify


def test_a_true_map(run: Callable, keyed: Keyed) -> None:
    ran = run("techniques", "verify", "-i", keyed(), *RATE)
    assert (ran.code, ran.err) == (0, "")
    heads, *rows, _, summary = ran.out.splitlines()
    assert heads.split("  ")[0] == "technique" and heads.split()[-1] == "found"
    assert [row.split()[0] for row in rows[:6]] == [
        "sustain",
        "staccato",
        "pizzicato",
        "tremolo",
        "senza_sordino",
        "con_sordino",
    ]
    assert all(row.split()[-1] == "well" for row in rows if row)
    assert summary == "faults: 0, hints: 0"


def test_a_map_with_a_fault(run: Callable, keyed: Keyed) -> None:
    preset = keyed(MAP.replace("keyswitch: 26", "keyswitch: 40"))
    ran = run("techniques", "verify", "-i", preset, "-t", "sustain", "-t", "pizzicato", *RATE)
    assert ran.code == 1
    assert ran.err == f"error: {map_of(preset)}: faults: 1\n"
    lines = ran.out.splitlines()
    (row,) = (line for line in lines if line.startswith("pizzicato "))
    assert row.split()[-1] == "identical"
    assert "pizzicato: identical: sounds like sustain: key E2 changes nothing" in lines
    assert lines[-1] == "faults: 1, hints: 0"
    assert not any(line.startswith("tremolo") for line in lines)


def test_hints_are_no_faults(run: Callable, keyed: Keyed) -> None:
    ran = run("techniques", "verify", "-i", keyed(late_s=LATE), "-t", "pizzicato", *RATE)
    assert ran.code == 0
    assert ran.out.splitlines()[1].split()[-1] == "(late)"
    assert "hint: pizzicato: late: speaks 50 ms after it is sent, where the map says 0 ms" in ran.out
    assert ran.out.splitlines()[-1] == "faults: 0, hints: 1"


@pytest.mark.parametrize("key", [26, 40])
def test_as_json(run: Callable, keyed: Keyed, key: int) -> None:
    preset = keyed(MAP.replace("keyswitch: 26", f"keyswitch: {key}"))
    ran = run("techniques", "verify", "-i", preset, "-t", "pizzicato", "--json", *RATE)
    found = json.loads(ran.out)
    assert ran.code == (0 if key == 26 else 1)
    assert (found["instrument"], found["sample_rate"]) == (str(preset), 16_000)
    assert list(found["techniques"]) == ["pizzicato"]
    assert found["techniques"]["pizzicato"]["latency_ms"] == pytest.approx(0.3, abs=0.5)
    assert found["hints"] == []
    assert [(one["technique"], one["check"]) for one in found["faults"]] == [("pizzicato", "identical")] * (
        key == 40
    )


class Links(html.parser.HTMLParser):
    """What a page refers to, and the tags that were left open."""

    VOID = ("meta", "link", "img", "br", "hr", "input", "col", "source", "path", "rect", "line", "circle")

    def __init__(self) -> None:
        super().__init__()
        self.places: list[tuple[str, str]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.places += [(tag, value or "") for name, value in attrs if name in ("src", "href", "data-src")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            assert self.open.pop() == tag


def test_a_page_to_hear_and_see(run: Callable, keyed: Keyed, tmp_path: Path) -> None:
    preset = keyed(MAP.replace("keyswitch: 26", "keyswitch: 40"))
    page = tmp_path / "out.html"
    ran = run("techniques", "verify", "-i", preset, "-t", "pizzicato", "-t", "tremolo", "--page", page, *RATE)
    assert ran.code == 1
    text = page.read_text(encoding="utf-8")
    links = Links()
    links.feed(text)
    assert links.open == [] and text.rstrip().endswith("</html>")
    sounds = {place for _, place in links.places if place.endswith(".wav")}
    assert sounds == {"out_audio/01_pizzicato.wav", "out_audio/02_tremolo.wav"}
    assert all((tmp_path / sound).stat().st_size > 16_000 for sound in sounds)
    pictures = [place for tag, place in links.places if tag == "img"]
    assert len(pictures) >= 2 and all(place.startswith("data:image/") for place in pictures)
    others = {place for _, place in links.places if not place.startswith(("data:", "#"))} - sounds
    assert others == set()
    assert "http://" not in text.replace("http://www.w3.org", "") and "https://" not in text
    assert "pizzicato: identical: sounds like sustain: key E2 changes nothing" in text
    assert "it sounds like the default of its group" in text


def test_no_page_is_written_where_none_is_asked_for(run: Callable, keyed: Keyed) -> None:
    preset = keyed()
    run("techniques", "verify", "-i", preset, "-t", "pizzicato", *RATE)
    assert sorted(one.name for one in preset.parent.iterdir()) == ["keyed.yaml", "keyed_map.yaml"]


# --- calibrate


def test_latencies_are_measured_and_written(run: Callable, keyed: Keyed) -> None:
    preset = keyed(late_s=LATE)
    before = map_of(preset).read_text(encoding="utf-8").splitlines()
    ran = run("techniques", "calibrate", "-i", preset, *RATE)
    assert (ran.code, ran.err) == (0, "")
    heads, *rows, summary = ran.out.splitlines()
    assert heads.split() == ["technique", "in", "the", "map", "measured", "then", "uncertain", "because"]
    (row,) = (row for row in rows if row.startswith("pizzicato "))
    assert "changed" in row and "50" in row
    assert next(row for row in rows if row.startswith("con_sordino ")).split()[-3:] == ["as", "measured", "-"]
    assert summary == f"latencies written to {map_of(preset)}: 1"
    after = map_of(preset).read_text(encoding="utf-8").splitlines()
    ((old, new),) = ((old, new) for old, new in zip(before, after, strict=True) if old != new)
    assert new.startswith(old.removesuffix("}") + ", latency_ms: {first: 5")
    again = run("techniques", "calibrate", "-i", preset, *RATE)
    assert again.out.splitlines()[-1] == f"latencies written to {map_of(preset)}: 0"


def test_a_dry_run_writes_nothing(run: Callable, keyed: Keyed) -> None:
    preset = keyed(late_s=LATE)
    before = map_of(preset).read_bytes()
    ran = run("techniques", "calibrate", "-i", preset, "--dry-run", *RATE)
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == f"latencies would be written to {map_of(preset)}: 1"
    assert map_of(preset).read_bytes() == before


@pytest.mark.parametrize("dry", [True, False])
def test_calibration_as_json(run: Callable, keyed: Keyed, dry: bool) -> None:
    preset = keyed(late_s=LATE, silent={27})
    options = ["--dry-run"] if dry else []
    ran = run(
        "techniques", "calibrate", "-i", preset, "-t", "pizzicato", "-t", "tremolo", "--json", *options, *RATE
    )
    found = json.loads(ran.out)
    assert found["map"] == str(map_of(preset)) and found["written"] is not dry
    one = found["techniques"]["pizzicato"]
    assert one["old"]["first"] == 0.0 and one["new"]["first"] == pytest.approx(50.0, abs=1.0)
    assert one["differs"] is True and one["doubt"] == ""
    assert found["unmeasured"] == ["tremolo: not heard"]


def test_what_was_not_measured_is_told(run: Callable, keyed: Keyed) -> None:
    ran = run("techniques", "calibrate", "-i", keyed(refused={26}), "-t", "pizzicato", *RATE)
    assert ran.code == 0
    assert any(line.startswith("not measured: pizzicato: ") for line in ran.out.splitlines())


def test_a_map_that_cannot_be_written(run: Callable, keyed: Keyed, monkeypatch: pytest.MonkeyPatch) -> None:
    preset = keyed(late_s=LATE)
    before = map_of(preset).read_bytes()

    def refused(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refused)
    ran = run("techniques", "calibrate", "-i", preset, "-t", "pizzicato", *RATE)
    assert ran.code == 1
    assert ran.err == f"error: {map_of(preset)}: cannot be written: Permission denied\n"
    assert map_of(preset).read_bytes() == before


@pytest.mark.parametrize("dry", [True, False])
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_heard(
    run: Callable, keyed: Keyed, monkeypatch: pytest.MonkeyPatch, dry: bool
) -> None:
    preset = keyed(late_s=LATE)
    heard: list[object] = []
    real = KeyedHost.render

    def render(self: KeyedHost, *arguments: object, **more: object) -> object:
        heard.append(arguments)
        return real(self, *arguments, **more)  # type: ignore[arg-type]

    def refused(*arguments: object, **more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(KeyedHost, "render", render)
    monkeypatch.setattr(tempfile, "mkstemp", refused)
    options = ["--dry-run"] if dry else []
    ran = run("techniques", "calibrate", "-i", preset, "-t", "pizzicato", *options, *RATE)
    assert ran.code == (0 if dry else 1) and bool(heard) is dry
    assert dry or (ran.err.count("\n") == 1 and "cannot be written: Permission denied" in ran.err)


def test_a_map_that_changes_meanwhile(run: Callable, keyed: Keyed, monkeypatch: pytest.MonkeyPatch) -> None:
    preset = keyed(late_s=LATE)
    real = KeyedHost.render

    def edit_and_render(self: KeyedHost, *arguments: object, **more: object) -> object:
        map_of(preset).write_text(MAP + "# edited\n", encoding="utf-8")
        return real(self, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(KeyedHost, "render", edit_and_render)
    ran = run("techniques", "calibrate", "-i", preset, "-t", "pizzicato", *RATE)
    assert ran.code == 1
    assert ran.err == f"error: {map_of(preset)}: has changed since it was measured; calibrate again\n"
    assert map_of(preset).read_text(encoding="utf-8") == MAP + "# edited\n"


PACKAGED = "ships with composer_daw; give -o MAP.yaml, a map of your own"


@pytest.mark.parametrize("there", [False, True])
def test_a_calibrated_map_is_written_as_a_new_file(
    run: Callable, keyed: Keyed, tmp_path: Path, there: bool
) -> None:
    preset, output = keyed(late_s=LATE), tmp_path / "new" / "mine.yaml"
    before = map_of(preset).read_bytes()
    if there:
        output.parent.mkdir()
        output.write_text("mine", encoding="utf-8")
        ran = run("techniques", "calibrate", "-i", preset, "-t", "pizzicato", "-o", output, *RATE)
        assert (ran.code, output.read_text(encoding="utf-8")) == (1, "mine")
        assert ran.err == f"error: {output}: is there already; give another name, or --force\n"
    force = ["--force"] if there else []
    ran = run("techniques", "calibrate", "-i", preset, "-t", "pizzicato", "-o", output, *force, *RATE)
    assert (ran.code, ran.out.splitlines()[-1]) == (0, f"latencies written to {output}: 1")
    assert map_of(preset).read_bytes() == before
    assert load_map(output).techniques["pizzicato"].latency_ms.first == pytest.approx(50.0, abs=1.0)


def test_a_map_that_ships_is_not_written_unasked(
    run: Callable, keyed: Keyed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preset = keyed(late_s=LATE)
    before = map_of(preset).read_bytes()
    monkeypatch.setattr(files, "shipped", lambda folder: preset.parent)
    ran = run("techniques", "calibrate", "-i", preset, "-t", "pizzicato", *RATE)
    assert (ran.code, ran.out, ran.err) == (1, "", f"error: {map_of(preset)}: {PACKAGED}\n")
    assert run("techniques", "calibrate", "-i", preset, "-t", "pizzicato", "--dry-run", *RATE).code == 0
    asked = ("-o", tmp_path / "mine" / "map.yaml")
    assert run("techniques", "calibrate", "-i", preset, "-t", "pizzicato", *asked, *RATE).code == 0
    assert map_of(preset).read_bytes() == before


def test_the_maps_that_ship_are_known(run: Callable) -> None:
    ran = run("techniques", "calibrate", "-i", "studio/violin")
    assert ran.code == 1 and ran.err.endswith(f"violin.yaml: {PACKAGED}\n")


def test_what_is_uncertain_is_kept_unless_it_is_asked_for(run: Callable, keyed: Keyed) -> None:
    preset = keyed(late_s=LATE, scattered_s=0.03)
    before = map_of(preset).read_bytes()
    ran = run("techniques", "calibrate", "-i", preset, "-t", "pizzicato", *RATE)
    (row,) = (row for row in ran.out.splitlines() if row.startswith("pizzicato "))
    assert ran.code == 0 and "kept: uncertain" in row and "spreads by" in row
    assert ran.out.splitlines()[-1].endswith(": 0; kept, for they are uncertain: 1 (--uncertain writes them)")
    assert map_of(preset).read_bytes() == before
    ran = run("techniques", "calibrate", "-i", preset, "-t", "pizzicato", "--uncertain", *RATE)
    assert ran.code == 0 and ran.out.splitlines()[-1].endswith(": 1")
    assert map_of(preset).read_bytes() != before


# --- bad input


def bad_inputs() -> Iterator[tuple[str, tuple[str, ...], str]]:
    yield "no such instrument", ("-i", "studio/violn"), "did you mean"
    yield "no such file", ("-i", "nothing/here.yaml"), "nothing/here.yaml"
    yield "unknown technique", ("-i", "PRESET", "-t", "pizicato"), "did you mean 'pizzicato'?"
    yield "a sample rate that is none", ("-i", "PRESET", "--sample-rate", "9"), "--sample-rate"


@pytest.mark.parametrize("command", ["verify", "calibrate"])
@pytest.mark.parametrize(
    ("options", "told"), [one[1:] for one in bad_inputs()], ids=[one[0] for one in bad_inputs()]
)
def test_bad_input_is_told_in_one_line(
    run: Callable, keyed: Keyed, command: str, options: tuple[str, ...], told: str
) -> None:
    preset = str(keyed())
    ran = run("techniques", command, *(preset if one == "PRESET" else one for one in options))
    assert ran.code in (1, 2) and ran.out == ""
    assert told in ran.err.splitlines()[-1] and "Traceback" not in ran.err
    assert ran.code == 2 or ran.err.count("\n") == 1


@pytest.mark.parametrize("command", ["verify", "calibrate"])
def test_a_map_that_does_not_load(run: Callable, keyed: Keyed, command: str) -> None:
    preset = keyed(MAP.replace("keyswitch: 26", "keyswitch: 260"))
    ran = run("techniques", command, "-i", preset, *RATE)
    assert ran.code == 1 and ran.out == ""
    assert ran.err.startswith(f"error: {map_of(preset)}:") and "pizzicato" in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("keyed.yaml/out.html", "a file stands where a folder should be"),
        ("keyed_map.yaml", "is named twice, or is the score itself"),
        (".", "is a folder"),
    ],
)
def test_a_page_that_cannot_be_written_is_told_before_anything_is_heard(
    run: Callable, keyed: Keyed, monkeypatch: pytest.MonkeyPatch, page: str, told: str
) -> None:
    preset = keyed()
    monkeypatch.setattr(KeyedHost, "render", lambda *arguments: pytest.fail("it listened"))
    before = map_of(preset).read_bytes()
    ran = run("techniques", "verify", "-i", preset, "--page", preset.parent / page, *RATE)
    assert ran.code == 1 and ran.err.count("\n") == 1 and told in ran.err
    assert map_of(preset).read_bytes() == before


def test_a_page_in_a_folder_that_is_missing(run: Callable, keyed: Keyed, tmp_path: Path) -> None:
    """The folder is made, as for everything that is written."""
    page = tmp_path / "new" / "deep" / "out.html"
    ran = run("techniques", "verify", "-i", keyed(), "-t", "pizzicato", "--page", page, *RATE)
    assert ran.code == 0
    assert page.is_file() and (page.parent / "out_audio" / "01_pizzicato.wav").is_file()
