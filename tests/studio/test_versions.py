"""Scores by instruments and techniques become versions: names, files, stems, notes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from midi_building import meta, note, save_score, save_tracks
from small_instruments import write_instrument

from composer_daw.audio import load_audio
from composer_daw.errors import ComposerError, HostError, InputError, TechniqueError
from composer_daw.performance import Performance, Track
from composer_daw.studio.version_render import Job, render_version, stem_names
from composer_daw.studio.versions import Auditioned, Settings, render_versions

Made = Callable[..., Auditioned]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Made:
    """A function that renders versions in this process, where that is not what is tested."""
    from composer_daw.rendering import Done
    from composer_daw.studio import versions

    def here(work: Callable[[Job], object], jobs: list[Job], *_: object, **__: object) -> list[Done]:  # type: ignore[type-arg]
        return [Done(job, work(job)) for job in reversed(jobs)]

    monkeypatch.setattr(versions, "run_jobs", here)

    def make(scores: list[Path], instruments: list[Path], *techniques: str, **settings: object) -> Auditioned:
        return render_versions(scores, instruments, techniques, tmp_path / "out", Settings(**settings))  # type: ignore[arg-type]

    return make


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """Three tracks: a melody, drums on channel 10, and another melody; two sections and a technique."""
    tempo = [meta(0, "set_tempo", tempo=500_000), meta(960, "set_tempo", tempo=1_000_000)]
    told = [
        meta(0, "marker", text="Verse"),
        meta(960, "marker", text="Chorus"),
        meta(0, "marker", text="pizz."),
    ]
    tracks = [
        [meta(0, "track_name", name=name), *note(start, 480, pitch, channel=channel)]
        for name, start, pitch, channel in (("Tune", 0, 72, 0), ("Kit", 480, 60, 9), ("Tune", 960, 64, 1))
    ]
    return save_tracks(tmp_path / "song.mid", [*tempo, *told], *tracks)


def test_versions_are_named_by_what_tells_them_apart(
    made: Made, score: Path, fake_preset: Path, tmp_path: Path
) -> None:
    other = write_instrument(tmp_path / "other", "Other Strings")
    both = made([score], [fake_preset, other], "written", "staccato").pieces[0]
    assert [one.title for one in both.versions] == [
        "Fake Strings, as written",
        "Fake Strings, staccato",
        "Other Strings, as written",
        "Other Strings, staccato",
    ]
    assert [one.technique for one in both.versions] == ["", "staccato", "", "staccato"]
    titles = [
        [one.title for one in made([score], [fake_preset], *techniques).pieces[0].versions]
        for techniques in ((), ("legato",), ("legato", "written"), ("staccato+con_sordino",))
    ]
    assert titles == [["Fake Strings"], ["legato"], ["legato", "as written"], ["staccato + con sordino"]]
    assert [one.title for one in made([score], [fake_preset, other]).pieces[0].versions] == [
        "Fake Strings",
        "Other Strings",
    ]


def test_each_version_has_its_sound_and_its_notes(made: Made, score: Path, fake_preset: Path) -> None:
    piece = made([score], [fake_preset], "staccato", "legato").pieces[0]
    assert (piece.title, len(piece.versions)) == ("score", 2)
    short, long = piece.versions
    assert [(one.pitch, one.label) for one in short.notes] == [(60 + at, "staccato") for at in range(4)]
    assert [one.onset_s for one in short.notes] == pytest.approx([0.0, 0.5, 1.0, 1.5])
    assert [one.offset_s - one.onset_s for one in short.notes] == pytest.approx([0.25] * 4)
    assert [one.written_offset_s for one in short.notes] == pytest.approx([0.5, 1.0, 1.5, 2.0])
    assert {Path(one.audio).name for one in piece.versions} == {"score-staccato.flac", "score-legato.flac"}  # type: ignore[arg-type]
    assert short.facts == {"Instrument": fake_preset.as_posix(), "Audio may be shared": "yes"}
    assert load_audio(long.audio).duration_s >= 2.0  # type: ignore[arg-type]


def test_what_goes_without_saying_is_called_by_its_name(made: Made, score: Path, fake_preset: Path) -> None:
    (version,) = made([score], [fake_preset]).pieces[0].versions
    assert {one.label for one in version.notes} == {"sustain"}


def test_tracks_become_stems_that_add_up(made: Made, song: Path, fake_preset: Path) -> None:
    piece = made([song], [fake_preset], stems=True).pieces[0]
    (version,) = piece.versions
    assert [(stem.name, stem.percussion) for stem in version.stems] == [
        ("Tune", False),
        ("Kit", True),
        ("Tune (4)", False),
    ]
    parts = [load_audio(Path(stem.audio)).samples for stem in version.stems]  # type: ignore[arg-type]
    mix = load_audio(Path(version.audio)).samples  # type: ignore[arg-type]
    assert len({part.shape for part in (*parts, mix)}) == 1
    assert np.abs(np.sum(parts, axis=0) - mix).max() < 1e-6 < np.abs(mix).max()
    assert [[one.pitch for one in stem.notes] for stem in version.stems] == [[72], [60], [64]]
    assert [round(stem.notes[0].onset_s, 3) for stem in version.stems] == [0.0, 0.5, 1.0]
    assert {one.label for stem in version.stems for one in stem.notes} == {"pizzicato"}


def test_sections_and_tempo_are_those_of_the_score(made: Made, song: Path, fake_preset: Path) -> None:
    piece = made([song], [fake_preset]).pieces[0]
    assert [(one.time_s, one.title) for one in piece.markers] == [(0.0, "Verse"), (1.0, "Chorus")]
    assert piece.tempo == [(0.0, 120.0), (1.0, 60.0)]


def test_a_score_of_one_track_has_no_stems_and_says_so(made: Made, score: Path, fake_preset: Path) -> None:
    auditioned = made([score], [fake_preset], stems=True)
    assert auditioned.pieces[0].versions[0].stems == ()
    assert auditioned.told == (f"{score}, Fake Strings: has one track only, so no stems",)


def test_what_is_not_as_it_was_asked_is_told(made: Made, tmp_path: Path, fake_preset: Path) -> None:
    score = save_score(tmp_path / "odd.mid", [(0, 480, 60), (480, 480, 30)], (0, "trem."))
    told = made([score], [fake_preset], out_of_range="drop").told
    assert told == (
        f"{score}, Fake Strings: asked for tremolo, plays sustain (fallback), notes: 1",
        f"{score}, Fake Strings: dropped as out of range, notes: 1",
    )


def test_loud_stems_are_turned_down_together(made: Made, song: Path, tmp_path: Path) -> None:
    loud = write_instrument(tmp_path / "loud", more="level_db: 24\n")
    auditioned = made([song], [loud], stems=True)
    (version,) = auditioned.pieces[0].versions
    peaks = [load_audio(Path(one.audio)).peak_db for one in (version, *version.stems)]  # type: ignore[arg-type]
    assert max(peaks) == pytest.approx(-0.3, abs=0.01)
    assert "turned down by" in auditioned.told[0] and len(auditioned.told) == 1


def test_two_scores_of_one_name_keep_their_own_files(
    made: Made, score: Path, fake_preset: Path, tmp_path: Path
) -> None:
    other = save_score(tmp_path / "sub" / "score.mid", [(0, 480, 62)])
    pieces = made([score, other], [fake_preset]).pieces
    assert [piece.title for piece in pieces] == [str(score), str(other)]
    files = [Path(piece.versions[0].audio).name for piece in pieces]  # type: ignore[arg-type]
    assert files == ["score-fake-strings.flac", "score-fake-strings-2.flac"]


def test_one_version_however_it_is_spelled(made: Made, score: Path, fake_preset: Path) -> None:
    assert len(made([score], [fake_preset, fake_preset], "stacc.", "staccato").pieces[0].versions) == 1


def test_the_workers_change_nothing(made: Made, score: Path, fake_preset: Path, tmp_path: Path) -> None:
    first = made([score], [fake_preset], "staccato", "legato", seed=7)
    told: list[tuple[str, int]] = []
    second = render_versions(
        [score],
        [fake_preset],
        ["staccato", "legato"],
        tmp_path / "again",
        Settings(seed=7),
        workers=2,
        progress=lambda name, *, total: told.append((name, total)),
    )
    assert sorted(told) == [(f"{score}, legato", 2), (f"{score}, staccato", 2)]
    for one, two in zip(first.pieces[0].versions, second.pieces[0].versions, strict=True):
        assert Path(one.audio).read_bytes() == Path(two.audio).read_bytes()  # type: ignore[arg-type]
        assert one.notes == two.notes


def test_an_error_in_a_worker_names_its_version(score: Path, tmp_path: Path) -> None:
    broken = write_instrument(tmp_path / "broken", source="broken")
    with pytest.raises(HostError, match=f"{score}, Fake Strings: .*broken on purpose"):
        render_versions([score], [broken], [], tmp_path / "out", workers=1)


def test_every_error_can_be_given_the_name_of_its_version() -> None:
    def below(kind: type[ComposerError]) -> list[type[ComposerError]]:
        return [kind, *(one for sub in kind.__subclasses__() for one in below(sub))]

    for kind in below(ComposerError):
        assert str(kind("score, legato: what is wrong")) == "score, legato: what is wrong"


def test_a_job_without_result_or_error_is_told() -> None:
    from composer_daw.rendering import Done
    from composer_daw.studio.versions import _result

    with pytest.raises(HostError, match="score, legato: the worker gave back nothing"):
        _result(Done("job"), "score, legato")  # type: ignore[arg-type]


def test_bad_input_is_told_before_anything_sounds(
    made: Made, score: Path, fake_preset: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"score\.mi: no such file \(did you mean 'score\.mid'\?\)"):
        made([score.with_suffix(".mi")], [fake_preset])
    with pytest.raises(InputError, match=r"no instrument 'studio/violn' \(did you mean 'studio/violin'\?\)"):
        made([score], [Path("studio/violn")])
    with pytest.raises(TechniqueError, match=r"unknown technique 'stacato' \(did you mean 'staccato'\?\)"):
        made([score], [fake_preset], "stacato")
    with pytest.raises(TechniqueError, match="has no 'tremolo'; it would play"):
        made([score], [fake_preset], "tremolo")
    with pytest.raises(InputError, match="is named twice"):
        made([score, score], [fake_preset])
    with pytest.raises(InputError, match="no instrument is named"):
        made([score], [])
    low = save_score(tmp_path / "low.mid", [(0, 480, 20)])
    with pytest.raises(InputError, match=r"low\.mid: 1 note outside"):
        made([low], [fake_preset])
    assert not (tmp_path / "out").exists()


def test_stems_are_named_as_their_tracks_each_once() -> None:
    score = Performance(tracks=(Track("Tune"), Track(""), Track("tune "), Track("Tune")))
    assert stem_names(score, [0, 1, 2, 3]) == ["Tune", "Track 2", "tune (3)", "Tune (4)"]


def test_a_worker_keeps_its_instrument_open(score: Path, fake_preset: Path, tmp_path: Path) -> None:
    from composer_daw.studio import version_render

    job = Job(
        str(score), "0" * 64, str(fake_preset), "staccato", str(tmp_path / "a.flac"), 44_100, 0, "fail", False
    )
    version_render.close_opened()
    render_version(job)
    ((instrument, host),) = version_render._OPEN.values()
    render_version(job)
    assert list(version_render._OPEN.values()) == [(instrument, host)]
    version_render.close_opened()
    assert version_render._OPEN == {}
