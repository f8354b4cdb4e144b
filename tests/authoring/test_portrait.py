"""The picture of a preset: a PNG of the fingerprint, the same each time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from composer_daw.audio import Audio
from composer_daw.authoring.fingerprint import THIRDS_HZ, SoundPrint, print_of
from composer_daw.authoring.portrait import levels_db, save_portrait, spectra_db
from composer_daw.errors import InputError

NOTES = ((0.0, 0.5, 60, 90), (0.6, 0.5, 72, 90))


def sound(amplitude: float = 0.5) -> SoundPrint:
    wave = amplitude * np.sin(2 * np.pi * 1000 * np.arange(44_100) / 44_100)
    return print_of(Audio(np.stack([wave, wave]).astype(np.float32), 44_100), NOTES)


def test_the_channels_are_summed() -> None:
    one = sound()
    assert spectra_db(one).shape == (len(NOTES), len(THIRDS_HZ))
    assert spectra_db(one).max() == pytest.approx(max(one.bands_db[0]) + 3.01, abs=0.01)
    assert levels_db(one)[5] == pytest.approx(one.envelope_db[0][5] + 3.01, abs=0.01)


@pytest.mark.parametrize("amplitude", [0.5, 0.0])
def test_it_is_drawn(tmp_path: Path, amplitude: float) -> None:
    path = tmp_path / "portrait.png"
    save_portrait(sound(amplitude), "A sine", path)
    with Image.open(path) as image:
        assert image.size == (1200, 432)
        assert len(set(image.convert("L").tobytes())) > 50  # lines, letters and their edges
    again = tmp_path / "again.png"
    save_portrait(sound(amplitude), "A sine", again)
    assert again.read_bytes() == path.read_bytes()


def test_a_picture_is_a_png(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="let its name end in .png"):
        save_portrait(sound(), "A sine", tmp_path / "portrait.jpg")
