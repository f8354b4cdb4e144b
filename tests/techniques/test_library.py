"""The library of maps: what ships is what its public source says, and what each technique sends.

The tables here are written from the sources that the maps name, in the sources' own words (a map keeps those
as `title`), not from the maps: a typo in either shows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from small_instruments import piece

from composer_daw.errors import InputError
from composer_daw.events import Events, Kind
from composer_daw.files import shipped
from composer_daw.hosts.soundfont import SoundFontHost, find_soundfont
from composer_daw.rendering import instrument_names, load_instrument
from composer_daw.techniques import TechniqueMap, load_map, load_vocabulary, realize
from composer_daw.techniques.index import load_index
from composer_daw.techniques.lint import lint_map
from composer_daw.techniques.origins.decode import decode
from composer_daw.techniques.parts import Technique

VOCABULARY = load_vocabulary()
INDEX = load_index().instruments
FOLDER = shipped("technique_maps")
DOCUMENT = Path(__file__).parents[2] / "docs" / "technique_maps.md"

ACCEPTED_FINDINGS: dict[str, str] = {}
"""Findings of the linter that stay, as they are printed, and why; none at present."""

Sent = tuple[Kind, int, int]
"""A switch: its kind, its number, its value."""


def keys_from(first: int, names: str) -> dict[str, Sent]:
    """Return the keyswitches of a table that goes up by semitones; '-' leaves a key out."""
    listed = enumerate((name.strip() for name in names.split(",")), start=first)
    return {name: (Kind.SWITCH_ON, key, 100) for key, name in listed if name != "-"}


def programs(**named: int) -> dict[str, Sent]:
    return {name.replace("_", " "): (Kind.PROGRAM, number, 0) for name, number in named.items()}


STRINGS = (
    "Sustain, Tremolo, Accented Sustain, Fortepiano Slow, Fortepiano Fast, Spiccato, Staccato, Pizzicato, "
    "Trill Semi, Trill Whole"
)
BASS_FINGER = (
    "Index/Middle (Auto), -, Legato, -, Dead Note, Dead Note Harmonic, Harmonic, -, Slide by Velocity"
)
UACC = {
    "Long": 1, "Long Alternative": 2, "Long Octave": 3, "Long Octave Muted": 4, "Long Small": 5,
    "Long Small Muted": 6, "Long Muted": 7, "Long Soft": 8, "Long Hard": 9, "Long Harmonic": 10,
    "Tremolo": 11, "Tremolo Muted": 12, "Tremolo Soft": 13, "Tremolo Hard": 14, "Tremolo Muted Soft": 15,
    "Long Vibrato": 16, "Long Higher": 17, "Long Lower": 18, "Long Lower Muted": 19, "Legato": 20,
    "Legato Alternative": 21, "Legato Octave": 22, "Legato Octave Muted": 23, "Legato Small": 24,
    "Legato Small Muted": 25, "Legato Muted": 26, "Legato Soft": 27, "Legato Hard": 28, "Legato Harmonic": 29,
    "Legato Tremolo": 30, "Legato Slow": 31, "Legato Fast": 32, "Legato Run": 33, "Legato Detache": 34,
    "Legato Higher": 35, "Legato Lower": 36, "Short": 40, "Short Alternative": 41, "Very Short": 42,
    "Very Short Soft": 43, "Leisurely": 44, "Short Octave": 45, "Short Octave Muted": 46, "Short Muted": 47,
    "Short Soft": 48, "Short Hard": 49, "Tenuto": 50, "Tenuto Soft": 51, "Marcato": 52, "Marcato Soft": 53,
    "Marcato Hard": 54, "Marcato Long": 55, "Plucked": 56, "Plucked Hard": 57, "Struck": 58,
    "Short Higher": 59, "Short Lower": 60, "Short Harmonic": 61, "Trill Minor 2nd": 70, "Trill Major 2nd": 71,
    "Trill Minor 3rd": 72, "Trill Major 3rd": 73, "Trill Perfect 4th": 74, "Multitongue": 75,
    "Multitongue Muted": 76, "Synced 120": 80, "Synced 150": 81, "Synced 180": 82, "Up": 100, "Down": 101,
    "Crescendo": 102, "Diminuendo": 103, "Arc": 104, "Slides": 105, "Disco Up": 110, "Disco Down": 111,
    "Single String": 112,
}  # fmt: skip
STRINGS_GM = programs(Tremolo_Strings=44, Pizzicato_Strings=45)
GUITAR_GM = {"Electric Guitar (muted)": (Kind.PROGRAM, 28, 0), "Guitar Harmonics": (Kind.PROGRAM, 31, 0)}

TOLD: dict[str, dict[str, Sent]] = {
    "general_midi/violin": programs(Violin=40) | STRINGS_GM,
    "general_midi/viola": programs(Viola=41) | STRINGS_GM,
    "general_midi/cello": programs(Cello=42) | STRINGS_GM,
    "general_midi/contrabass": programs(Contrabass=43) | STRINGS_GM,
    "general_midi/strings": programs(String_Ensemble_1=48, String_Ensemble_2=49) | STRINGS_GM,
    "general_midi/nylon_guitar": {
        "Acoustic Guitar (nylon)": (Kind.PROGRAM, 24, 0),
        "Guitar Harmonics": (Kind.PROGRAM, 31, 0),
    },
    "general_midi/acoustic_guitar": {
        "Acoustic Guitar (steel)": (Kind.PROGRAM, 25, 0),
        "Guitar Harmonics": (Kind.PROGRAM, 31, 0),
    },
    "general_midi/jazz_guitar": {"Electric Guitar (jazz)": (Kind.PROGRAM, 26, 0)} | GUITAR_GM,
    "general_midi/electric_guitar": {"Electric Guitar (clean)": (Kind.PROGRAM, 27, 0)} | GUITAR_GM,
    "general_midi/overdriven_guitar": programs(Overdriven_Guitar=29) | GUITAR_GM,
    "general_midi/distortion_guitar": programs(Distortion_Guitar=30) | GUITAR_GM,
    "general_midi/acoustic_bass": programs(Acoustic_Bass=32),
    "general_midi/electric_bass": {
        "Electric Bass (finger)": (Kind.PROGRAM, 33, 0),
        "Electric Bass (pick)": (Kind.PROGRAM, 34, 0),
    }
    | programs(Slap_Bass_1=36, Slap_Bass_2=37),
    "general_midi/fretless_bass": programs(Fretless_Bass=35),
    "general_midi/trumpet": programs(Trumpet=56, Muted_Trumpet=59),
    "general_midi/trombone": programs(Trombone=57),
    "general_midi/tuba": programs(Tuba=58),
    "general_midi/french_horn": programs(French_Horn=60),
    "general_midi/brass_section": programs(Brass_Section=61),
    "general_midi/drums": programs(Brush_Set=40),
    "spitfire/uacc": {name: (Kind.CONTROL, 32, value) for name, value in UACC.items()},
    "apple/studio_strings": keys_from(
        24,
        f"{STRINGS}, Fall Long, Fall Short, Scoop Slow, Scoop Fast, Crescendo Slow, Crescendo Fast, "
        "Glissando Up, Glissando Down",
    ),
    "apple/studio_strings_upper": keys_from(24, STRINGS),
    "apple/studio_horns": keys_from(
        24,
        "Sustain, Growl, Expressive Medium, Expressive Long, Expressive Short, Staccato, Marcato Short, "
        "Fall Long, Marcato Long, Fall Medium, Passionate, Fall Short, Doit, Scoop, "
        "Shake (Horns) / Trill (Saxes)",
    ),
    "apple/studio_bass_finger": keys_from(13, BASS_FINGER),
    "apple/studio_bass_pick": keys_from(
        13,
        BASS_FINGER.replace(
            "Index/Middle (Auto), -, Legato, -", "Down/Up (Auto), Down Only, Legato, Up Only"
        ),
    ),
    "apple/studio_bass_slap": keys_from(
        13,
        BASS_FINGER.replace(
            "Index/Middle (Auto), -, Legato, -", "Slap/Pop (Auto), Slap Only, Legato, Pop Only"
        ),
    ),
    "steinberg/electric_bass": keys_from(
        24, "Sustain, Slap, Sustain Pick, Slap-Pull, Mute, Artificial Harmonics, -, Natural Harmonics"
    ),
    "ample/ample_guitar": keys_from(
        24,
        "Sustain, Natural Harmonics, Palm Mute, Slide In / Out, Legato Slide, Hammer On / Pull Off, "
        "Slide Guitar",
    ),
    "karoryfer/green_guitar": keys_from(36, "Twang, Staccato, Hammer On")
    | {"Muting": (Kind.CONTROL, 70, 127), "Senza Sordino": (Kind.CONTROL, 70, 0)},
    "karoryfer/dark_black_bass": keys_from(29, "Staccato, Ghost, Pluck"),
}
"""What switches each technique, in the words of the source."""

STRUCK = {
    "drums/avl_drumkits": """
        36 kick=hit, 37 snare=side_stick, 38 snare=hit, 39 clap=hit, 40 snare=edge, 41 tom_floor=hit,
        42 hi_hat=closed, 43 tom_floor=edge, 44 hi_hat=pedal, 45 tom=hit, 46 hi_hat=half_open, 47 tom=edge,
        48 hi_hat=open, 49 crash=hit, 50 crash=choke, 51 ride=bow, 52 ride=choke, 53 ride=bell,
        54 tambourine=hit, 55 splash=hit, 56 cowbell=hit, 57 crash_2=hit, 58 crash_2=choke, 59 ride=edge,
        60 crash_3=hit, 61 maracas=hit""",
    "drums/virtuosity_drums": """
        35 kick=other_snares, 36 kick=hit, 37 snare=stick_shot, 38 snare=hit, 39 snare=off_center,
        40 snare=rimshot, 41 tom_low=hit, 42 hi_hat=closed, 43 tom_low=off_center, 44 hi_hat=pedal,
        45 tom_low=rimshot, 46 hi_hat=open, 47 tom_low=side_stick, 48 tom_high=hit, 49 crash=hit,
        50 tom_high=off_center, 51 ride=bow, 53 ride=bell, 55 ride_2=crash, 57 crash_2=hit, 59 ride_2=bow,
        85 snare=stick_shot_2, 86 snare=muted, 87 snare=half_muted, 88 snare=side_stick, 89 tom_low=muted,
        90 hi_hat=half_open, 91 tom_low=half_muted, 92 hi_hat=foot_splash, 93 snare=buzz,
        94 hi_hat=three_quarters_open, 95 snare=flam, 96 snare=roll""",
    "drums/addictive_drums_2": """
        36 kick=hit, 37 snare=rimshot, 38 snare=hit, 41 snare=shallow_rimshot, 42 snare=side_stick,
        43 snare=shallow, 44 snare=rim_click, 48 hi_hat=pedal, 49 hi_hat=closed, 50 hi_hat=closed_edge,
        51 hi_hat=closed_2, 52 hi_hat=closed_2_edge, 53 hi_hat=closed_bell, 54 hi_hat=open_a,
        55 hi_hat=open_b, 56 hi_hat=open_c, 57 hi_hat=open, 58 hi_hat=open_bell, 59 hi_hat=foot_splash,
        60 ride=bow, 61 ride=bell, 62 ride=edge, 63 ride=choke, 65 tom_4=hit, 66 tom_4=rimshot, 67 tom_3=hit,
        68 tom_3=rimshot, 69 tom_2=hit, 70 tom_2=rimshot, 71 tom_1=hit, 72 tom_1=rimshot, 75 snare=sticks,
        77 crash=hit, 78 crash=choke, 79 crash_2=hit, 80 crash_2=choke, 81 crash_3=hit, 82 crash_3=choke,
        84 ride_2=bow, 85 ride_2=bell, 86 ride_2=edge, 87 ride_2=choke, 89 crash_4=hit, 90 crash_4=choke""",
    "drums/ezdrummer_2": """
        36 kick=hit, 37 snare=side_stick, 38 snare=hit, 40 snare=rimshot, 17 hi_hat=open_5, 21 hi_hat=pedal,
        22 hi_hat=closed_edge, 23 hi_hat=foot_splash, 24 hi_hat=open_1, 25 hi_hat=open_2, 26 hi_hat=open_3,
        42 hi_hat=closed, 60 hi_hat=open, 62 hi_hat=tight_edge, 63 hi_hat=tight, 65 hi_hat=sequence,
        41 tom_5=hit, 73 tom_5=rimshot, 43 tom_4=hit, 75 tom_4=rimshot, 45 tom_3=hit, 78 tom_3=rimshot,
        47 tom_2=hit, 80 tom_2=rimshot, 48 tom_1=hit, 82 tom_1=rimshot, 49 crash=hit, 50 crash=choke,
        57 crash_2=hit, 58 crash_2=choke, 55 crash_3=hit, 56 crash_3=choke, 52 crash_4=hit, 54 crash_4=choke,
        51 ride=bow, 53 ride=bell, 59 ride=edge, 83 ride=choke""",
}
"""Which key each stroke of a drum is on."""

GENERAL_MIDI_KIT = {
    36: "kick=hit", 37: "side stick", 38: "snare=hit", 42: "hi_hat=closed", 44: "hi_hat=pedal",
    46: "an open hi-hat", 49: "crash=hit", 51: "ride=bow", 53: "ride=bell", 57: "crash_2=hit",
}  # fmt: skip
"""What a score of General MIDI means by the usual keys; each kit has to have it."""

DRUMS = [*STRUCK, "general_midi/drums"]


def read(name: str) -> TechniqueMap:
    return load_map(FOLDER / f"{name}.yaml")


def entries(known: TechniqueMap) -> dict[str, tuple[str, Technique]]:
    """Return the techniques that have a switch, by what the library calls them."""
    return {
        one.title or name.replace("_", " ").title(): (name, one)
        for name, one in known.techniques.items()
        if one.on
    }


def switches(events: Events, after_s: float, before_s: float) -> list[Sent]:
    """Return what is switched between two times; keys that are let go are left out."""
    stream = events.stream
    kinds = (Kind.SWITCH_ON, Kind.CONTROL, Kind.PROGRAM)
    here = np.isin(stream["kind"], kinds) & (stream["time_s"] >= after_s) & (stream["time_s"] <= before_s)
    return [(Kind(int(row["kind"])), int(row["number"]), round(float(row["value"]))) for row in stream[here]]


# What all maps have in common


@pytest.mark.parametrize("file", INDEX.values())
def test_every_map_loads_names_its_source_and_lints_clean(file: str) -> None:
    known = load_map(FOLDER / file)
    assert INDEX[known.instrument] == file
    assert len(known.source) > 10
    found = [str(finding).removeprefix(f"{FOLDER}/") for finding in lint_map(FOLDER / file)]
    assert [one for one in found if one not in ACCEPTED_FINDINGS] == []


@pytest.mark.parametrize("file", INDEX.values())
def test_every_technique_is_in_the_vocabulary(file: str) -> None:
    known = load_map(FOLDER / file)
    parts = {part for name in known.techniques for part in known.plays(name)}
    assert parts <= set(VOCABULARY.techniques)


def test_every_map_is_in_the_index_and_has_a_table_or_is_our_own() -> None:
    files = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.yaml")} - {"vocabulary.yaml"}
    assert set(INDEX.values()) == files
    ours = {name for name in files if name.split("/")[0] in ("studio", "musescore", "plugins")}
    assert {f"{name}.yaml" for name in (*TOLD, *STRUCK)} == files - ours


def test_the_document_lists_the_maps_that_ship() -> None:
    rows = re.findall(
        r"^\| ([^|]+?) \| `([^`|]+)` \| ([^|]+?) \| [^|]+ \| ([^|]+?) \|$", DOCUMENT.read_text(), re.M
    )
    assert {instrument: file for instrument, file, *_ in rows} == INDEX
    assert len(rows) == len(INDEX)
    for instrument, _, source, known in rows:
        assert source and known in ("heard", "documented", "second hand"), instrument
        heard = instrument in {load_instrument(name).preset.instrument for name in instrument_names()}
        assert heard == (known == "heard"), instrument
        read_twice = "second hand" in load_map(FOLDER / INDEX[instrument]).source
        assert read_twice == (known == "second hand"), instrument


# What the sources say


@pytest.mark.parametrize("name", TOLD)
def test_the_switches_are_those_of_the_source(name: str) -> None:
    found = {}
    for title, (_, technique) in entries(read(name)).items():
        (action,) = technique.on
        (step,) = [step for step in action.enter(lambda _: 0) if step.kind is not Kind.SWITCH_OFF]
        found[title] = (step.kind, step.number, step.value)
    assert found == TOLD[name]


@pytest.mark.parametrize("name", TOLD)
def test_each_technique_is_switched_as_documented_before_its_note(name: str) -> None:
    """A note as it comes, one played so, and two more: switches stand between the first two."""
    known = read(name)
    for title, (entry, technique) in entries(known).items():
        middle = 60 if known.pieces else (known.range[0] + known.range[1]) // 2
        step = -2 if technique.when.interval[1] is not None else 2
        notes = ((at, 0.5, middle + (step if at > 1 else 0), 80) for at in range(4))
        asked = [(), tuple(entry.split("+")), (), ()]
        realized = realize(piece(*notes, techniques=asked), known)
        assert entry in realized.labels.states[realized.labels.rows["played"][1]], title
        if entry in known.defaults:
            assert TOLD[name][title] in switches(realized.events, -1.0, 0.0), title
            assert switches(realized.events, 0.0, 1.0) == [], title
        else:
            assert switches(realized.events, 0.0, 1.0) == [TOLD[name][title]], title


@pytest.mark.parametrize("name", STRUCK)
def test_the_keys_of_a_kit_are_those_of_the_source(name: str) -> None:
    known = read(name)
    for key, stroke in re.findall(r"(\d+) (\w+=\w+)", STRUCK[name]):
        struck = known.pieces[stroke.partition("=")[0]]
        realized = realize(piece((0, 0.5, next(iter(struck.written)), 80), techniques=[(stroke,)]), known)
        assert realized.labels.rows["sent_pitch"].tolist() == [int(key)], stroke
        assert realized.labels.played_names() == [stroke]
    listed = {stroke for _, stroke in re.findall(r"(\d+) (\w+=\w+)", STRUCK[name])}
    several = {name for name in known.pieces if any(one.startswith(f"{name}=") for one in listed)}
    assert {f"{one}={stroke}" for one in several for stroke in known.pieces[one].strokes} == listed


@pytest.mark.parametrize("name", STRUCK)
def test_a_score_of_general_midi_means_the_same_on_every_kit(name: str) -> None:
    known = read(name)
    keys = {stroke: int(key) for key, stroke in re.findall(r"(\d+) (\w+=\w+)", STRUCK[name])}
    notes = piece(*((0.5 * row, 0.2, key, 80) for row, key in enumerate(GENERAL_MIDI_KIT)))
    sent = realize(notes, known).labels.rows["sent_pitch"].tolist()
    for meant, key in zip(GENERAL_MIDI_KIT.values(), sent, strict=True):
        wanted = {
            "side stick": {keys["snare=side_stick"]},
            "an open hi-hat": {
                key for stroke, key in keys.items() if re.match(r"hi_hat=(half_)?open", stroke)
            },
        }.get(meant, {keys.get(meant)})
        assert key in wanted, meant


@pytest.mark.parametrize("name", STRUCK)
def test_a_score_made_for_a_kit_keeps_its_strokes_and_its_drums(name: str) -> None:
    known = read(name)
    keys = {int(key): stroke for key, stroke in re.findall(r"(\d+) (\w+=\w+)", STRUCK[name])}
    decoded = decode(piece(*((0.5 * row, 0.2, key, 80) for row, key in enumerate(keys))), known, VOCABULARY)
    assert realize(decoded.performance, known).labels.rows["sent_pitch"].tolist() == list(keys)
    for note, stroke in zip(decoded.performance.notes, keys.values(), strict=True):
        drum, _, way = stroke.partition("=")
        asked = decoded.performance.techniques[note["technique"]]
        assert asked == ((stroke,) if way != next(iter(known.pieces[drum].strokes)) else ()), stroke
        assert note["pitch"] in known.pieces[drum].written, stroke


@pytest.mark.parametrize("name", STRUCK)
def test_a_drum_that_a_kit_lacks_is_refused_and_not_played_as_another(name: str) -> None:
    lacking = 69 if name != "drums/virtuosity_drums" else 39
    with pytest.raises(InputError, match="1 note written for no drum of"):
        realize(piece((0, 0.5, lacking, 80)), read(name))


def test_the_general_midi_kit_plays_each_key_of_its_map_on_channel_10() -> None:
    notes = piece(*((0.5 * row, 0.2, key, 80) for row, key in enumerate(range(35, 82))))
    realized = realize(notes, read("general_midi/drums"))
    assert realized.labels.rows["sent_pitch"].tolist() == list(range(35, 82))
    assert set(realized.events.stream["channel"].tolist()) == {9}


def test_the_general_midi_kit_is_played_with_sticks_but_where_brushes_are_asked_for() -> None:
    notes = piece(*((at, 0.2, 38, 80) for at in range(3)), techniques=[(), ("brushes",), ()])
    events = realize(notes, read("general_midi/drums")).events
    spans = ((-1.0, 0.0), (0.0, 1.0), (1.0, 2.0))
    assert [switches(events, *span) for span in spans] == [[(Kind.PROGRAM, set_, 0)] for set_ in (0, 40, 0)]


# What is heard

RATE, APART_S = 22_050, 4.0
DIFFERENT_DB = 0.2
"""By which two sounds differ at least: one that is played twice does by 0.02, the two bass drums by 0.3."""

GENERAL_MIDI = [Path(file).stem for file in INDEX.values() if file.startswith("general_midi/")]
Sound = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def musescore() -> Iterator[SoundFontHost]:
    required = os.environ.get("COMPOSER_DAW_REQUIRE_ALL") == "1"
    if not required:
        pytest.importorskip("tinysoundfont")
    try:
        path = find_soundfont("MuseScore_General_Lite.sf3", Path())
    except InputError as error:
        pytest.fail(str(error)) if required else pytest.skip(str(error))
    with SoundFontHost(path, RATE) as host:
        yield host


def heard(host: SoundFontHost, known: TechniqueMap, *notes: tuple[int, str]) -> list[Sound]:
    """Return how notes of (pitch, technique) sound, for a second each; they die away in between."""
    played = ((APART_S * row, 0.6, pitch, 100) for row, (pitch, _) in enumerate(notes))
    asked = [(technique,) if technique else () for _, technique in notes]
    events = realize(piece(*played, techniques=asked), known).events
    sound = host.render(events, APART_S * len(notes)).mono().astype(float)
    starts = [round((events.pre_roll_s + APART_S * row) * RATE) for row in range(len(notes))]
    return [sound[start : start + RATE] for start in starts]


def pattern(sound: Sound) -> Sound:
    """Return the level of a sound in dB, in half octaves over time, its loudness left out."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, 1024)[::512] * np.hanning(1024)
    power = np.abs(np.fft.rfft(frames)) ** 2
    edges = np.unique(np.geomspace(2, 512, 17).astype(int))
    bands = np.add.reduceat(power, edges[:-1], axis=1)
    return np.asarray(10 * np.log10(bands / bands.max() + 1e-5))


def apart(one: Sound, other: Sound) -> float:
    """Return how many dB two sounds differ by, on average over time and pitch."""
    return float(np.abs(pattern(one) - pattern(other)).mean())


@pytest.mark.parametrize("name", GENERAL_MIDI)
def test_the_programs_of_a_general_midi_map_are_heard_and_differ(name: str, musescore: SoundFontHost) -> None:
    known = load_instrument(f"general_midi/{name}").technique_map
    pitch = 38 if known.pieces else (known.range[0] + known.range[1]) // 2
    sounds = dict(
        zip(
            known.playable(),
            heard(musescore, known, *((pitch, one) for one in known.playable())),
            strict=True,
        )
    )
    assert all(np.abs(sound).max() > 0.01 for sound in sounds.values())
    for one, other in combinations(sounds, 2):
        assert apart(sounds[one], sounds[other]) > DIFFERENT_DB, (one, other)


def test_each_drum_of_general_midi_is_heard_and_differs(musescore: SoundFontHost) -> None:
    known = load_instrument("general_midi/drums").technique_map
    keys = range(35, 82)
    sounds = heard(musescore, known, *((key, "") for key in keys))
    again = heard(musescore, known, *((key, "") for key in reversed(keys)))
    assert all(np.abs(sound).max() > 0.01 for sound in sounds)
    assert max(apart(*two) for two in zip(sounds, reversed(again), strict=True)) < DIFFERENT_DB / 4
    two = combinations(zip(keys, sounds, strict=True), 2)
    assert [(one, other) for (one, a), (other, b) in two if apart(a, b) < DIFFERENT_DB] == []
