"""The record of a song composes it again, captions of a language model and own instruments included."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from small_composing import Plain, write_song

from composer_daw.captions import Captioner, Endpoint
from composer_daw.composing.compose import compose
from composer_daw.composing.conditions import Key
from composer_daw.composing.request import Request, load_request

ENDPOINT = Captioner(Endpoint("http://nowhere", "tiny"))
FILES = ("score.mid", "performance.mid")


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer otherwise each time, as models do."""
    asked: list[str] = []

    def answer(at: Endpoint, story: str, mood: str) -> str:
        asked.append(story)
        return f"strings that answer for time {len(asked)}"

    monkeypatch.setattr("composer_daw.captions.endpoint.asked", answer)


def made(request: Request, folder: Path, seed: int) -> dict[str, Any]:
    """Compose without sound; return the record."""
    folder.mkdir()
    done = compose(request, folder, seed=seed, generator=Plain(), audio=False)
    (folder / "song.json").write_text(json.dumps(done.record, ensure_ascii=False, indent=1), encoding="utf-8")
    return done.record


def test_the_record_gives_the_same_bytes(tmp_path: Path) -> None:
    record = made(load_request(write_song(tmp_path), ENDPOINT), tmp_path / "one", seed=11)
    assert record["song"]["seed"] == 11
    assert record["song"]["key"] == record["conditions"]["key"] == "F major"  # drawn
    assert record["song"]["sections"]["verse"]["caption"] == "strings that answer for time 1"
    assert record["song"]["instruments"]["melody"] == {"instrument": "../fake.yaml"}
    assert record["caption_encoder"] == "hashing 64"

    again = load_request(tmp_path / "one" / "song.json", ENDPOINT)
    assert (again.song.seed, again.song.key) == (11, "F major") and set(again.captioned) == {"song file"}
    second = made(again, tmp_path / "two", seed=again.song.seed)
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert second["song"] == record["song"]
    for one, other in zip(record["conditions"]["sections"], second["conditions"]["sections"], strict=True):
        assert {**one, "caption_from": ""} == {**other, "caption_from": ""}


def test_the_song_of_a_record_is_a_song_file(tmp_path: Path) -> None:
    record = made(load_request(write_song(tmp_path), ENDPOINT), tmp_path / "one", seed=4)
    path = tmp_path / "one" / "again.yaml"
    path.write_text(yaml.safe_dump(record["song"], allow_unicode=True), encoding="utf-8")
    again = load_request(path, ENDPOINT)
    made(again, tmp_path / "two", seed=again.song.seed)
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_recorded_song_with_another_seed_keeps_its_key(tmp_path: Path) -> None:
    made(load_request(write_song(tmp_path)), tmp_path / "one", seed=3)
    other = [load_request(tmp_path / "one" / "song.json", seed=seed) for seed in range(20)]
    assert {one.conditions.key for one in other} == {Key(5, "major")}
    assert [one.song.seed for one in other] == list(range(20))


def test_asking_a_model_again_may_give_another_song(tmp_path: Path) -> None:
    captions = [load_request(write_song(tmp_path), ENDPOINT).conditions.sections[0].caption for _ in "ab"]
    assert captions[0] != captions[1]
