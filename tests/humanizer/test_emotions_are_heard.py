"""Emotions are heard: what is measured from the output moves as the documents say, on twenty scores.

`python tests/humanizer/test_emotions_are_heard.py [FOLDER]` prints the figures of every score; the folder of
shared data is the one that the tests use, if none is given.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from heard import Heard, heard, twenty_scores  # noqa: E402

from composer_daw.humanizer import humanize  # noqa: E402
from composer_daw.humanizer.expression import FIGURES  # noqa: E402
from composer_daw.midi import load_midi  # noqa: E402
from composer_daw.performance import Performance  # noqa: E402

WORDS = ("悲しい", "切ない", "絶望")
STEPS = np.linspace(-1, 1, 9).tolist()
AXES = {"valence": [(step, 0.0) for step in STEPS], "arousal": [(0.0, step) for step in STEPS]}
PUBLISHED = {  # Bresin & Friberg 2011 against their neutral: tempo ratio, level in dB
    "happy": ((1, 1), 1.57, 11.4),
    "scary": ((-1, 1), 1.40, 8.4),
    "peaceful": ((1, -1), 0.70, -4.9),
    "sad": ((-1, -1), 0.42, -9.8),
}
LARGEST_SPREAD_MS = 30.0
TEMPI = ("keep", "map")


def played(score: Performance, point: str | tuple[float, float], tempo: str) -> Heard:
    if isinstance(point, str):
        return heard(score, humanize(score, emotion=point, tempo=tempo, seed=1).performance)
    return heard(score, humanize(score, *point, tempo=tempo, seed=1).performance)


def column(rows: Sequence[Heard], name: str) -> np.ndarray:
    return np.array([getattr(row, name) for row in rows])


@pytest.fixture(scope="module", params=range(20))
def score(request: pytest.FixtureRequest, shared_data: Path) -> Performance:
    paths = twenty_scores(shared_data, ROOT / "examples")
    assert len(paths) == 20
    return load_midi(paths[request.param])


@pytest.mark.parametrize("tempo", TEMPI)
def test_the_three_words_are_heard_in_order(score: Performance, tempo: str) -> None:
    rows = [played(score, word, tempo) for word in WORDS]
    assert (np.diff(column(rows, "level_db")) < 0).all()
    assert (np.diff(column(rows, "timing_ms")) > 0).all()
    assert (np.diff(column(rows, "articulation")) > 0).all()
    check_tempo(score, rows, tempo, falls=True)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("tempo", TEMPI)
def test_nine_steps_along_each_axis_are_heard_in_order(score: Performance, axis: str, tempo: str) -> None:
    rows = [played(score, point, tempo) for point in AXES[axis]]
    assert (np.diff(column(rows, "level_db")) > 0).all()
    assert (np.diff(column(rows, "timing_ms")) < 0).all()
    assert (np.diff(column(rows, "articulation")) < 0).all()
    if tempo == "keep":
        assert column(rows, "timing_ms").max() <= LARGEST_SPREAD_MS
    check_tempo(score, rows, tempo, falls=False)


def check_tempo(score: Performance, rows: Sequence[Heard], tempo: str, falls: bool) -> None:
    """Fail unless the tempo moves, or where it is kept, the length does not."""
    if tempo == "map":
        steps = np.diff(column(rows, "tempo"))
        assert ((steps < 0) if falls else (steps > 0)).all()
    else:
        assert np.allclose(column(rows, "duration_s"), score.duration_s, atol=2e-6, rtol=0)
        assert (column(rows, "tempo") == 1.0).all()


@pytest.mark.parametrize("tempo", TEMPI)
def test_the_corners_are_the_published_ones_or_at_the_clip(score: Performance, tempo: str) -> None:
    neutral = played(score, (0.0, 0.0), tempo)
    for name, (point, ratio, level_db) in PUBLISHED.items():
        corner = played(score, point, tempo)
        wanted = within("level_db", level_db)
        assert corner.level_db - neutral.level_db == pytest.approx(wanted, abs=2.0), name
        if tempo == "map":
            assert corner.tempo / neutral.tempo == pytest.approx(within("tempo_factor", ratio), rel=0.15)


def test_which_corners_are_at_a_clip() -> None:
    tempos, levels = ({name: row[number] for name, row in PUBLISHED.items()} for number in (1, 2))
    assert {name for name, one in tempos.items() if within("tempo_factor", one) != one} == {"sad"}
    assert {name for name, one in levels.items() if within("level_db", one) != one} == {"happy", "scary"}


def within(figure: str, value: float) -> float:
    return min(max(value, FIGURES[figure].lowest), FIGURES[figure].highest)


def main(folder: Path) -> None:
    """Print, for each score, the figures of the corners against neutral."""
    for path in twenty_scores(folder, ROOT / "examples"):
        score = load_midi(path)
        for tempo in TEMPI:
            neutral = played(score, (0.0, 0.0), tempo)
            told = [f"{path.parent.name}/{path.stem}, {tempo}, neutral: {neutral.timing_ms:.0f} ms"]
            for name, (point, _, _) in PUBLISHED.items():
                one = played(score, point, tempo)
                told.append(
                    f"{name} x{one.tempo / neutral.tempo:.2f} {one.level_db - neutral.level_db:+.1f} dB "
                    f"{one.articulation:.2f} {one.timing_ms:.0f} ms"
                )
            print("; ".join(told))


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("COMPOSER_DAW_DATA")
    data = Path(given) if given else ROOT.parent / "shared" / "data"
    if not (data / "asap").is_dir():
        sys.exit(f"no folder asap in {data}; give the folder of shared data, or set COMPOSER_DAW_DATA")
    main(data)
