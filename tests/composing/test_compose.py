"""A song from its file to score, performance, graph, stems and mix."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from small_composing import SONG, Plain, write_song

from composer_daw.audio import Audio, load_audio
from composer_daw.composing.compose import Composed, compose, generator_named, section_times
from composer_daw.composing.mix import reference
from composer_daw.composing.request import load_request
from composer_daw.errors import InputError
from composer_daw.files import sha256_of
from composer_daw.measure.loudness import loudness_of, step_powers, stretch
from composer_daw.midi import load_midi
from composer_daw.midi.select import part_of
from composer_daw.rendering.graph_plan import plan_graph
from composer_daw.rendering.graph_render import render_graph
from composer_daw.techniques import annotate, load_vocabulary


def made(folder: Path, seed: int = 3, song: str = SONG, **more: object) -> tuple[Path, Composed]:
    """Compose the small song into `folder/out`."""
    request = load_request(write_song(folder, song))
    out = folder / "out"
    out.mkdir()
    return out, compose(request, out, seed=seed, generator=Plain(), **more)  # type: ignore[arg-type]


def digests(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256_of(path) for path in paths}


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Composed]:
    return made(tmp_path_factory.mktemp("song"))


def test_all_is_there(song: tuple[Path, Composed]) -> None:
    out, _ = song
    assert sorted(digests(out)) == [
        "graph.yaml",
        "mix.wav",
        "performance.mid",
        "score.mid",
        "stems/bus/hall.flac",
        "stems/stems.json",
        "stems/wet/bass.flac",
        "stems/wet/drums.flac",
        "stems/wet/melody.flac",
        "stems/wet/violin.flac",
    ]


def test_the_score_and_the_performance_have_their_parts_markers_and_techniques(
    song: tuple[Path, Composed],
) -> None:
    out, done = song
    for name in ("score.mid", "performance.mid"):
        loaded = load_midi(out / name)
        assert [track.name for track in loaded.tracks] == ["melody", "bass", "drums", "violin"]
        markers = [text.text for text in loaded.texts if text.track == 0]
        assert [text for text in markers if "[" not in text] == ["verse", "chorus", "verse"]
        violin = [text.text for text in loaded.texts if text.track == 3]
        assert violin == ["[technique:pizzicato]", "[technique:default]", "[technique:pizzicato]"]
    assert len(load_midi(out / "performance.mid").notes) == len(done.score.notes)
    assert (
        len(load_midi(out / "score.mid").tempo.bpm) == 1 < len(load_midi(out / "performance.mid").tempo.bpm)
    )


def test_the_score_has_its_key_and_its_end(song: tuple[Path, Composed], tmp_path: Path) -> None:
    out, _ = song
    loaded = load_midi(out / "score.mid")
    assert [(key.beat, key.fifths, key.minor) for key in loaded.keys] == [(0, -1, False)]  # F major, drawn
    assert loaded.end_beat == 96
    other, _ = made(tmp_path, song=SONG.replace("chorus: {", "chorus: {key: C minor, "), audio=False)
    keys = load_midi(other / "score.mid").keys
    assert [(key.beat, key.fifths, key.minor) for key in keys] == [
        (0, -1, False),
        (32, -3, True),
        (64, -1, False),
    ]


def test_what_the_file_asks_is_what_the_notes_asked(tmp_path: Path) -> None:
    """A technique of another group ends with its section: pizz. after con sordino is without it."""
    text = SONG.replace("chorus: {", "chorus: {techniques: {violin: con_sordino}, ")
    out, done = made(tmp_path, song=text, audio=False)
    violin, loaded = done.request.band[3].instrument.technique_map, load_midi(out / "performance.mid")
    asked = []
    for performance in (done.performed.performance, loaded):
        own = part_of(performance, performance.notes["track"] == 3)
        annotated = annotate(own, violin, load_vocabulary())
        asked.append([annotated.techniques[number] for number in annotated.notes["technique"]])
    assert asked[0] == asked[1]
    assert set(asked[0]) == {("pizzicato",), ("con_sordino",)}


def test_the_mix_meets_its_loudness_and_ceiling(song: tuple[Path, Composed]) -> None:
    out, done = song
    mix = load_audio(out / "mix.wav")
    assert mix.loudness_lufs() == pytest.approx(-16.0, abs=0.5)
    assert mix.true_peak_db <= -1.0
    assert done.record["mix"]["loudness_lufs"] == pytest.approx(mix.loudness_lufs(), abs=0.02)


def test_the_stems_add_up_to_the_mix(song: tuple[Path, Composed]) -> None:
    out, _ = song
    listed = json.loads((out / "stems" / "stems.json").read_text())["files"]
    assert all(one["in_mix"] for one in listed)
    total = sum(load_audio(out / "stems" / one["file"]).samples for one in listed)
    mix = load_audio(out / "mix.wav").samples
    assert 20 * np.log10(np.abs(total - mix).max()) < -100


def test_no_part_is_masked(song: tuple[Path, Composed]) -> None:
    _, done = song
    under = done.record["mix"]["under_the_mix_lu"]
    assert set(under) == {"melody", "bass", "drums", "violin"}
    assert all(0 < lu < 24 for rows in under.values() for lu in rows)


def test_how_far_parts_lie_under_the_mix_is_as_the_stems_say(song: tuple[Path, Composed]) -> None:
    out, done = song
    mix = load_audio(out / "mix.wav")
    loud = step_powers(mix.samples, mix.sample_rate)
    for name, rows in done.record["mix"]["under_the_mix_lu"].items():
        stem = load_audio(out / "stems" / "wet" / f"{name}.flac")
        own = step_powers(stem.samples, stem.sample_rate)
        for told, span in zip(rows, section_times(done.performed, done.request), strict=True):
            measured = loudness_of(stretch(loud, *span)) - loudness_of(stretch(own, *span))
            assert told == pytest.approx(measured, abs=0.1)


def test_the_hall_lies_behind_the_mix(song: tuple[Path, Composed]) -> None:
    out, _ = song
    hall, mix = (load_audio(out / name) for name in ("stems/bus/hall.flac", "mix.wav"))
    assert 15 < mix.loudness_lufs() - hall.loudness_lufs() < 18


def test_the_graph_renders_it_again(song: tuple[Path, Composed]) -> None:
    out, _ = song
    plan = plan_graph(out / "graph.yaml", load_midi(out / "performance.mid"))
    again = render_graph(plan, seed=3, stems=False).audio
    mix = load_audio(out / "mix.wav").samples
    assert np.abs(again.samples - mix).max() < 2**-23


def test_the_same_seed_the_same_bytes_whatever_the_workers(
    song: tuple[Path, Composed], tmp_path: Path
) -> None:
    out, _ = song
    again, _ = made(tmp_path / "again", workers=2)
    assert digests(again) == digests(out)
    other, _ = made(tmp_path / "other", seed=4, audio=False)
    assert digests(other)["score.mid"] != digests(out)["score.mid"]


def test_without_audio(tmp_path: Path) -> None:
    told: list[str] = []
    out, done = made(tmp_path, audio=False, told=told.append)
    assert sorted(digests(out)) == ["performance.mid", "score.mid"]
    assert told == ["score", "performance"]
    assert done.mixed is None and "mix" not in done.record


def test_a_part_that_never_plays_is_left_out_of_the_mix(tmp_path: Path) -> None:
    class NoViolin(Plain):
        def generate(self, song: object, seed: int) -> object:  # type: ignore[override]
            score = super().generate(song, seed)  # type: ignore[arg-type]
            return score.__class__(
                score.notes[score.notes["track"] != 3],
                texts=score.texts,
                tempo=score.tempo,
                tracks=score.tracks,
            )

    request = load_request(write_song(tmp_path))
    out = tmp_path / "out"
    out.mkdir()
    done = compose(request, out, seed=1, generator=NoViolin())  # type: ignore[arg-type]
    assert sorted(path.name for path in (out / "stems" / "wet").iterdir()) == [
        "bass.flac",
        "drums.flac",
        "melody.flac",
    ]
    assert done.remarks == ("violin: plays nothing",)


def test_the_record(song: tuple[Path, Composed], tmp_path: Path) -> None:
    _, done = song
    record = json.loads(json.dumps(done.record))
    assert (record["song_record"], record["seed"], record["generator"]) == (1, 3, "plain 1")
    verse = record["conditions"]["sections"][0]
    assert verse["caption"] == "a lonely melody at night in the rain, of waiting, slow and tender"
    assert verse["caption_from"] == "words"
    assert record["conditions"]["key"] == "F major"
    assert record["song"]["form"] == ["verse", "chorus", "verse"]
    assert len(record["instruments"]["drums"]["digest"]) == 64
    assert str(tmp_path.parent) not in json.dumps(record)  # no machine's path


def test_instruments_of_ones_own_are_found_from_the_folder(tmp_path: Path) -> None:
    request = load_request(write_song(tmp_path / "songs"))
    assert reference(request.band[0], tmp_path / "out" / "deep") == "../../songs/fake.yaml"


def test_an_unknown_generator() -> None:
    assert generator_named("arranger").name.startswith("arranger")
    with pytest.raises(InputError, match=r"no generator 'aranger' \(did you mean 'arranger'\?\)"):
        generator_named("aranger")


def test_a_silent_mix_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from composer_daw.rendering import graph_render

    monkeypatch.setattr(graph_render, "as_the_graph_says", lambda take: Audio(0 * take.audio.samples, 44_100))
    with pytest.raises(InputError, match="the mix is silent"):
        made(tmp_path)
