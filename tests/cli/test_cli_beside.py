"""`render` with what stands beside a score: another library's map, spans, rules; and MusicXML scores."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from midi_building import note, save_tracks
from musicxml_building import articulated, part, save_page, words
from musicxml_building import note as written
from small_instruments import MAP, write_instrument


@pytest.fixture
def switched(tmp_path: Path) -> Path:
    """A score with the keyswitches of the small instrument: staccato, then pizzicato; and a stray key."""
    keys = [message for tick, key in ((0, 14), (960, 15), (1440, 3)) for message in note(tick, 60, key)]
    melody = [message for step in range(4) for message in note(480 * step, 440, 60 + step)]
    return save_tracks(tmp_path / "switched.mid", [*keys, *melody])


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """An instrument with the same techniques on other keys."""
    preset = write_instrument(tmp_path / "other", name="Other Strings")
    moved = MAP.replace("Fake Strings", "Other Strings").replace("D0", "A0").replace("D#0", "B0")
    (preset.parent / "map.yaml").write_text(moved, encoding="utf-8")
    return preset


def played(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [row["technique"] for row in csv.DictReader(stream)]


def test_a_score_of_one_library_on_another(
    run: Callable, switched: Path, fake_preset: Path, other: Path, tmp_path: Path
) -> None:
    for source in (fake_preset, fake_preset.parent / "map.yaml"):
        more = ["--from-map", source, "--labels", tmp_path / "a.csv"]
        ran = run("render", switched, "-i", other, "-o", tmp_path / "a.wav", *more)
        assert ran.code == 0
        assert played(tmp_path / "a.csv") == ["staccato", "staccato", "pizzicato", "pizzicato"]
        assert ran.err == (
            "note: key D#-1 is no keyswitch, and outside G2..C7: left out (1 times, first at 1.50 s)\n"
        )
    ran = run("render", switched, "-i", other, "-o", tmp_path / "a.wav", *more, "--json")
    assert json.loads(ran.out)["unread"][0].startswith("key D#-1 is no keyswitch")


def test_spans_and_rules(run: Callable, score: Path, fake_preset: Path, tmp_path: Path) -> None:
    (tmp_path / "spans.yaml").write_text(
        "technique_spans: 1\nspans: [{from: 1.3, to: 1.4, technique: pizz.}]\n"
        "rules: [{when: {pitch: [null, C4]}, technique: con sord.}]\n",
        encoding="utf-8",
    )
    (tmp_path / "rules.yaml").write_text(
        "technique_rules: 1\nrules: [{when: {}, technique: staccato}]\n", encoding="utf-8"
    )
    beside = ["--techniques", tmp_path / "spans.yaml", "--rules", tmp_path / "rules.yaml"]
    out = ["-o", tmp_path / "a.wav", "--labels", tmp_path / "a.csv"]
    ran = run("render", score, "-i", fake_preset, *out, *beside)
    assert (ran.code, ran.err) == (0, "")
    assert played(tmp_path / "a.csv") == ["staccato+con_sordino", "staccato", "pizzicato", "staccato"]
    assert run("render", score, "-i", fake_preset, *out, "--rules", "default").code == 0
    assert played(tmp_path / "a.csv") == ["sustain"] * 4


def test_musicxml(run: Callable, fake_preset: Path, tmp_path: Path) -> None:
    bar = written("C4", 1, articulated("staccato")) + words("pizz.") + written("D4", 3)
    page = save_page(tmp_path / "page.mxl", part(bar))
    ran = run("render", page, "-i", fake_preset, "-o", tmp_path / "a.wav", "--labels", tmp_path / "a.csv")
    assert (ran.code, ran.err) == (0, "")
    assert played(tmp_path / "a.csv") == ["staccato", "pizzicato"]


def test_a_graph(run: Callable, switched: Path, fake_preset: Path, other: Path, tmp_path: Path) -> None:
    graph = tmp_path / "song.yaml"
    graph.write_text(
        f"graph: 1\ntracks:\n  low: {{instrument: {other}, track: 1}}\n",
        encoding="utf-8",
    )
    spans = tmp_path / "spans.yaml"
    spans.write_text(
        "technique_spans: 1\nspans:\n  - {from: 1.4, technique: con_sordino+sustain}\n"
        "  - {from: 9, technique: pizz.}\n",
        encoding="utf-8",
    )
    more = ["--from-map", fake_preset, "--techniques", spans, "--stems", tmp_path / "stems"]
    ran = run("render", switched, "--graph", graph, "-o", tmp_path / "a.wav", *more)
    assert ran.code == 0, ran.err
    labels = played(tmp_path / "stems" / "labels" / "low.csv")
    assert labels == ["staccato", "staccato", "pizzicato", "con_sordino"]
    assert "key D#-1 is no keyswitch" in ran.err
    assert f"{spans}:4: spans[1]: no note begins there" in ran.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--from-map", "z.yaml"], "error: z.yaml: no such file"),
        (["--from-map", "nothing"], "error: no instrument 'nothing'; `composer-daw instruments list` shows"),
        (
            ["--rules", "zzz"],
            "error: zzz: no such file; give a file of technique rules (YAML)",
        ),
        (["--techniques", "bad.yaml"], "error: bad.yaml:2: spans[0]: from: bar 1 has 4 beats, not 7"),
        (
            ["--from-map", "all.yaml"],
            "error: score.mid: holds nothing but switches of Fake Strings; there is",
        ),
    ],
)
def test_what_does_not_fit_is_one_line(
    run: Callable,
    score: Path,
    fake_preset: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(score.parent)
    Path("bad.yaml").write_text("technique_spans: 1\nspans: [{from: 1.7, technique: pizz.}]\n")
    every = MAP.replace("[{keyswitch: C0}]", "[{keyswitch: [C4, C#4, D4, D#4, E4]}]").replace("C#4", "'C#4'")
    Path("all.yaml").write_text(every.replace("D#4,", "'D#4',").replace("E4]", "E4, F4]"))
    ran = run("render", "score.mid", "-i", fake_preset, "-o", "a.wav", *options)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert ran.err.startswith(said)
    assert not Path("a.wav").exists()


@pytest.mark.parametrize("command", ["render", "show", "diff"])
def test_a_bank_of_another_program_is_brought_over_first(
    run: Callable, score: Path, fake_preset: Path, tmp_path: Path, command: str
) -> None:
    bank = tmp_path / "Bank.reabank"
    bank.write_text("Bank 1 1 Violin\n//! o=note:24\n1 Long\n")
    more = {
        "render": ("render", score, "-i", fake_preset, "-o", tmp_path / "a.wav", "--from-map", bank),
        "show": ("techniques", "show", bank),
        "diff": ("techniques", "diff", fake_preset, bank),
    }[command]
    ran = run(*more)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"error: {bank}: is a bank of Reaticulate, not a technique map; "
        f"bring it over first: composer-daw techniques import '{bank}' -o DIR\n"
    )
