from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml

from composer_daw.audio import Audio
from composer_daw.errors import DocumentError, HostError
from composer_daw.events import EVENT, Events, Kind, sorted_stream
from composer_daw.hosts.base import Host
from composer_daw.hosts.faust import HOME, FaustHost, faust_names, open_faust
from composer_daw.hosts.faust_declaration import Declaration, load_declaration
from composer_daw.hosts.faust_lanes import FADE_S, Strokes, build_lanes, packets, plan_strokes
from composer_daw.hosts.faust_notes import read_notes
from composer_daw.measure.envelope import attack_ms, decay_t60_s, level_db
from composer_daw.measure.harmonicity import hnr_db
from composer_daw.measure.modulation import amplitude_modulation
from composer_daw.measure.onsets import click_db, longest_gap_s, onset_s, sounding_duration_s
from composer_daw.measure.pitch import cents_from
from composer_daw.measure.spectrum import centroid_hz, flux_db, partial_amplitudes, upper_partial_share

RATE = 44100
PRE_ROLL_S = 0.25
NAMES = (
    *("sustain", "legato", "staccato", "spiccato", "pizzicato", "tremolo", "harmonics", "col_legno"),
    *("ordinario", "sul_ponticello", "sul_tasto", "senza_sordino", "con_sordino"),
)
KEYS = {name: 24 + index for index, name in enumerate(NAMES)}
TECHNIQUES = NAMES[:8]
Row = tuple[float, int, int, int, float, int]


def switch(technique: str, time_s: float = -0.1, channel: int = 0, kind: Kind = Kind.SWITCH_ON) -> Row:
    return (time_s, kind, channel, KEYS[technique], 100.0, -1)


def note(onset_s: float, duration_s: float, pitch: int, velocity: int = 90, channel: int = 0) -> list[Row]:
    return [
        (onset_s, Kind.NOTE_ON, channel, pitch, velocity, -1),
        (onset_s + duration_s, Kind.NOTE_OFF, channel, pitch, 0, -1),
    ]


def controller(number: int, value: float, time_s: float = -0.05, channel: int = 0) -> Row:
    return (time_s, Kind.CONTROL, channel, number, value, -1)


def events(*rows: Row | list[Row], pre_roll_s: float = PRE_ROLL_S) -> Events:
    """Return the rows as events that last until the last of them."""
    flat = [row for item in rows for row in (item if isinstance(item, list) else [item])]
    stream = sorted_stream(np.array(flat, dtype=EVENT))
    return Events(stream, float(stream["time_s"].max(initial=0.0)), pre_roll_s)


def hz(pitch: int) -> float:
    return float(440.0 * 2.0 ** ((pitch - 69) / 12.0))


def part(audio: Audio, start_s: float, end_s: float, pre_roll_s: float = PRE_ROLL_S) -> np.ndarray:
    first, last = (round((time_s + pre_roll_s) * audio.sample_rate) for time_s in (start_s, end_s))
    return audio.mono()[max(0, first) : last]


@pytest.fixture(scope="module")
def violin() -> Iterator[FaustHost]:
    with open_faust("studio/violin", RATE) as host:
        yield host


@pytest.fixture(scope="module")
def declaration() -> Declaration:
    return load_declaration(HOME / "studio" / "violin.yaml")


def single(
    host: FaustHost, technique: str, pitch: int = 69, velocity: int = 90, held_s: float = 0.6
) -> np.ndarray:
    """Return the sound of one note from its key-down to 0.8 s after its key-up."""
    audio = host.render(events(switch(technique), note(0.0, held_s, pitch, velocity)), held_s + 0.8, seed=1)
    return part(audio, 0.0, held_s + 0.8)


# What a host promises


def test_it_is_a_host_and_says_what_it_loaded(violin: FaustHost) -> None:
    assert isinstance(violin, Host)
    assert (violin.latency_samples, violin.parameters(), len(violin.state)) == (0, (), 32)
    assert "studio/violin" in faust_names()


def test_the_audio_spans_pre_roll_and_duration(violin: FaustHost) -> None:
    audio = violin.render(events(note(0.0, 0.2, 69), pre_roll_s=0.1), 0.5)
    assert audio.samples.shape == (2, round(0.6 * RATE))
    silence = violin.render(events(), 0.3)
    assert not silence.samples.any() and silence.samples.shape == (2, round(0.55 * RATE))


@pytest.mark.parametrize("technique", ["pizzicato", "col_legno"])
def test_a_hit_begins_on_its_sample(violin: FaustHost, technique: str) -> None:
    audio = violin.render(events(switch(technique), note(0.1234, 0.2, 76)), 0.5)
    first = int(np.flatnonzero(audio.samples[0])[0])
    assert 0 <= first - round((0.1234 + PRE_ROLL_S) * RATE) <= 2


def test_onsets_move_with_the_note(violin: FaustHost) -> None:
    early, late = (
        violin.render(events(switch("pizzicato"), note(time_s, 0.2, 76)), 1.0)
        for time_s in (0.1, 0.1 + 0.311)
    )
    shift = onset_s(late.mono(), RATE) - onset_s(early.mono(), RATE)
    assert shift == pytest.approx(0.311, abs=0.001)


def test_same_seed_same_samples_other_seed_others(violin: FaustHost) -> None:
    piece = events(switch("sustain"), note(0.0, 0.3, 69), note(0.3, 0.3, 69), controller(1, 80))
    once, again = violin.render(piece, 1.0, seed=3), violin.render(piece, 1.0, seed=3)
    with open_faust("studio/violin", RATE) as fresh:
        anew = fresh.render(piece, 1.0, seed=3)
    assert np.array_equal(once.samples, again.samples) and np.array_equal(once.samples, anew.samples)
    assert not np.allclose(once.samples, violin.render(piece, 1.0, seed=4).samples, atol=1e-3)


def test_repeated_notes_are_not_clones(violin: FaustHost) -> None:
    audio = violin.render(events(switch("pizzicato"), note(0.0, 0.4, 69), note(1.0, 0.4, 69)), 2.0)
    first, second = part(audio, 0.0, 0.8), part(audio, 1.0, 1.8)
    assert np.abs(first - second).max() > 0.02 * np.abs(first).max()


def test_nothing_is_left_over_between_renders(violin: FaustHost) -> None:
    piece = events(note(0.0, 0.3, 69))
    before = violin.render(piece, 0.6)
    violin.render(
        events(switch("tremolo"), switch("con_sordino"), controller(1, 10), note(0.0, 0.6, 90)), 0.6
    )
    assert np.array_equal(violin.render(piece, 0.6).samples, before.samples)


def test_a_note_owes_nothing_to_the_notes_packed_before_it(violin: FaustHost) -> None:
    one = [switch("pizzicato", channel=1), note(0.5, 0.3, 69, channel=1)]
    others = [switch("tremolo"), note(1.2, 0.7, 55), note(1.3, 0.3, 62)]  # channel 0 is packed first
    alone, among = violin.render(events(*one), 2.0), violin.render(events(*one, *others), 2.0)
    assert part(alone, 0.5, 1.2).any()
    assert np.array_equal(part(alone, 0.5, 1.2), part(among, 0.5, 1.2))


def test_errors_say_what_to_do(violin: FaustHost, tmp_path: Path) -> None:
    with pytest.raises(HostError, match="key 54 .* range 55..105"):
        violin.render(events(note(0.0, 0.2, 54)), 0.5)
    with pytest.raises(HostError, match="key 40 .* keyswitches"):
        violin.render(events((0.0, Kind.SWITCH_ON, 0, 40, 100.0, -1)), 0.5)
    with pytest.raises(HostError, match="no parameters"):
        violin.render(events((0.0, Kind.PARAMETER, 0, 0, 0.5, -1)), 0.5)
    with pytest.raises(HostError, match=r"did you mean 'studio/violin'"):
        open_faust("studio/violins", RATE)


def test_a_closed_host_refuses() -> None:
    with open_faust("studio/violin", RATE) as host:
        pass
    with pytest.raises(HostError, match="closed"):
        host.render(events(note(0.0, 0.2, 69)), 0.5)


def test_faust_that_does_not_compile_is_a_host_error(tmp_path: Path) -> None:
    text = (HOME / "studio" / "violin.yaml").read_text(encoding="utf-8")
    (tmp_path / "broken.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "violin.dsp").write_text("process = nonsense;", encoding="utf-8")
    with pytest.raises(HostError, match=r"violin\.dsp: cannot be compiled: .*nonsense"):
        FaustHost(tmp_path / "broken.yaml", RATE)
    (tmp_path / "violin.dsp").write_text("process = +;", encoding="utf-8")
    with pytest.raises(HostError, match="has 2 inputs, 1 outputs; needs 8 and 1"):
        FaustHost(tmp_path / "broken.yaml", RATE)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"controls": {1: "loudness"}}, "lanes loudness are not in the list"),
        ({"keyswitches": {60: {"technique": 0}}}, "inside the playable range"),
        ({"colour": "brown"}, "colour"),
    ],
)
def test_a_declaration_is_checked(tmp_path: Path, change: dict[str, object], message: str) -> None:
    document = yaml.safe_load((HOME / "studio" / "violin.yaml").read_text(encoding="utf-8")) | change
    path = tmp_path / "x.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    with pytest.raises(DocumentError, match=message):
        load_declaration(path)


# Notes and strokes


def strokes(declaration: Declaration, *rows: Row | list[Row], total_s: float = 4.0) -> Strokes:
    total = round((total_s + PRE_ROLL_S) * RATE)
    return plan_strokes(read_notes(events(*rows), declaration, RATE, total, 0), declaration, RATE, total)


def test_a_note_keeps_the_switches_it_began_under(declaration: Declaration) -> None:
    planned = strokes(
        declaration,
        switch("pizzicato"),
        note(0.0, 1.0, 60),
        switch("tremolo", 0.5),
        switch("con_sordino", 0.5, kind=Kind.NOTE_ON),
        note(0.6, 0.2, 62),
        switch("staccato", 0.0, channel=3),
        note(0.7, 0.2, 64, channel=3),
    ).notes
    assert planned.pitch.tolist() == [60, 62, 64]
    assert planned.lanes["technique"].tolist() == [4, 5, 2]
    assert planned.lanes["mute"].tolist() == [0, 1, 0]


def test_a_switch_at_the_instant_of_the_note_counts(declaration: Declaration) -> None:
    planned = strokes(declaration, note(0.5, 0.2, 60), switch("pizzicato", 0.5), switch("tremolo", 0.7))
    assert planned.notes.lanes["technique"].tolist() == [4]


def test_notes_end_at_their_own_note_off(declaration: Declaration) -> None:
    rows = np.array(
        [
            (0.0, Kind.NOTE_ON, 0, 60, 90, 0),
            (0.5, Kind.NOTE_ON, 0, 60, 90, 1),
            (1.0, Kind.NOTE_OFF, 0, 60, 0, 0),
            (2.0, Kind.NOTE_OFF, 0, 60, 0, 1),
            (2.0, Kind.NOTE_ON, 0, 62, 90, -1),
            (2.5, Kind.NOTE_ON, 0, 62, 0, -1),
            (2.6, Kind.NOTE_ON, 0, 64, 90, -1),
        ],
        dtype=EVENT,
    )
    notes = read_notes(Events(rows, 3.0), declaration, 1000, 4000, 0)
    assert (notes.release - notes.onset).tolist() == [1000, 1500, 500, 400]  # the last one has none


def test_a_note_of_no_length_still_sounds(declaration: Declaration) -> None:
    rows = np.array([(1.0, Kind.NOTE_OFF, 0, 60, 0, 0), (1.0, Kind.NOTE_ON, 0, 60, 90, 0)], dtype=EVENT)
    notes = read_notes(Events(rows, 3.0), declaration, 1000, 4000, 0)
    assert (notes.release - notes.onset).tolist() == [1]


def test_only_legato_notes_that_meet_are_slurred(declaration: Declaration) -> None:
    legato = [
        switch("legato"),
        note(0.0, 0.52, 60),
        note(0.5, 0.5, 62),
        note(1.0, 0.4, 64),
        note(1.5, 0.3, 65),
    ]
    assert strokes(declaration, *legato).first.tolist() == [True, False, False, True]
    sustain = [switch("sustain"), *legato[1:]]
    assert strokes(declaration, *sustain).first.all()
    elsewhere = [
        switch("legato"),
        note(0.0, 0.5, 60),
        switch("legato", channel=1),
        note(0.5, 0.5, 62, channel=1),
    ]
    assert strokes(declaration, *elsewhere).first.all()


def test_a_legato_note_under_a_longer_one_is_its_own_stroke(declaration: Declaration) -> None:
    assert strokes(declaration, switch("legato"), note(0.0, 2.0, 60), note(0.5, 0.5, 67)).first.all()
    assert strokes(declaration, switch("legato"), note(0.0, 1.0, 60), note(0.0, 1.0, 67)).first.all()


def test_the_fifth_pluck_takes_the_string_of_the_first(declaration: Declaration) -> None:
    rows = [note(0.1 * index, 0.05, 60 + index) for index in range(6)]
    tail = round(declaration.tail_s.values[4] * RATE)
    planned = strokes(declaration, switch("pizzicato"), *rows)
    assert planned.ring.tolist() == [round(0.35 * RATE)] * 2 + [tail] * 4


def test_a_bow_stroke_ends_the_one_before_but_no_double_stop(declaration: Declaration) -> None:
    tail, fade = round(declaration.tail_s.values[0] * RATE), round(FADE_S * RATE)
    apart = strokes(declaration, switch("sustain"), note(0.0, 0.3, 60), note(0.4, 0.3, 62))
    assert apart.ring.tolist() == [round(0.1 * RATE), tail]
    touching = strokes(declaration, switch("sustain"), note(0.0, 0.4, 60), note(0.4, 0.3, 62))
    assert touching.ring.tolist() == [fade, tail]
    together = strokes(declaration, switch("sustain"), note(0.0, 0.5, 60), note(0.2, 0.3, 67))
    assert together.ring.tolist() == [tail, tail]
    elsewhere = strokes(
        declaration,
        switch("sustain"),
        switch("sustain", channel=1),
        note(0.0, 0.4, 60),
        note(0.4, 0.3, 62, channel=1),
    )
    assert elsewhere.ring.tolist() == [tail, tail]


def test_lanes_follow_controllers_and_bend_to_the_sample(declaration: Declaration) -> None:
    from composer_daw.hosts.faust_lanes import bend_track, control_tracks

    piece = events(
        note(0.0, 1.0, 69),
        controller(1, 127, 0.25),
        controller(1, 64, 0.5),
        controller(11, 64, 0.75),
        (0.5, Kind.PITCH_BEND, 0, 0, 8192 / 2, -1),
        controller(1, 0, 0.1, channel=1),
    )
    total = 2 * RATE
    planned = plan_strokes(read_notes(piece, declaration, RATE, total, 0), declaration, RATE, total)
    lanes = build_lanes(
        planned,
        declaration,
        bend_track(piece, declaration, RATE, total),
        control_tracks(piece, declaration, RATE, total),
    )
    start = int(planned.forget[0])
    at = [start + round(time_s * RATE) for time_s in (0.25, 0.5, 0.75)]
    assert lanes[4, [at[0], at[1] - 1, at[1], at[2]]] == pytest.approx(
        [1, 1, 64 / 127, (64 / 127) ** 2], rel=1e-5
    )
    assert lanes[1, [at[1] - 1, at[1]]] == pytest.approx([440.0, 440.0 * 2 ** (1 / 12)], rel=1e-6)
    assert set(np.unique(lanes[0])) == {-1.0, 0.0, 1.0}


def test_packets_hold_whole_strokes_and_every_note(declaration: Declaration) -> None:
    rows = [note(0.5 * index, 0.52, 60 + index % 12) for index in range(200)]
    planned = strokes(
        declaration, switch("legato"), *rows[:100], switch("sustain", 50.0), *rows[100:], total_s=110.0
    )
    found = list(packets(planned, RATE))
    assert len(found) > 1 and all(packet.first[0] for packet in found)
    assert sum(len(packet.notes) for packet in found) == 200


# Sound


def test_a_chord_drops_no_note(violin: FaustHost) -> None:
    pitches = [55, 62, 69, 76, 81, 86]
    audio = violin.render(events(switch("sustain"), *[note(0.0, 1.0, pitch, 100) for pitch in pitches]), 1.5)
    sound = part(audio, 0.3, 0.9)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 16))
    for pitch in pitches:
        near = spectrum[round(hz(pitch) / RATE * (1 << 16)) + np.arange(-8, 9)].max()
        beside = spectrum[round(hz(pitch) * 1.04 / RATE * (1 << 16)) + np.arange(-8, 9)].max()
        assert near > 4.0 * beside


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_four_loud_notes_do_not_clip(violin: FaustHost, technique: str) -> None:
    chords = ([55, 62, 69, 76], [67, 71, 74, 79], [60, 64, 67, 72])
    rows = [note(2.0 * index, 1.0, pitch, 127) for index, chord in enumerate(chords) for pitch in chord]
    assert -12.0 < violin.render(events(switch(technique), *rows), 6.0).peak_db < 0.0


def test_two_techniques_at_one_instant(violin: FaustHost) -> None:
    both = violin.render(
        events(
            switch("sustain"),
            note(0.0, 1.0, 60),
            switch("pizzicato", channel=1),
            note(0.0, 1.0, 76, channel=1),
        ),
        1.5,
    )
    assert cents_from(part(both, 0.5, 1.0), RATE, hz(60)) == pytest.approx(0.0, abs=10.0)
    without = violin.render(events(switch("sustain"), note(0.0, 1.0, 60)), 1.5)
    assert np.abs(part(both, 0.0, 0.003)).max() > 5.0 * np.abs(part(without, 0.0, 0.003)).max()


@pytest.mark.parametrize("technique", ["sustain", "pizzicato", "harmonics"])
@pytest.mark.parametrize("rate", [44100, 48000])
def test_it_is_in_tune(technique: str, rate: int) -> None:
    with open_faust("studio/violin", rate) as host:
        pitches = [55, 61, 68, 75, 82, 89, 97, 105]
        rows = [note(1.5 * index, 1.0, pitch, 100) for index, pitch in enumerate(pitches)]
        audio = host.render(events(switch(technique), *rows), 12.0, seed=2)
    heard = [
        cents_from(part(audio, 1.5 * i - 0.05, 1.5 * i + 1.2), rate, hz(p)) for i, p in enumerate(pitches)
    ]
    assert np.abs(heard).max() < 5.0


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_ten_velocities_are_ten_levels(violin: FaustHost, technique: str) -> None:
    velocities = np.linspace(12, 127, 10).astype(int)
    rows = [note(1.3 * index, 0.3, 71, int(velocity)) for index, velocity in enumerate(velocities)]
    audio = violin.render(events(switch(technique), *rows), 13.5, seed=5)
    notes = [part(audio, 1.3 * index, 1.3 * index + 1.2) for index in range(10)]
    assert np.diff([level_db(sound, RATE) for sound in notes]).min() > 0.3
    assert centroid_hz(notes[-1], RATE) > 1.05 * centroid_hz(notes[0], RATE)
    assert -20.0 < 20.0 * np.log10(np.abs(notes[-1]).max()) < -5.0


@pytest.mark.parametrize("number", [1, 11])
def test_controllers_make_it_louder_and_brighter(violin: FaustHost, number: int) -> None:
    sounds = [
        part(
            violin.render(events(switch("sustain"), controller(number, value), note(0.0, 0.5, 71)), 0.6),
            0.0,
            0.6,
        )
        for value in (12, 40, 70, 100, 127)
    ]
    assert np.diff([level_db(sound, RATE) for sound in sounds]).min() > 1.0
    assert np.diff([centroid_hz(sound, RATE) for sound in sounds]).min() > 0.0


def test_a_swell_is_heard_within_a_note(violin: FaustHost) -> None:
    rows = [
        controller(11, value, time_s)
        for value, time_s in zip(range(20, 127), np.linspace(0, 1, 107), strict=True)
    ]
    audio = violin.render(events(switch("sustain"), note(0.0, 1.2, 69), *rows), 1.3)
    assert level_db(part(audio, 0.9, 1.1), RATE) - level_db(part(audio, 0.2, 0.3), RATE) > 6.0


def test_bend_moves_the_pitch(violin: FaustHost) -> None:
    bent = violin.render(events(note(0.0, 1.0, 69), (0.4, Kind.PITCH_BEND, 0, 0, 4096, -1)), 1.2)
    assert cents_from(part(bent, 0.1, 0.39), RATE, 440.0) == pytest.approx(0.0, abs=8.0)
    assert cents_from(part(bent, 0.5, 1.0), RATE, hz(70)) == pytest.approx(0.0, abs=8.0)


def test_legato_connects(violin: FaustHost) -> None:
    melody = [60, 62, 64, 65, 64, 62]
    slurred, separate = (
        violin.render(
            events(switch(technique), *[note(0.4 * i, held_s, p) for i, p in enumerate(melody)]), 3.0, seed=2
        )
        for technique, held_s in (("legato", 0.43), ("sustain", 0.33))
    )
    onsets = [PRE_ROLL_S + 0.4 * index for index in range(1, 6)]
    assert longest_gap_s(slurred.mono(), RATE, PRE_ROLL_S + 0.1, PRE_ROLL_S + 2.4) < 0.020
    jumps, attacks = (
        np.mean([flux_db(audio.mono(), RATE, time_s) for time_s in onsets]) for audio in (slurred, separate)
    )
    assert jumps < attacks - 5.0
    assert max(click_db(slurred.mono(), RATE, time_s) for time_s in onsets) < 6.0
    assert cents_from(part(slurred, 0.55, 0.75), RATE, hz(62)) == pytest.approx(0.0, abs=15.0)


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_it_starts_and_stops_without_a_click(violin: FaustHost, technique: str) -> None:
    audio = violin.render(events(switch(technique), note(0.0, 0.5, 67, 127)), 2.5)
    mono = audio.mono()
    assert click_db(mono, RATE, PRE_ROLL_S) < 12.0 and click_db(mono, RATE, PRE_ROLL_S + 0.5) < 6.0
    assert np.abs(mono[-RATE // 4 :]).max() < 1e-4
    assert abs(float(mono.mean())) < 1e-4


def test_a_tail_that_gives_way_does_not_click(violin: FaustHost) -> None:
    rows = [note(0.12 * index, 0.05, 67 + index, 100) for index in range(12)]
    mono = violin.render(events(switch("pizzicato"), *rows), 2.0).mono()
    ends = [PRE_ROLL_S + 0.12 * index - 0.003 for index in range(4, 12)]
    assert max(click_db(mono, RATE, time_s, reach_ms=2.0) for time_s in ends) < 3.0


@pytest.mark.parametrize("written_s", [0.25, 0.5, 1.0])
@pytest.mark.parametrize("share", [0.35, 0.4])
def test_staccato_sounds_about_half_its_length(violin: FaustHost, written_s: float, share: float) -> None:
    for pitch in (55, 61, 74, 90):
        sound = single(violin, "staccato", pitch, held_s=written_s * share)
        assert 0.35 <= sounding_duration_s(sound, RATE) / written_s <= 0.65


def test_hits_die_away_on_a_held_key(violin: FaustHost) -> None:
    for technique, slowest_s in (("spiccato", 0.9), ("pizzicato", 1.5), ("col_legno", 2.0)):
        sound = single(violin, technique, 67, held_s=2.0)
        assert decay_t60_s(sound, RATE) < slowest_s
        assert attack_ms(sound, RATE) < 60.0
    assert attack_ms(single(violin, "sustain", 67, held_s=2.0), RATE) > 90.0


def test_tremolo_trembles(violin: FaustHost) -> None:
    trembling = amplitude_modulation(single(violin, "tremolo", held_s=1.5), RATE)
    assert 10.0 < trembling.rate_hz < 15.0 and 1.5 < trembling.depth < 6.0
    assert amplitude_modulation(single(violin, "sustain", held_s=1.5), RATE).depth < 1.0


def test_colours(violin: FaustHost) -> None:
    def bowed(*techniques: str) -> np.ndarray:
        rows = [switch(technique) for technique in techniques]
        return part(violin.render(events(*rows, note(0.0, 0.8, 67)), 1.2, seed=1), 0.0, 1.2)

    centroids = [
        centroid_hz(bowed("sustain", name), RATE) for name in ("sul_tasto", "ordinario", "sul_ponticello")
    ]
    assert np.diff(centroids).min() > 50.0
    assert centroid_hz(bowed("sustain", "con_sordino"), RATE) < 0.85 * centroids[1]
    share = [
        upper_partial_share(partial_amplitudes(bowed(name), RATE, hz(67)))
        for name in ("harmonics", "sustain")
    ]
    assert share[0] < 0.5 * share[1]
    assert hnr_db(bowed("col_legno"), RATE, hz(67)) < 15.0 < hnr_db(bowed("pizzicato"), RATE, hz(67))
