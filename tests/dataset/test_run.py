"""Runs: what is made, what is skipped, what is made again, and that the bytes depend on the record alone."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest
from filelock import FileLock
from midi_building import meta, note, save_score, save_tracks
from small_instruments import MAP, write_instrument

from composer_daw.audio import load_audio
from composer_daw.dataset import (
    Plan,
    Record,
    find_record,
    load_manifest,
    plan_versions,
    render_again,
    run,
    run_plan,
)
from composer_daw.dataset.manifest import JOURNAL, MANIFEST
from composer_daw.errors import ComposerError, InputError, OutputError
from composer_daw.files import PARTIAL
from composer_daw.midi import load_midi
from composer_daw.rendering import load_instrument


@pytest.fixture
def plan(fake_preset: Path, tmp_path: Path) -> Plan:
    """Two scores, one of them with a name in Japanese, in two techniques."""
    return make_plan(fake_preset)


def make_plan(preset: Path, techniques: tuple[str, ...] = ("staccato", "pizzicato"), seed: int = 0) -> Plan:
    notes = [(480 * step, 480, 60 + step) for step in range(3)]
    scores = [
        save_score(preset.parent / f"{name}.mid", notes[:length])
        for name, length in (("tune", 3), ("さくら", 2))
    ]
    return plan_versions(scores, load_instrument(preset), techniques, seed=seed)


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a data set, by its path."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


# --- what is made ---------------------------------------------------------------------------------------


def test_the_files_of_a_data_set(plan: Plan, tmp_path: Path, rendered: list[str]) -> None:
    report = run_plan(plan, tmp_path / "set")
    assert [record.id for record in report.rendered] == [record.id for record in plan.records] == rendered
    expected = {MANIFEST, run.LOCK, *plan.assets}
    expected |= {f"{record.id}.{suffix}" for record in plan.records for suffix in ("wav", "mid", "csv")}
    assert set(digests(tmp_path / "set")) == expected


def test_the_manifest_is_sorted_and_its_outcomes_are_true(
    plan: Plan, tmp_path: Path, rendered: list[str]
) -> None:
    folder = tmp_path / "set"
    run_plan(plan, folder)
    records = load_manifest(folder / MANIFEST)
    assert [record.id for record in records] == sorted(rendered)
    found = digests(folder)
    for record in records:
        assert record.outcome is not None
        assert record.planned() == find_record(plan.records, record.id)
        for file in (record.outcome.audio, record.outcome.midi, record.outcome.labels):
            assert file.sha256 == found[file.path]
        audio = load_audio(folder / record.outcome.audio.path)
        assert record.outcome.duration_s == pytest.approx(audio.duration_s, abs=1e-6)
        assert record.outcome.peak_db == pytest.approx(audio.peak_db, abs=1e-3)
        assert record.outcome.notes == len(table(folder / record.outcome.labels.path))
        assert record.outcome.rungs == {"exact": record.outcome.notes}
        assert (record.outcome.dropped, record.outcome.conflicts, record.outcome.gain_db) == (0, 0, 0.0)


def test_the_labels_of_an_item(plan: Plan, tmp_path: Path, rendered: list[str]) -> None:
    run_plan(plan, tmp_path / "set")
    rows = table(tmp_path / "set" / f"{plan.records[0].id}.csv")
    assert rows[1] == {
        "note_id": "1",
        "track": "0",
        "pitch": "61",
        "sounding_pitch": "61",
        "velocity": "80",
        "written_onset_s": "0.500000",
        "written_offset_s": "1.000000",
        "sounding_onset_s": "0.500000",
        "sounding_offset_s": "0.750000",
        "technique": "staccato",
        "asked": "staccato",
        "rung": "exact",
        "channel": "1",
        "conflict": "0",
        "instance": "1",
        "together": "",
        "why": "",
    }
    assert list(rows[1])[:2] == ["note_id", "track"]
    assert [row["note_id"] for row in rows] == ["0", "1", "2"]


def test_the_labels_say_the_track(fake_preset: Path, tmp_path: Path, rendered: list[str]) -> None:
    tempo, *voices = [meta(0, "set_tempo", tempo=500_000)], note(0, 960, 72), note(480, 480, 60)
    score = save_tracks(tmp_path / "voices.mid", tempo, *voices)
    plan = plan_versions([score], load_instrument(fake_preset), ["legato"])
    run_plan(plan, tmp_path / "set")
    rows = table(tmp_path / "set" / f"{plan.records[0].id}.csv")
    assert [(row["track"], row["pitch"]) for row in rows] == [("1", "72"), ("2", "60")]


def test_the_performed_midi_is_what_sounds(plan: Plan, tmp_path: Path, rendered: list[str]) -> None:
    run_plan(plan, tmp_path / "set")
    performed = load_midi(tmp_path / "set" / f"{plan.records[0].id}.mid")
    assert performed.notes["duration_s"].tolist() == pytest.approx([0.25] * 3)
    assert [text.text for text in performed.texts] == ["[played:staccato]"]


# --- what is skipped ------------------------------------------------------------------------------------


def test_a_second_run_does_nothing(plan: Plan, tmp_path: Path, rendered: list[str]) -> None:
    run_plan(plan, tmp_path / "set")
    before = digests(tmp_path / "set")
    rendered.clear()
    report = run_plan(plan, tmp_path / "set")
    assert (rendered, report.replaced) == ([], 0)
    assert [record.id for record in report.skipped] == [record.id for record in plan.records]
    assert digests(tmp_path / "set") == before


@pytest.mark.parametrize("suffix", ["wav", "mid", "csv"])
@pytest.mark.parametrize("damage", ["truncated", "corrupted", "missing"])
def test_what_is_not_whole_is_made_again(
    plan: Plan, tmp_path: Path, rendered: list[str], suffix: str, damage: str
) -> None:
    run_plan(plan, tmp_path / "set")
    before = digests(tmp_path / "set")
    path = tmp_path / "set" / f"{plan.records[1].id}.{suffix}"
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(data[:-1] if damage == "truncated" else data[:-1] + bytes([data[-1] ^ 1]))
    rendered.clear()
    run_plan(plan, tmp_path / "set")
    assert rendered == [plan.records[1].id]
    assert digests(tmp_path / "set") == before


def test_another_seed_is_another_sound_with_the_same_labels(
    plan: Plan, fake_preset: Path, tmp_path: Path, rendered: list[str]
) -> None:
    assert run_plan(plan, tmp_path / "set").replaced == 0
    before = digests(tmp_path / "set")
    assert run_plan(make_plan(fake_preset, seed=1), tmp_path / "set").replaced == len(plan.records)
    after = digests(tmp_path / "set")
    changed = {path for path in before if before[path] != after[path]}
    assert changed == {MANIFEST, *(f"{record.id}.wav" for record in plan.records)}
    assert len(rendered) == 2 * len(plan.records)


def test_more_techniques_are_added_to_what_is_there(
    plan: Plan, fake_preset: Path, tmp_path: Path, rendered: list[str]
) -> None:
    run_plan(plan, tmp_path / "set")
    rendered.clear()
    report = run_plan(make_plan(fake_preset, ("legato", "pizzicato")), tmp_path / "set")
    assert (len(report.rendered), len(report.skipped), report.replaced) == (2, 2, 0)
    assert [name.split("/")[1] for name in rendered] == ["legato", "legato"]
    assert len(load_manifest(tmp_path / "set" / MANIFEST)) == 6


# --- what goes wrong ------------------------------------------------------------------------------------


def test_an_item_that_fails_costs_itself_and_is_tried_again(
    plan: Plan, tmp_path: Path, rendered: list[str]
) -> None:
    (tmp_path / "set" / f"{plan.records[2].id}.csv").mkdir(parents=True)
    seen: list[tuple[str, bool]] = []
    report = run_plan(
        plan, tmp_path / "set", progress=lambda one, error: seen.append((one.id, error is None))
    )
    failed = plan.records[2]
    assert [(record.id, str(error)) for record, error in report.failed] == [
        (failed.id, f"{tmp_path}/set/{failed.id}.csv: is a folder; give the name of a file")
    ]
    assert seen == [(record.id, record is not failed) for record in plan.records]
    assert len(load_manifest(tmp_path / "set" / MANIFEST)) == 3
    (tmp_path / "set" / f"{failed.id}.csv").rmdir()
    rendered.clear()
    assert run_plan(plan, tmp_path / "set").failed == []
    assert rendered == [failed.id]


def test_a_broken_engine_fails_every_item_and_writes_none(tmp_path: Path, rendered: list[str]) -> None:
    report = run_plan(make_plan(write_instrument(tmp_path, source="broken")), tmp_path / "set")
    assert {str(error) for _, error in report.failed} == {"fake: broken on purpose"}
    assert load_manifest(tmp_path / "set" / MANIFEST) == []
    assert list((tmp_path / "set").rglob("*.wav")) == []


@pytest.mark.parametrize("torn", [b"", b'{"format":1,"id":"half', b'{"id":"\xe3\x81'])
def test_what_was_finished_before_a_crash_is_not_made_again(
    plan: Plan, tmp_path: Path, rendered: list[str], torn: bytes
) -> None:
    class Crash(BaseException):
        """As the plug pulled."""

    def run_until_crash(items: int) -> None:
        def crash(record: Record, error: ComposerError | None) -> None:
            if len(rendered) == items:
                raise Crash

        rendered.clear()
        with pytest.raises(Crash):
            run_plan(plan, tmp_path / "set", progress=crash)

    run_until_crash(items=2)
    journal = tmp_path / "set" / JOURNAL
    assert not (tmp_path / "set" / MANIFEST).exists()
    journal.write_bytes(journal.read_bytes() + torn)
    run_until_crash(items=1)
    assert rendered == [plan.records[2].id]
    rendered.clear()
    report = run_plan(plan, tmp_path / "set")
    assert rendered == [plan.records[3].id]
    assert len(report.skipped) == 3
    assert not journal.exists()
    assert len(load_manifest(tmp_path / "set" / MANIFEST)) == 4


def test_a_file_where_the_folder_should_be(plan: Plan, tmp_path: Path, rendered: list[str]) -> None:
    (tmp_path / "set").write_text("")
    with pytest.raises(OutputError, match="set: is a file; give a folder"):
        run_plan(plan, tmp_path / "set")
    with pytest.raises(OutputError, match="cannot be written: Not a directory"):
        run_plan(plan, tmp_path / "set" / "deeper")
    assert rendered == []


def test_a_second_run_keeps_out_while_one_is_writing(plan: Plan, tmp_path: Path, rendered: list[str]) -> None:
    (tmp_path / "set").mkdir()
    half_written = tmp_path / "set" / f"{PARTIAL}a.wav"
    half_written.write_bytes(b"RIFF")
    with FileLock(tmp_path / "set" / run.LOCK):
        with pytest.raises(OutputError, match="set: another run is writing there; wait, or give another"):
            run_plan(plan, tmp_path / "set")
        assert (rendered, half_written.exists()) == ([], True)
    assert len(run_plan(plan, tmp_path / "set").rendered) == len(plan.records)


def test_an_instrument_that_changes_during_the_run(
    plan: Plan, fake_preset: Path, tmp_path: Path, rendered: list[str]
) -> None:
    (fake_preset.parent / "map.yaml").write_text(MAP.replace("lead_ms: 20", "lead_ms: 30"))
    report = run_plan(plan, tmp_path / "set")
    copied = tmp_path / "set" / plan.records[0].instrument / "preset.yaml"
    assert {str(error) for _, error in report.failed} == {
        f"{copied}: was changed while the run went on; run the command again"
    }
    assert len(report.failed) == len(plan.records)


def test_what_a_killed_run_left_half_written_is_swept(
    plan: Plan, tmp_path: Path, rendered: list[str]
) -> None:
    run_plan(plan, tmp_path / "set")
    before = digests(tmp_path / "set")
    for beside in (MANIFEST, f"{plan.records[0].id}.wav"):
        (tmp_path / "set" / beside).with_name(f"{PARTIAL}a.wav").write_bytes(b"RIFF")
    run_plan(plan, tmp_path / "set")
    assert digests(tmp_path / "set") == before


def test_a_worker_has_one_instrument_open(fake_preset: Path, tmp_path: Path, rendered: list[str]) -> None:
    plans = [make_plan(fake_preset), make_plan(write_instrument(tmp_path / "saw", source="saw"))]
    for plan in plans:
        run_plan(plan, tmp_path / "set")
    run._OPEN.clear()
    one, same, other = (plan.records[place] for plan, place in ((plans[0], 0), (plans[0], 1), (plans[1], 0)))
    opened = run._opened(one, str(tmp_path / "set"))
    assert run._opened(same, str(tmp_path / "set")) is opened
    closed: list[bool] = []
    opened[1].close = lambda: closed.append(True)  # type: ignore[method-assign]
    instrument, host = run._opened(other, str(tmp_path / "set"))
    assert (instrument.preset.source, len(run._OPEN), closed) == ("saw", 1, [True])
    assert host is not opened[1]


# --- the same bytes -------------------------------------------------------------------------------------


def test_one_worker_and_two_give_the_same_bytes(plan: Plan, tmp_path: Path) -> None:
    for workers in (1, 2):
        report = run_plan(plan, tmp_path / str(workers), workers=workers)
        assert (len(report.rendered), report.failed) == (4, [])
    assert digests(tmp_path / "1") == digests(tmp_path / "2")


def test_a_record_renders_again_to_the_same_bytes(plan: Plan, tmp_path: Path, rendered: list[str]) -> None:
    run_plan(plan, tmp_path / "set")
    record = load_manifest(tmp_path / "set" / MANIFEST)[2]
    assert render_again(record, tmp_path / "set", tmp_path / "again") == record
    before, after = digests(tmp_path / "set"), digests(tmp_path / "again")
    instrument = {f"{record.instrument}/{name}" for name in ("preset.yaml", "technique_map.yaml")}
    files = {f"{record.id}.{suffix}" for suffix in ("wav", "mid", "csv")}
    assert set(after) == {record.source, *instrument, *files}
    assert after.items() <= before.items()


def test_a_data_set_that_was_moved_renders_again_with_its_own_instrument(
    plan: Plan, fake_preset: Path, tmp_path: Path, rendered: list[str]
) -> None:
    run_plan(plan, tmp_path / "set")
    moved = (tmp_path / "set").rename(tmp_path / "moved")
    fake_preset.unlink()
    (fake_preset.parent / "map.yaml").write_text("")
    for source in plan.assets.values():
        if isinstance(source, Path):
            source.unlink(missing_ok=True)
    before = digests(moved)
    for record in load_manifest(moved / MANIFEST):
        assert render_again(record, moved, tmp_path / "again") == record
    again = digests(tmp_path / "again")
    assert again == {name: digest for name, digest in before.items() if name in again}
    assert set(before) - set(again) == {MANIFEST, run.LOCK}


def test_what_has_changed_does_not_render_again(plan: Plan, tmp_path: Path, rendered: list[str]) -> None:
    run_plan(plan, tmp_path / "set")
    record = load_manifest(tmp_path / "set" / MANIFEST)[0]
    (tmp_path / "set" / record.source).write_bytes(b"MThd")
    with pytest.raises(InputError, match="is missing or has changed since .* was rendered"):
        render_again(record, tmp_path / "set", tmp_path / "again")
    changed = tmp_path / "set" / record.instrument / "preset.yaml"
    changed.write_text(changed.read_text(encoding="utf-8") + "level_db: -3\n", encoding="utf-8")
    with pytest.raises(
        InputError, match="has changed since it was rendered .*; the audio would not be the same"
    ):
        render_again(record, tmp_path / "set", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_record_is_found_by_its_id(plan: Plan) -> None:
    assert find_record(plan.records, plan.records[3].id) is plan.records[3]
    near = plan.records[3].id[:-1]
    with pytest.raises(
        InputError, match=f"no record '{near}' in this manifest \\(did you mean '{near}.'\\?\\)"
    ):
        find_record(plan.records, near)
