"""Kits, chokes, restrikes and the pedal: what a declaration may say beside what the violin needs."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml

from composer_daw.errors import DocumentError, HostError
from composer_daw.events import Kind
from composer_daw.files import shipped
from composer_daw.hosts.faust import HOME, FaustHost
from composer_daw.hosts.faust_declaration import Declaration, load_declaration
from composer_daw.hosts.faust_lanes import Strokes, plan_strokes
from composer_daw.hosts.faust_notes import Notes, read_notes
from composer_daw.techniques import load_map
from tests.hosts.test_faust import Row, controller, events, note, part

RATE = 1000
KICK, SNARE, CLOSED, OPEN, HARD = 36, 38, 42, 46, 40

KIT: dict[str, object] = {
    "studio_instrument": 1,
    "name": "Test Kit",
    "strings_dsp": {"lane": "piece", "values": ["low.dsp", "high.dsp", "high.dsp", "high.dsp"]},
    "body_dsp": "body.dsp",
    "strings_channels": 2,
    "channels": 2,
    "range": [35, 46],
    "lanes": ["piece", "hit"],
    "keyswitches": {20: {"hit": 2}},
    "keys": {
        KICK: {"piece": 0},
        SNARE: {"piece": 1},
        HARD: {"piece": 1, "hit": 1},
        CLOSED: {"piece": 2},
        OPEN: {"piece": 3},
    },
    "chokes": {"lane": "piece", "values": [0, 0, 1, 1]},
    "restrikes": {"lane": "piece", "values": [1, 2, 4, 4]},
    "holds": False,
    "tail_s": {"lane": "piece", "values": [0.5, 0.5, 0.1, 2.0]},
    "forget_s": 0.01,
}
PIANO: dict[str, object] = {
    "studio_instrument": 1,
    "name": "Test Piano",
    "strings_dsp": "low.dsp",
    "body_dsp": "body.dsp",
    "channels": 2,
    "range": [36, 96],
    "pedal": 64,
    "restrikes": True,
    "tail_s": 4.0,
    "tail_halves_every": 12,
}


def written(folder: Path, document: dict[str, object]) -> Path:
    path = folder / "x.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Declaration:
    return load_declaration(written(tmp_path_factory.mktemp("kit"), KIT))


@pytest.fixture(scope="module")
def piano(tmp_path_factory: pytest.TempPathFactory) -> Declaration:
    return load_declaration(written(tmp_path_factory.mktemp("piano"), PIANO))


def notes_of(declaration: Declaration, *rows: Row | list[Row]) -> Notes:
    return read_notes(events(*rows, pre_roll_s=0.0), declaration, RATE, 10 * RATE, 0)


def strokes(declaration: Declaration, *rows: Row | list[Row]) -> Strokes:
    return plan_strokes(notes_of(declaration, *rows), declaration, RATE, 10 * RATE)


# Keys


def test_a_played_key_sets_lanes_over_the_keyswitches(kit: Declaration) -> None:
    rows = [note(0.1 * index, 0.05, key) for index, key in enumerate((KICK, HARD, SNARE))]
    found = notes_of(kit, (0.0, Kind.SWITCH_ON, 0, 20, 100.0, -1), *rows)
    assert found.lanes["piece"].tolist() == [0, 1, 1]
    assert found.lanes["hit"].tolist() == [2, 1, 2]


def test_a_key_that_is_no_piece_is_refused(kit: Declaration) -> None:
    with pytest.raises(HostError, match=r"key 37 at 0.500 s is none of its keys \[36, 38, 40, 42, 46\]"):
        notes_of(kit, note(0.5, 0.1, 37))


def test_a_drum_rings_as_long_as_it_rings(kit: Declaration) -> None:
    short, long = strokes(kit, note(0.0, 0.01, KICK)), strokes(kit, note(0.0, 3.0, KICK))
    assert short.lengths.tolist() == long.lengths.tolist() == [10 + 1 + 500]


# Chokes


def test_a_closed_hat_chokes_the_open_one(kit: Declaration) -> None:
    planned = strokes(kit, note(0.0, 0.1, OPEN), note(0.4, 0.1, SNARE), note(0.5, 0.1, CLOSED))
    assert (planned.held + planned.ring).tolist() == [530, 501, 101]
    assert planned.fade.tolist() == [30, 20, 20]


def test_a_choke_neither_crosses_channels_nor_reaches_back(kit: Declaration) -> None:
    elsewhere = strokes(kit, note(0.0, 0.1, OPEN), note(0.5, 0.1, CLOSED, channel=1))
    assert elsewhere.ring.tolist() == [2000, 100]
    together = strokes(kit, note(0.5, 0.1, CLOSED), note(0.5, 0.1, OPEN))
    assert together.ring.tolist() == [100, 2000]


def test_a_choke_cuts_a_note_that_is_still_held(tmp_path: Path) -> None:
    held = load_declaration(written(tmp_path, KIT | {"holds": True}))
    planned = strokes(held, note(0.0, 3.0, OPEN), note(0.5, 0.1, CLOSED))
    assert (planned.held.tolist(), planned.ring.tolist()) == ([530, 100], [0, 100])


# Restrikes


def test_the_second_new_stroke_of_a_piece_takes_the_string(kit: Declaration) -> None:
    rows = [note(0.1 * n, 0.05, key) for n, key in enumerate((SNARE, KICK, HARD, SNARE, KICK))]
    planned = strokes(kit, *rows)
    assert (planned.held + planned.ring).tolist() == [320, 320, 501, 501, 501]


def test_a_piano_key_takes_its_own_string_only(piano: Declaration) -> None:
    planned = strokes(piano, note(0.0, 0.2, 60), note(0.0, 1.0, 64), note(0.5, 0.2, 60), note(0.6, 0.2, 62))
    begins = zip(planned.notes.pitch.tolist(), planned.notes.onset.tolist(), strict=True)
    ends = dict(zip(begins, (planned.held + planned.ring).tolist(), strict=True))
    assert ends[60, 0] == 520
    assert ends[64, 0] == 1000 + round(4000 * 2 ** (-28 / 12))
    assert ends[60, 500] == 200 + 1000
    assert ends[62, 600] == 200 + round(4000 * 2 ** (-26 / 12))


def test_a_key_struck_again_while_it_is_held_ends_there(piano: Declaration) -> None:
    planned = strokes(piano, note(0.0, 2.0, 60), note(0.5, 0.2, 60))
    assert (planned.held.tolist(), planned.ring.tolist()) == ([520, 200], [0, 1000])


# The pedal


def test_the_pedal_holds_what_is_released_while_it_is_down(piano: Declaration) -> None:
    found = notes_of(
        piano,
        note(0.0, 0.1, 60),  # released before the pedal
        controller(64, 100, 0.2),
        note(0.3, 0.1, 62),
        note(0.35, 1.0, 64),  # released after it goes up
        note(0.3, 0.1, 65, channel=1),  # another channel has a pedal of its own
        controller(64, 70, 0.5),
        controller(64, 63, 1.0),
    )
    ends = dict(zip(found.pitch.tolist(), found.release.tolist(), strict=True))
    assert ends == {60: 100, 62: 1000, 64: 1350, 65: 400}


def test_the_pedal_holds_until_the_key_is_struck_again(piano: Declaration) -> None:
    found = notes_of(
        piano, controller(64, 127, 0.0), note(0.1, 0.1, 60), note(0.6, 0.1, 60), controller(64, 0, 2.0)
    )
    assert found.release.tolist() == [600, 2000]


def test_a_pedal_that_stays_down_lets_go_at_the_end(piano: Declaration) -> None:
    found = notes_of(piano, controller(64, 127, 0.0), note(0.1, 0.1, 60), note(1.0, 0.5, 64))
    assert found.release.tolist() == [1500, 1500]


def test_a_pedal_pressed_with_the_release_comes_too_late(piano: Declaration) -> None:
    found = notes_of(piano, note(0.0, 0.5, 60), controller(64, 127, 0.5), controller(64, 0, 1.0))
    assert found.release.tolist() == [500]


def test_an_instrument_without_a_pedal_ignores_it(kit: Declaration, tmp_path: Path) -> None:
    plain = load_declaration(written(tmp_path, {k: v for k, v in PIANO.items() if k != "pedal"}))
    assert notes_of(plain, controller(64, 127, 0.0), note(0.1, 0.1, 60)).release.tolist() == [200]


# Hands


def test_hands_take_turns_in_fast_strokes_of_one_key(tmp_path: Path) -> None:
    hands = load_declaration(
        written(
            tmp_path,
            KIT | {"lanes": ["piece", "hit", "hand"], "alternates": {"lane": "hand", "within_s": 0.2}},
        )
    )
    times = [
        (0.0, SNARE),
        (0.1, SNARE),
        (0.15, KICK),
        (0.2, SNARE),
        (0.5, SNARE),
        (0.7, SNARE),
        (0.91, SNARE),
    ]
    found = notes_of(
        hands, *[note(at_s, 0.05, key) for at_s, key in times], note(0.25, 0.05, SNARE, channel=2)
    )
    assert found.lanes["hand"].tolist() == [0, 1, 0, 0, 0, 1, 0, 0]


def test_a_stroke_may_begin_ahead_of_its_note(tmp_path: Path) -> None:
    flam = {"ahead_s": {"lane": "hit", "values": [0.0, 0.03, 0.0]}, "range": [35, 46]}
    early = load_declaration(written(tmp_path, KIT | flam))
    found = notes_of(early, note(0.01, 0.1, HARD), note(0.49, 0.1, KICK), note(0.5, 0.1, HARD))
    assert found.onset.tolist() == [0, 470, 490]
    assert found.pitch.tolist() == [HARD, HARD, KICK]


# The tail


def test_a_host_tells_how_long_it_rings(host: FaustHost) -> None:
    assert host.tail_s == 2.5


# The declaration


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"keys": {60: {"piece": 0}}}, r"keys \[60\] lie outside the range 35..46"),
        ({"keys": {36: {"peace": 0}}}, "lanes peace are not in the list"),
        ({"tail_s": {"lane": "piece", "values": [1.0, 1.0]}}, "tail_s: has 2 values, but piece may be 2"),
        ({"chokes": {"lane": "piece", "values": [0]}}, "chokes: has 1 values, but piece may be 1"),
        (
            {"lanes": ["piece", "hit", "x"], "strings": {"lane": "x", "values": [1]}},
            "no keyswitch and no key",
        ),
        ({"restrikes": 0}, "restrikes"),
        ({"alternates": {"lane": "hand", "within_s": 0.2}}, "lanes hand are not in the list"),
    ],
)
def test_a_declaration_is_checked(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        load_declaration(written(tmp_path, KIT | change))


# The table of pieces

ROWS: dict[str, object] = {
    "kick": {"place": 0, "dsp": "low.dsp", "rings": 1, "tail_s": 0.5, "keys": [KICK]},
    "snare": {
        "place": 1,
        "dsp": "high.dsp",
        "rings": 2,
        "tail_s": 0.5,
        "keys": {HARD: {"hit": 1}, SNARE: {}},
    },
    "closed": {"place": 2, "dsp": "high.dsp", "rings": 4, "tail_s": 0.1, "choke": 1, "keys": [CLOSED]},
    "open": {"place": 3, "dsp": "high.dsp", "rings": 4, "tail_s": 2.0, "choke": 1, "keys": [OPEN]},
}
LISTS = ("strings_dsp", "keys", "chokes", "restrikes", "tail_s")
REST = {name: value for name, value in KIT.items() if name not in LISTS}


def test_a_table_of_pieces_says_what_the_lists_say(kit: Declaration, tmp_path: Path) -> None:
    table = load_declaration(written(tmp_path, REST | {"pieces": ROWS}))
    assert table.model_dump(exclude={"pieces"}) == kit.model_dump(exclude={"pieces"})
    assert list(table.pieces) == ["kick", "snare", "closed", "open"]


@pytest.mark.parametrize(
    ("rows", "more", "message"),
    [
        ({"open": {"place": 4}}, {}, r"pieces: open: place: its row is number 3, counted from 0"),
        ({"closed": {"place": 1}}, {}, r"pieces: closed: place: its row is number 2"),
        ({"open": {"keys": [CLOSED]}}, {}, r"pieces: open: keys: key 42 plays another piece already"),
        ({"open": {"rings": 0}}, {}, r"pieces: open: rings: "),
        ({"open": {"tale_s": 1.0}}, {}, r"pieces: open: tale_s: .*tail_s"),
        ({}, {"tail_s": 1.0}, r"tail_s: stands in the table of pieces, too; keep one"),
        ({}, {"lanes": ["hit"]}, r"lanes piece are not in the list"),
    ],
)
def test_a_table_of_pieces_is_checked(
    tmp_path: Path, rows: dict[str, dict[str, object]], more: dict[str, object], message: str
) -> None:
    table = {name: {**row, **rows.get(name, {})} for name, row in ROWS.items()}  # type: ignore[dict-item]
    with pytest.raises(DocumentError, match=message):
        load_declaration(written(tmp_path, REST | {"pieces": table} | more))


def test_the_pieces_of_the_studio_drums_are_those_of_their_map() -> None:
    pieces = load_declaration(HOME / "studio" / "drums.yaml").pieces
    drums = load_map(shipped("technique_maps") / "studio" / "drums.yaml").pieces
    assert {name.partition("=")[0] for name in pieces} == set(drums)
    for name, row in pieces.items():
        piece, _, stroke = name.partition("=")
        played = {one.play: word for word, one in drums[piece].strokes.items()}
        for key in set(row.keys) & set(played):
            assert stroke in ("", played[key]), (name, key)
        missing = set(row.keys) - set(played) - set(drums[piece].written)
        assert not missing, (name, missing)


# Sound: a kit of decaying steps, left and right apart, told by two programs

STEP = """
process(gate, freq, velocity, seed, piece, hit) =
  LEVEL * velocity * (gate > -0.5) <: *(1 - piece / 4), *(piece / 4);
"""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaustHost]:
    folder = tmp_path_factory.mktemp("sound")
    (folder / "low.dsp").write_text(STEP.replace("LEVEL", "0.5"), encoding="utf-8")
    (folder / "high.dsp").write_text(STEP.replace("LEVEL", "1.0"), encoding="utf-8")
    (folder / "body.dsp").write_text("process = _, _;", encoding="utf-8")
    with FaustHost(written(folder, KIT), RATE) as opened:
        yield opened


def test_each_piece_is_played_by_its_program_in_its_place(host: FaustHost) -> None:
    audio = host.render(
        events(note(0.0, 0.1, KICK, 127), note(1.0, 0.1, SNARE, 127), pre_roll_s=0.0), 2.0
    ).samples
    assert audio[:, 100].tolist() == [0.5, 0.0]
    assert audio[:, 1100].tolist() == [0.75, 0.25]
    assert not audio[:, 600:999].any() and not audio[:, 1600:].any()


def test_a_choke_is_heard(host: FaustHost) -> None:
    ringing = host.render(events(note(0.0, 0.1, OPEN, 127), pre_roll_s=0.0), 2.0)
    choked = host.render(events(note(0.0, 0.1, OPEN, 127), note(0.5, 0.1, CLOSED, 1), pre_roll_s=0.0), 2.0)
    assert part(ringing, 0.0, 1.9, 0.0).min() > 0.4
    assert part(choked, 0.0, 0.5, 0.0).min() > 0.4
    assert np.abs(part(choked, 0.535, 2.0, 0.0)).max() < 0.01
    assert np.abs(np.diff(part(choked, 0.4, 0.6, 0.0))).max() < 0.05  # it fades, it does not jump


def test_the_state_knows_its_own_files_and_no_others(tmp_path: Path) -> None:
    path = written(tmp_path, PIANO)
    for name, text in (
        ("low.dsp", 'import("own.lib"); process(gate, freq, velocity, seed) = level * gate;'),
        ("body.dsp", "process = _ <: _, _;"),
        ("own.lib", 'import("deeper.lib");'),
        ("deeper.lib", "level = 0.5;"),
        ("stranger.dsp", "process = _;"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")

    def state() -> bytes:
        with FaustHost(path, RATE) as opened:
            return opened.state

    before = state()
    (tmp_path / "stranger.dsp").write_text("process = _, _;", encoding="utf-8")
    assert state() == before
    (tmp_path / "deeper.lib").write_text("level = 0.6;", encoding="utf-8")
    assert state() != before
