"""The picture of a profile: written whole, in what fonts can write, no label over another."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from composer_daw.errors import InputError, OutputError
from composer_daw.humanizer import emotion_plot
from composer_daw.humanizer.emotion import load_profile
from composer_daw.humanizer.emotion_plot import PANELS, Fonts, draw_profile
from composer_daw.humanizer.expression import FIGURES


def test_a_picture_of_the_profile_that_ships(tmp_path: Path) -> None:
    unwritten = draw_profile(load_profile(), tmp_path / "surface.png")
    with Image.open(tmp_path / "surface.png") as picture:
        assert picture.size[0] > 2000 and len(picture.getcolors(1 << 24) or []) > 1000
    fonts = Fonts()
    wanted = {"悲しい": "sad", "切ない": "wistful", "絶望": "desperate"}
    assert unwritten == {word: other for word, other in wanted.items() if not fonts.can_write(word)}


def test_words_without_glyphs_are_drawn_as_another_spelling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Fonts, "can_write", lambda self, word: word.isascii() and word != "neutral")
    unwritten = draw_profile(load_profile(), tmp_path / "surface.svg")
    assert unwritten == {"neutral": "ordinary", "悲しい": "sad", "切ない": "wistful", "絶望": "desperate"}
    monkeypatch.setattr(Fonts, "can_write", lambda self, word: False)
    assert set(draw_profile(load_profile(), tmp_path / "surface.svg").values()) == {""}


def test_no_label_covers_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = []

    def placed(axes, labels, fonts):  # type: ignore[no-untyped-def]
        place(axes, labels, fonts)
        renderer = axes.figure.canvas.get_renderer()
        boxes.extend(
            (text.get_text(), text.get_window_extent(renderer)) for text in axes.texts if text.get_text()
        )

    place = emotion_plot._place_labels
    monkeypatch.setattr(emotion_plot, "_place_labels", placed)
    draw_profile(load_profile(), tmp_path / "surface.png")
    assert len(boxes) >= len(load_profile().words) - 1
    for number, (word, one) in enumerate(boxes):
        for other_word, other in boxes[:number]:
            assert not one.shrunk(0.98, 0.9).overlaps(other.shrunk(0.98, 0.9)), (word, other_word)


@pytest.mark.parametrize("name", ["surface.gif", "surface"])
def test_other_formats_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="the picture is a PNG, SVG or PDF"):
        draw_profile(load_profile(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "surface.png").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        draw_profile(load_profile(), tmp_path / "surface.png")


def test_panels_are_figures() -> None:
    assert set(PANELS) <= set(FIGURES)
