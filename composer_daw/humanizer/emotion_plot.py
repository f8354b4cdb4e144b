"""A picture of an emotion profile: where its words lie, and the surfaces of its main figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from composer_daw.errors import InputError
from composer_daw.files import written_whole
from composer_daw.humanizer.emotion import EmotionProfile, Point
from composer_daw.humanizer.expression import ANCHORS, FIGURES, Figure

PANELS = {  # figure: its title
    "tempo_factor": "tempo",
    "level_db": "level",
    "articulation": "articulation",
    "timing_ms": "timing spread",
    "phrase_arch": "phrase arch",
    "duration_contrast": "duration contrast",
    "punctuation": "punctuation",
    "swing": "swing",
    "velocity_spread": "velocity spread",
    "attack_ms": "attack",
    "vibrato_cents": "vibrato depth",
    "brightness": "brightness",
}
UNITS = {"x": "times", ":1": "to 1"}
COLUMNS = 4
PANEL, ACROSS, DOWN, EDGE, HEAD, FOOT = 2.2, 0.22, 0.48, 0.62, 1.0, 0.5
"""Inches: a square, the room beside and above it, and the margins."""
DPI = 150
STEPS = 121
INK, FAINT, PAPER, ACCENT = "#222222", "#8a8a8a", "#fbfaf7", "#b03a2e"
COLOURS = ("#1f5f99", "#8fb9d9", "#f6f3ec", "#eeb07a", "#b4490f")
"""Below neutral, neutral, above neutral."""
KEY = (
    "valence to the right, arousal upwards  ·  dots: the anchors  ·  "
    "orange above neutral, blue below  ·  hatched: held at the clip"
)
LABEL_POINTS = 8
PLACES = [(reach, turn) for reach in (7, 13, 21, 30) for turn in (0, 180, 90, 270, 45, 135, 225, 315)]
"""Where a label may stand round its point: points away, degrees."""


def draw_profile(profile: EmotionProfile, path: str | Path) -> dict[str, str]:
    """Write a PNG, SVG or PDF of the profile; return the words that no font here can write.

    Each comes with the spelling that stands for it, or with an empty one: then its dot stands alone. Raises
    OutputError, and InputError for another suffix.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    target = Path(path)
    if target.suffix.lower() not in (".png", ".svg", ".pdf"):
        raise InputError(f"{target}: the picture is a PNG, SVG or PDF; let its name end so")
    fonts, words = Fonts(), 3 * PANEL + 2 * DOWN
    left = EDGE + words + 2 * DOWN
    width, height = left + COLUMNS * (PANEL + ACROSS) - ACROSS + EDGE / 2, HEAD + words + FOOT
    canvas = Canvas(figsize=(width, height), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(canvas)

    def square(x: float, y: float, side: float) -> Any:
        return canvas.add_axes((x / width, y / height, side / width, side / height))

    unwritten = _draw_words(square(EDGE, FOOT, words), profile, fonts)
    for number, name in enumerate(PANELS):
        row, column = divmod(number, COLUMNS)
        place = (left + column * (PANEL + ACROSS), FOOT + (2 - row) * (PANEL + DOWN))
        _draw_surface(square(*place, PANEL), name, profile.figures[name])
    top = 1 - 0.42 / height
    canvas.text(EDGE / width, top, "Emotion to performance", size=17, color=INK, weight="bold")
    canvas.text(left / width, top, KEY, size=9.5, color=FAINT)
    with written_whole(target) as temporary:
        canvas.savefig(temporary, facecolor=PAPER, format=target.suffix[1:].lower())
    return unwritten


class Fonts:
    """What the fonts of this machine can write."""

    def __init__(self) -> None:
        """Take matplotlib's own font, and the first one that has kanji and kana."""
        from matplotlib.font_manager import FontProperties, findfont, fontManager

        self.families = ["DejaVu Sans"]
        self._glyphs = self._of(findfont(FontProperties(family="DejaVu Sans")))
        for font in sorted(fontManager.ttflist, key=lambda one: one.name):
            if "Last Resort" not in font.name and {ord("悲"), ord("し")} <= self._of(font.fname):
                self.families.append(font.name)
                self._glyphs |= self._of(font.fname)
                break

    def can_write(self, word: str) -> bool:
        """Tell whether no glyph is missing."""
        return {ord(one) for one in word} <= self._glyphs

    @staticmethod
    def _of(file: str) -> set[int]:
        from matplotlib.ft2font import FT2Font

        return set(FT2Font(file).get_charmap())


def _draw_words(axes: Any, profile: EmotionProfile, fonts: Fonts) -> dict[str, str]:
    """Draw where the words lie, and the orders as arrows; return those that cannot be written."""
    _frame(axes, ticks=True)
    axes.set_title("words", loc="left", size=11, color=INK, weight="bold")
    axes.set_xlabel("valence", size=9, color=INK, labelpad=1)
    axes.set_ylabel("arousal", size=9, color=INK, labelpad=-2)
    axes.axhline(0, color=FAINT, linewidth=0.6, zorder=1)
    axes.axvline(0, color=FAINT, linewidth=0.6, zorder=1)
    wanted = {profile.name_of(word): word for order in profile.orders for word in order.words}
    for order in profile.orders:
        points = [profile.point(word) for word in order.words]
        for start, end in zip(points, points[1:], strict=False):
            arrow = {"arrowstyle": "-|>", "color": ACCENT, "linewidth": 1.2, "shrinkA": 4, "shrinkB": 4}
            axes.annotate("", end, start, arrowprops=arrow, zorder=2)
    labels, unwritten = [], {}
    for name, word in profile.words.items():
        spellings = [wanted.get(name, name), name, *word.also]
        written = next((one for one in spellings if fonts.can_write(one)), "")
        if written != spellings[0]:
            unwritten[spellings[0]] = written
        labels.append((written, Point(*word.at), name in wanted))
    dots = np.array([point for _, point, _ in labels])
    axes.scatter(*dots.T, s=9, color=[ACCENT if marked else INK for *_, marked in labels], zorder=3)
    _place_labels(axes, sorted(labels, key=lambda one: not one[2]), fonts)
    return unwritten


def _place_labels(axes: Any, labels: list[tuple[str, Point, bool]], fonts: Fonts) -> None:
    """Write each label where it covers no other and no point, as near to its own point as it can be."""
    canvas = axes.figure.canvas
    renderer = canvas.get_renderer()
    scale = axes.figure.dpi / 72
    dots = axes.transData.transform([point for _, point, _ in labels])
    taken = [(x - 2 * scale, y - 2 * scale, x + 2 * scale, y + 2 * scale) for x, y in dots]
    edges = axes.bbox.extents
    for (word, _, marked), (x, y) in zip(labels, dots, strict=True):
        if not word:
            continue
        colour = ACCENT if marked else INK
        text = axes.text(
            0, 0, word, size=LABEL_POINTS, color=colour, family=fonts.families, va="bottom", zorder=4
        )
        box = text.get_window_extent(renderer)
        for left, low in _corners(x, y, box.width, box.height, scale):
            area = (left, low, left + box.width, low + box.height)
            inside = area[0] > edges[0] and area[1] > edges[1] and area[2] < edges[2] and area[3] < edges[3]
            if inside and not any(_overlap(area, other) for other in taken):
                break
        else:
            text.remove()
            continue
        taken.append(area)
        text.set_position(axes.transData.inverted().transform((left, low)))
        middle = (left + box.width / 2, low + box.height / 2)
        if np.hypot(middle[0] - x, (middle[1] - y) * 2) > box.width / 2 + 12 * scale:
            near = (np.clip(x, area[0], area[2]), np.clip(y, area[1], area[3]))
            axes.plot(
                *axes.transData.inverted().transform([(x, y), near]).T, color=FAINT, linewidth=0.4, zorder=1
            )


def _corners(x: float, y: float, width: float, height: float, scale: float) -> Iterator[tuple[float, float]]:
    """Yield the lower left corners that a label may have, in pixels, best first."""
    for reach, turn in PLACES:
        cosine, sine = round(np.cos(np.radians(turn)), 6), round(np.sin(np.radians(turn)), 6)
        away = reach * scale * 0.6
        yield (
            x + away * cosine + width * (cosine - 1) / 2,
            y + away * sine + height * (sine - 1) / 2,
        )


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _draw_surface(axes: Any, name: str, figure: Figure) -> None:
    """Draw one figure over the square: colour, contours, the anchors, and where the clip holds it."""
    from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm

    unit = UNITS.get(FIGURES[name].unit, FIGURES[name].unit)
    across, up = np.meshgrid(np.linspace(-1, 1, STEPS), np.linspace(-1, 1, STEPS))
    values, plain = figure.values(across, up), figure.values(across, up, clipped=False)
    middle = float(figure.values(0, 0))
    reach = max(1e-6, *(abs(float(one) - middle) for one in (values.min(), values.max())))
    norm = TwoSlopeNorm(middle, middle - reach, middle + reach)
    colours = LinearSegmentedColormap.from_list("neutral", COLOURS)
    _frame(axes, ticks=False)
    axes.imshow(
        values, extent=(-1, 1, -1, 1), origin="lower", cmap=colours, norm=norm, interpolation="bilinear"
    )
    held = np.abs(plain - values) > 1e-9
    if values.max() > values.min():
        free = np.ma.masked_where(held, values)
        lines = axes.contour(across, up, free, 6, colors=INK, linewidths=0.5, linestyles="solid", alpha=0.55)
        axes.clabel(lines, fmt=_number, fontsize=7, colors=INK)
    if held.any():
        area = axes.contourf(across, up, held * 1.0, levels=(0.5, 1.5), colors="none", hatches=("/////",))
        area.set(edgecolor=FAINT, linewidth=0)
    for point in ANCHORS.values():
        axes.plot(*point, "o", color=INK, markersize=3, clip_on=False, zorder=5)
        _anchor_value(axes, point, float(figure.values(*point)))
    axes.set_title(PANELS[name], loc="left", size=10.5, color=INK, weight="bold", pad=6)
    axes.set_title(unit, loc="right", size=9, color=FAINT, pad=6)


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def _anchor_value(axes: Any, point: tuple[float, float], value: float) -> None:
    """Write the value of an anchor beside it, inside the square."""
    v, a = point
    halo = {"facecolor": PAPER, "edgecolor": "none", "alpha": 0.75, "pad": 0.8}
    sides = {-1: "left", 0: "center", 1: "right"}
    offset = (-5 * v, -7 * a if a else 7)
    axes.annotate(
        _number(value),
        point,
        offset,
        textcoords="offset points",
        ha=sides[int(v)],
        va="center",
        size=7.5,
        weight="bold",
        color=INK,
        bbox=halo,
        zorder=6,
    )


def _frame(axes: Any, ticks: bool) -> None:
    axes.set(xlim=(-1, 1), ylim=(-1, 1), facecolor="#ffffff")
    axes.set_aspect("equal")
    marks = (-1, -0.5, 0, 0.5, 1) if ticks else ()
    axes.set_xticks(marks)
    axes.set_yticks(marks)
    axes.tick_params(labelsize=7.5, colors=FAINT, length=2)
    for spine in axes.spines.values():
        spine.set(color=FAINT, linewidth=0.6)
