"""A page about a humanized score: what was before and after, and what each rule did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from composer_daw.errors import OutputError
from composer_daw.files import write_text
from composer_daw.humanizer.apply import Humanized
from composer_daw.humanizer.changes import Changes
from composer_daw.humanizer.expression import FIGURES
from composer_daw.humanizer.rules.palette import PALETTE
from composer_daw.humanizer.warp import bar_lines, pulses
from composer_daw.pages import Column, Section, Table, render_section, render_shell
from composer_daw.pages.chart import Chart, Charts, Series, render_charts, rounded_up
from composer_daw.performance import Array, Floats, Performance

MOST_TICKS = 14
LEGEND = (("before", "as the score has it"), ("after", "as it is played"))
DEPTH_OF_CHANGE = {
    # column of Changes: what it is called, its unit, and a factor
    "duration_ms": ("tempo", "% longer"),
    "level_db": ("level", "dB"),
    "gap_ms": ("gap before the next note", "ms"),
    "shift_ms": ("later", "ms"),
    "lead_ms": ("highest note earlier", "ms"),
}
TURNED = {"as written": "the score's own"}


@dataclass(frozen=True, eq=False)
class Told:
    """A score and its performance, note by note in the order of the score, over quarter notes."""

    score: Performance
    humanized: Humanized
    before: Array
    after: Array
    beat: Floats
    end_beat: Floats
    last_beat: float

    @classmethod
    def of(cls, score: Performance, humanized: Humanized) -> Told:
        """Return what is to be told of a performance of a score."""
        before, after = (
            one.notes[np.argsort(one.notes["source"], kind="stable")]
            for one in (score, humanized.performance)
        )
        beat = score.tempo.beats_at(before["written_onset_s"])
        end_beat = score.tempo.beats_at(before["written_onset_s"] + before["written_duration_s"])
        bars = bar_lines(score.tempo, float(end_beat.max(initial=1.0)))
        return cls(score, humanized, before, after, beat, end_beat, float(bars[-1]))


def save_report(score: Performance, humanized: Humanized, path: str | Path, title: str = "") -> None:
    """Write the page about a performance of a score; raise OutputError where it cannot be written."""
    check_report_path(path)
    write_text(path, report_page(score, humanized, title))


def check_report_path(path: str | Path) -> None:
    """Raise OutputError for a name that is not that of a page."""
    if Path(path).suffix.lower() not in (".html", ".htm"):
        raise OutputError(f"{path}: the report is a page; give a name that ends in .html")


def report_page(score: Performance, humanized: Humanized, title: str = "") -> str:
    """Return the page as HTML; the same performance gives the same text."""
    told, plan = Told.of(score, humanized), humanized.plan
    sections = [
        render_charts(before_and_after(told), name="s1"),
        render_charts(rule_by_rule(told), name="s2"),
        render_section(_figures(humanized), name="s3"),
    ]
    contents = [("s1", "Before and after"), ("s2", "Rule by rule"), ("s3", "The figures")]
    feeling = plan.feeling.replace(" -", " −")
    return render_shell(
        f"{title}: {feeling}" if title else feeling,
        sections,
        intro="\n\n".join(_intro(humanized)),
        footer=f"Seed {plan.seed}, strength {plan.strength:g}. The plan (--save-plan) plays it again.",
        contents=contents,
    )


def before_and_after(told: Told) -> Charts:
    """Return the charts of tempo, notes, level, timing and length over the score."""
    rubato = told.humanized.plan.rubato
    third = (("third", f"rubato alone ({rubato.source})"),) if rubato.beat else ()
    of_notes = (_notes, _velocities, _timing, _lengths) if len(told.before) else ()
    return Charts(
        "Before and after",
        [_tempo(told), *(chart_of(told) for chart_of in of_notes)],
        told.last_beat,
        _bar_ticks(told),
        "bar",
        "All over the bars of the score, so that one place is the same place everywhere.",
        (*LEGEND, *third),
    )


def rule_by_rule(told: Told) -> Charts:
    """Return a chart for each thing that each rule changed, by how much it changed it."""
    charts = [
        chart for name, one in told.humanized.by_rule.items() for chart in _rule_charts(told, name, one)
    ]
    charts += _rubato_charts(told)
    still = [name for name, one in told.humanized.by_rule.items() if not _changed(one)]
    text = "Each rule alone, at its strength k; the performance is their sum. Each chart has its own scale."
    if still:
        text += f"\n\nThese found nothing to do here: {', '.join(name.replace('_', ' ') for name in still)}."
    return Charts("Rule by rule", charts, told.last_beat, _bar_ticks(told), "bar", text, beside=True)


def _tempo(told: Told) -> Chart:
    score, warp = told.score, told.humanized.warp
    beats = pulses(score.tempo, told.last_beat)
    bpm = 60.0 * np.diff(beats) / np.diff(warp.at(beats))
    inside = score.tempo.beats < told.last_beat
    written = Series(
        "written",
        np.append(score.tempo.beats[inside], told.last_beat),
        np.append(score.tempo.bpm[inside], score.tempo.bpm[inside][-1]),
        "steps",
        "before",
    )
    played = Series("played", beats, np.append(bpm, bpm[-1]), "steps")
    series = [written, played, *_rubato_series(told, beats)]
    values = np.concatenate([one.y for one in series])
    step = rounded_up(float(np.ptp(values)) / 3.0 or 5.0)
    low, high = step * np.floor(values.min() / step - 0.2), step * np.ceil(values.max() / step + 0.2)
    marks = [(at, f"{at:g}") for at in np.arange(low, high + step / 2, step).tolist()]
    end_beat = float(told.end_beat.max(initial=0.0)) or told.last_beat
    played_s = float(told.humanized.warp.at(np.array([end_beat]))[0])
    means = [60.0 * end_beat / one for one in (float(score.tempo.seconds_at(end_beat)), played_s)]
    figures = f"{means[0]:.0f} → {means[1]:.0f} quarter notes a minute on average"
    return Chart("Tempo", series, low, high, marks[1:-1] or marks, figures, tall=True)


def _rubato_series(told: Told, beats: Floats) -> list[Series]:
    plan = told.humanized.plan
    if not plan.rubato.beat:
        return []
    at = np.array(plan.rubato.beat)
    tempo = told.humanized.lines.performance.tempo
    bpm = tempo.bpm[np.clip(np.searchsorted(tempo.beats, at + 1e-6, side="right") - 1, 0, None)]
    return [
        Series("rubato", at, bpm / np.exp(plan.strength * plan.rubato.log_period_at(at)), "steps", "third")
    ]


def _notes(told: Told) -> Chart:
    pitch = told.after["pitch"].astype(float)  # before, the score may have been in another mode
    low, high = float(pitch.min()) - 2, float(pitch.max()) + 2
    series = Series("notes", told.beat, pitch, "spans", "before", until=told.end_beat)
    marks = [(float(c), f"C{int(c) // 12 - 1}") for c in range(0, 128, 12) if low <= c <= high]
    return Chart("The notes", [series], low, high, marks, f"{len(pitch)}")


def _velocities(told: Told) -> Chart:
    series = [
        Series("before", told.beat, told.before["velocity"].astype(float), "dots", "before"),
        Series("after", told.beat, told.after["velocity"].astype(float), "dots"),
    ]
    figures = f"{_mean(series[0].y):.0f} → {_mean(series[1].y):.0f} on average"
    return Chart("Velocity", series, 0, 127, [(0, "0"), (64, "64"), (127, "127")], figures, tall=True)


def _timing(told: Told) -> Chart:
    late_ms = 1000.0 * (told.after["onset_s"] - told.after["written_onset_s"])
    most = rounded_up(float(np.abs(late_ms).max(initial=1.0)))
    marks = [(0.0, "0"), (most, f"+{most:g}"), (-most, f"−{most:g}")]
    figures = f"± {late_ms.std():.0f} ms (standard deviation) around the grid; above: late"
    return Chart("Timing, ms", [Series("late", told.beat, late_ms, "dots")], -most, most, marks, figures)


def _lengths(told: Told) -> Chart:
    before, after = (
        100.0 * rows["duration_s"] / np.maximum(rows["written_duration_s"], 1e-6)
        for rows in (told.before, told.after)
    )
    series = [
        Series("before", told.beat, before, "dots", "before"),
        Series("after", told.beat, after, "dots"),
    ]
    figures = f"{np.median(before):.0f} → {np.median(after):.0f} % of what is written (median)"
    marks = [(100, "100 %"), (50, "50 %"), (0, "0")]
    return Chart("Length", series, 0, 150, marks, figures)


def _rule_charts(told: Told, name: str, changes: Changes) -> Iterator[Chart]:
    """Yield one chart for each thing that a rule changed."""
    lines, row = told.humanized.lines, PALETTE[name]
    rule = next(one for one in told.humanized.plan.rules if one.name == name)
    does = f"{row.does[0].upper()}{row.does[1:]}. {row.source}"
    for number, column in enumerate(_changed(changes)):
        what, unit = DEPTH_OF_CHANGE[column]
        values = getattr(changes, column)
        if column == "duration_ms":
            values = 100.0 * values / lines.chords["ioi_ms"]
        first = number == 0
        title = name.replace("_", " ").capitalize() if first else ""
        figure, value = rule.figure
        figures = f"{figure} {value:.3g} · {what}, {unit}" if first else f"{what}, {unit}"
        yield _stems(title, figures.replace("-", "−"), does if first else "", lines.chords["beat"], values)


def _rubato_charts(told: Told) -> Iterator[Chart]:
    plan = told.humanized.plan
    rubato = plan.rubato
    if not rubato.beat:
        return
    beat = np.array(rubato.beat)
    longer = 100.0 * (np.exp(plan.strength * np.array(rubato.log_period)) - 1.0)
    yield _stems("Rubato", "tempo, % longer", f"Drawn by {rubato.source}", beat, longer)
    level_db = plan.strength * np.array(rubato.level_db)
    if np.abs(level_db).max(initial=0.0) > 0:
        yield _stems("", "level, dB", "", beat, level_db)


def _stems(title: str, what: str, text: str, beat: Floats, values: Floats) -> Chart:
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    pad = 0.06 * (high - low)
    marks = [(0.0, "0")]
    if high > 0.35 * (high - low):
        marks.append((high, f"+{_short(high)}"))
    if -low > 0.35 * (high - low):
        marks.append((low, f"−{_short(-low)}"))
    series = [Series(title, beat, values, "stems")]
    return Chart(title, series, low - pad, high + pad, marks, what, text, joined=not title)


def _changed(changes: Changes) -> list[str]:
    """Return the columns in which there is a change."""
    return [one for one in DEPTH_OF_CHANGE if np.abs(getattr(changes, one)).max(initial=0.0) > 1e-6]


def _figures(humanized: Humanized) -> Section:
    """Return the table of the expression."""
    expression = humanized.plan.expression
    rows = [
        (
            name.replace("_", " "),
            value,
            FIGURES[name].unit,
            FIGURES[name].what,
            *expression.clip(name),
        )
        for name, value in expression.figures().items()
    ]
    columns = (
        Column("figure"),
        Column("value"),
        Column("unit"),
        Column("what it is"),
        Column("at least", 1),
        Column("at most", 1),
    )
    mode = TURNED.get(expression.mode, expression.mode)
    text = (
        "What the point means, and the clips that it never leaves, by the profile of emotions. Register and "
        f"mode ({mode}) are advice: the score is changed only where that is asked for."
    )
    return Section("The figures", text, table=Table(columns, rows))


def _intro(humanized: Humanized) -> Iterator[str]:
    plan = humanized.plan
    if plan.tempo == "map":
        speed = f"{100 * (plan.speed - 1):+.0f} %".replace("-", "−")
        yield f"Tempo: a map is written ({speed}), so a sequencer's grid follows; notes keep their beats."
    else:
        yield "Tempo: kept. Bars, length and tempo events stay; all else happens inside the bars."
    for change in humanized.changes:
        yield f"In the score itself, {change.summary}."
    if humanized.remarks:
        yield f"Note: {'; '.join(humanized.remarks)}."


def _bar_ticks(told: Told) -> list[tuple[float, str]]:
    """Return where bars begin, some of them, with their numbers."""
    bars = bar_lines(told.score.tempo, told.last_beat)[:-1]
    step = next(one for one in (1, 2, 4, 8, 16, 32, 64, 128, 10**6) if len(bars) / one <= MOST_TICKS)
    return [(float(at), str(number + 1)) for number, at in enumerate(bars.tolist()) if number % step == 0]


def _mean(values: Floats) -> float:
    return float(values.mean())


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}" if value >= 1 else f"{value:.2g}"
