"""A plan has a record for every score and technique, and refuses beforehand what could not be true."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from midi_building import save_score
from small_instruments import MAP, write_instrument

from composer_daw.dataset import Record, plan_versions
from composer_daw.dataset.plan import copy_assets, instrument_assets, instrument_of
from composer_daw.errors import InputError, MidiError, TechniqueError
from composer_daw.files import sha256_of
from composer_daw.rendering import Instrument, Licence, load_instrument


@pytest.fixture
def fake(fake_preset: Path) -> Instrument:
    return load_instrument(fake_preset)


def test_a_record_holds_all_constants(fake: Instrument, score: Path) -> None:
    plan = plan_versions([score], fake, ["pizz."], seed=3, sample_rate=22_050, out_of_range="drop")
    digest = sha256_of(score)
    name, strings = f"score-{digest[:8]}", f"fake-strings-{fake.digest[:8]}"
    assert plan.records == (
        Record(
            id=f"{strings}/pizzicato/{name}",
            source=f"sources/{name}.mid",
            source_sha256=digest,
            instrument=f"instruments/{strings}",
            instrument_sha256=fake.digest,
            technique="pizzicato",
            seed=3,
            sample_rate=22_050,
            out_of_range="drop",
            licence=Licence(name="CC0-1.0", audio_redistribution="yes"),
            tool="composer_daw 0.1.0",
        ),
    )
    assert yaml.safe_load(plan.assets[f"instruments/{strings}/preset.yaml"]) == {
        "instrument": "Fake Strings",
        "host": "fake",
        "source": "sine",
        "technique_map": "technique_map.yaml",
        "licence": {"name": "CC0-1.0", "audio_redistribution": "yes"},
    }
    assert {name: path for name, path in plan.assets.items() if isinstance(path, Path)} == {
        f"instruments/{strings}/technique_map.yaml": fake.map_path,
        f"sources/{name}.mid": score,
    }
    assert Record.model_validate_json(plan.records[0].model_dump_json()) == plan.records[0]


def test_every_score_in_every_technique_in_that_order(fake: Instrument, tmp_path: Path) -> None:
    scores = [
        save_score(tmp_path / f"{name}.mid", [(0, 480, pitch)]) for name, pitch in (("b", 60), ("a", 61))
    ]
    plan = plan_versions(scores, fake, ["staccato", "con sord.+legato", "stacc.", "default"])
    assert [record.id.split("/")[1:] for record in plan.records] == [
        [technique, f"{path.stem}-{sha256_of(path)[:8]}"]
        for path in scores
        for technique in ("staccato", "legato+con_sordino", "default")
    ]


def test_without_techniques_as_written(fake: Instrument, score: Path) -> None:
    assert [record.technique for record in plan_versions([score], fake, []).records] == ["written"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Für Elise (1).mid", "für-elise-1"),
        ("さくら さくら.mid", "さくら-さくら"),
        ("---.mid", "untitled"),
        ("a.b.mid", "a-b"),
    ],
)
def test_names_in_any_script(fake: Instrument, tmp_path: Path, name: str, slug: str) -> None:
    record = plan_versions([save_score(tmp_path / name, [(0, 480, 60)])], fake, ["legato"]).records[0]
    assert record.id.rpartition("-")[0] == f"fake-strings-{fake.digest[:8]}/legato/{slug}"


@pytest.mark.parametrize("technique", ["tremolo", "spiccato", "sul ponticello", "pizzicato+legato"])
def test_what_would_be_a_false_label_is_refused(fake: Instrument, score: Path, technique: str) -> None:
    with pytest.raises(TechniqueError) as caught:
        plan_versions([score], fake, ["staccato", technique])
    said = str(caught.value)
    assert said.startswith(f"{fake.name} has no '{technique}'; it would play ")
    assert said.endswith(
        "under a wrong label; it has sustain, legato, staccato, pizzicato, senza_sordino, con_sordino"
    )


def test_the_same_file_twice_is_refused_and_its_namesake_is_not(
    fake: Instrument, tmp_path: Path, score: Path
) -> None:
    with pytest.raises(InputError, match=rf"{score}: the same file as {score}; give it once"):
        plan_versions([score, score], fake, ["legato"])
    namesake = save_score(tmp_path / "other" / "score.mid", [(0, 480, 65)])
    assert len(plan_versions([score, namesake], fake, ["legato"]).records) == 2


def test_bad_scores_are_found_before_the_run(fake: Instrument, tmp_path: Path, score: Path) -> None:
    low = save_score(tmp_path / "low.mid", [(0, 480, 20), (480, 480, 60)])
    tagged = save_score(tmp_path / "tagged.mid", [(0, 480, 60)], (0, "[technique:stacato]"))
    (tmp_path / "empty.mid").write_bytes(b"")
    for path, error, problem in (
        (low, InputError, r"low\.mid: 1 note outside G2\.\.C7 of Fake Strings: G#0 at 0\.00 s"),
        (
            tagged,
            TechniqueError,
            r"tagged\.mid: marker at 0\.00 s: unknown technique 'stacato' \(did you mean",
        ),
        (tmp_path / "empty.mid", MidiError, r"empty\.mid: is empty"),
    ):
        with pytest.raises(error, match=problem):
            plan_versions([score, path], fake, ["legato"])
    assert len(plan_versions([score, low], fake, ["legato"], out_of_range="drop").records) == 2


def test_a_range_that_only_one_technique_leaves_is_found_too(
    tmp_path: Path, score: Path, fake_preset: Path
) -> None:
    moved = MAP.replace('on: [{keyswitch: "D#0"}]', 'on: [{keyswitch: "D#0"}], note: {transpose: 40}')
    (fake_preset.parent / "map.yaml").write_text(moved)
    instrument = load_instrument(fake_preset)
    assert plan_versions([score], instrument, ["legato"]).records
    with pytest.raises(InputError, match="4 notes outside"):
        plan_versions([score], instrument, ["legato", "pizzicato"])


def test_an_instrument_that_ships_is_named_and_not_copied(score: Path) -> None:
    violin = load_instrument("studio/violin")
    plan = plan_versions([score], violin, ["legato"])
    record = plan.records[0]
    assert (record.instrument, record.id.split("/")[0]) == ("studio/violin", "studio-violin")
    assert plan.assets == {record.source: score}
    assert instrument_assets(violin) == {}


def test_two_instruments_of_one_name_have_folders_of_their_own(tmp_path: Path, score: Path) -> None:
    plans = [
        plan_versions(
            [score], load_instrument(write_instrument(tmp_path / source, source=source)), ["legato"]
        )
        for source in ("sine", "saw")
    ]
    for of in (lambda plan: plan.records[0].id, lambda plan: plan.records[0].instrument):
        assert len({of(plan) for plan in plans}) == 2
    copy_assets(plans[0], tmp_path / "set")
    copy_assets(plans[1], tmp_path / "set")
    for plan, source in zip(plans, ("sine", "saw"), strict=True):
        assert instrument_of(plan.records[0], tmp_path / "set").preset.source == source


def test_the_instrument_of_a_record_is_the_copy_in_the_data_set(
    fake: Instrument, fake_preset: Path, tmp_path: Path, score: Path
) -> None:
    record = plan_versions([score], fake, ["legato"]).records[0]
    copy_assets(plan_versions([score], fake, ["legato"]), tmp_path / "set")
    fake_preset.unlink()
    found = instrument_of(record, tmp_path / "set")
    here = found.preset.model_copy(update={"technique_map": fake.preset.technique_map})
    assert (here, found.technique_map, found.digest) == (fake.preset, fake.technique_map, fake.digest)
    with pytest.raises(InputError, match=f"no instrument '{record.instrument}'"):
        instrument_of(record, tmp_path / "elsewhere")


def test_assets_are_copied_once_and_repaired(fake: Instrument, tmp_path: Path, score: Path) -> None:
    plan = plan_versions([score], fake, ["legato"])
    copy_assets(plan, tmp_path / "set")
    assert len(plan.assets) == 3
    for name, asset in plan.assets.items():
        copied = tmp_path / "set" / name
        assert copied.read_bytes() == (asset if isinstance(asset, bytes) else asset.read_bytes())
        before = copied.stat().st_mtime_ns
        copy_assets(plan, tmp_path / "set")
        assert copied.stat().st_mtime_ns == before
        copied.write_bytes(b"MThd")
        copy_assets(plan, tmp_path / "set")
        assert copied.read_bytes() == (asset if isinstance(asset, bytes) else asset.read_bytes())
