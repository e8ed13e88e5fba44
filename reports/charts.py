"""Places bars and lines on the paper; the SVG itself is written by ``templates/pdf/charts.html``.

Lengths are tenths of a millimetre: a chart is as wide as the type area, 1560. Percentages run from 0 to 100.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor

from reports.model import TrendSeries

WIDTH = 1560
LABEL_CHARACTERS = 12
LEGEND_CHARACTERS = 17
MAX_BARS = 10
MAX_SERIES = 4

BAR_RIGHT, BAR_TOP, BAR_STEP, LABEL_SIZE = 1370, 70, 92, 36
LINE_LEFT, LINE_RIGHT, LINE_HEIGHT, LEGEND_STEP = 110, 1390, 430, 56
LABEL_STEP = 44

# Told apart without colour as well: these papers are printed in black.
STYLES = (
    ("#1f5f99", "none", "circle"),
    ("#1f2328", "22 12", "square"),
    ("#9a6700", "6 10", "triangle"),
    ("#57606a", "26 8 5 8", "diamond"),
)


@dataclass(frozen=True)
class Tick:
    at: int
    text: str


@dataclass(frozen=True)
class Bar:
    label: tuple[str, ...]  # one or two lines
    y: int
    length: int
    previous: int | None  # x of the mark that shows the period before
    text: str


@dataclass(frozen=True)
class BarChart:
    title: str
    height: int
    left: int  # x where the bars begin
    top: int  # y where the grid begins
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    with_previous: bool


@dataclass(frozen=True)
class Line:
    name: str
    colour: str
    dash: str
    paths: tuple[str, ...]  # one for each stretch without a gap
    markers: tuple[str, ...]
    legend_marker: str
    legend_x: int
    legend_y: int
    end_text: str
    end_y: int


@dataclass(frozen=True)
class LineChart:
    title: str
    height: int
    top: int
    bottom: int
    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    periods: tuple[Tick, ...]


def wrap(label: str) -> tuple[str, ...]:
    """A label in at most two lines; what does not fit ends in an ellipsis (the full name stands in the table)."""
    if len(label) <= LABEL_CHARACTERS:
        return (label,)
    if len(label) > 2 * LABEL_CHARACTERS:
        label = label[: 2 * LABEL_CHARACTERS - 1] + "…"
    half = (len(label) + 1) // 2
    return label[:half], label[half:]


def bar_chart(title: str, rows: Sequence[tuple[str, Decimal, str, Decimal | None]]) -> BarChart | None:
    """Bars for (label, percent, printed text, percent of the period before); ``None`` when there is nothing to draw."""
    if not rows:
        return None
    rows = rows[:MAX_BARS]
    left = 40 + LABEL_SIZE * max(len(line) for row in rows for line in wrap(row[0]))

    def across(percent: Decimal) -> int:
        clipped = min(max(percent, Decimal(0)), Decimal(100))
        return left + round((BAR_RIGHT - left) * clipped / 100)

    with_previous = any(previous is not None for *_, previous in rows)
    top = BAR_TOP if with_previous else BAR_TOP - 50
    bars = tuple(
        Bar(
            label=wrap(label),
            y=top + index * BAR_STEP,
            length=across(percent) - left,
            previous=None if previous is None else across(previous),
            text=text,
        )
        for index, (label, percent, text, previous) in enumerate(rows)
    )
    return BarChart(
        title=title,
        height=top + len(bars) * BAR_STEP + 60,
        left=left,
        top=top - 20,
        bars=bars,
        ticks=tuple(Tick(across(Decimal(mark)), f"{mark}%") for mark in range(0, 101, 20)),
        with_previous=with_previous,
    )


def line_chart(title: str, trend: Sequence[TrendSeries]) -> LineChart | None:
    """Lines of the subject's own past; a missing value is a gap. ``None`` when fewer than two values can be drawn."""
    shown = [series for series in trend if any(point.percent is not None for point in series.points)][:MAX_SERIES]
    values = [point.percent for series in shown for point in series.points if point.percent is not None]
    if len(values) < 2:
        return None
    # A flat bundle of lines between 90 and 100 says nothing: the axis starts at the twenty below the lowest value.
    low = min(60, max(0, floor(min(values) / 20) * 20))
    top = 50 + LEGEND_STEP * ((len(shown) + 1) // 2)
    bottom = top + LINE_HEIGHT
    steps = max(len(series.points) for series in shown)

    def place(index: int, percent: Decimal) -> tuple[int, int]:
        x = LINE_LEFT + 40 + round((LINE_RIGHT - LINE_LEFT - 80) * index / max(steps - 1, 1))
        clipped = min(max(percent, Decimal(low)), Decimal(100))
        return x, bottom - round(LINE_HEIGHT * (clipped - low) / (100 - low))

    spots = [
        [None if point.percent is None else place(index, point.percent) for index, point in enumerate(series.points)]
        for series in shown
    ]
    ends = _spread([next(spot for spot in reversed(row) if spot)[1] for row in spots])
    lines = tuple(
        Line(
            name=series.name if len(series.name) <= LEGEND_CHARACTERS else series.name[: LEGEND_CHARACTERS - 1] + "…",
            colour=STYLES[index][0],
            dash=STYLES[index][1],
            paths=_stretches(row),
            markers=tuple(_marker(STYLES[index][2], *spot) for spot in row if spot),
            legend_marker=_marker(STYLES[index][2], 70 + index % 2 * 780, 28 + index // 2 * LEGEND_STEP),
            legend_x=30 + index % 2 * 780,
            legend_y=28 + index // 2 * LEGEND_STEP,
            end_text=f"{next(p.percent for p in reversed(series.points) if p.percent is not None):.1f}%",
            end_y=ends[index],
        )
        for index, (series, row) in enumerate(zip(shown, spots, strict=True))
    )
    longest = max(shown, key=lambda series: len(series.points))
    marks = range(low, 101, 20 if low < 60 else 10)
    return LineChart(
        title=title,
        height=bottom + 80,
        top=top,
        bottom=bottom,
        lines=lines,
        ticks=tuple(Tick(place(0, Decimal(mark))[1], f"{mark}%") for mark in marks),
        periods=tuple(Tick(place(index, Decimal(low))[0], point.label) for index, point in enumerate(longest.points)),
    )


def _stretches(row: list[tuple[int, int] | None]) -> tuple[str, ...]:
    paths, current = [], []
    for spot in [*row, None]:
        if spot:
            current.append(f"{spot[0]},{spot[1]}")
        else:
            if len(current) > 1:
                paths.append("M" + "L".join(current))
            current = []
    return tuple(paths)


def _marker(shape: str, x: int, y: int) -> str:
    if shape == "circle":
        return f"M{x - 9},{y}a9,9 0 1,0 18,0a9,9 0 1,0 -18,0z"
    if shape == "square":
        return f"M{x - 8},{y - 8}h16v16h-16z"
    if shape == "triangle":
        return f"M{x},{y - 11}l11,19h-22z"
    return f"M{x},{y - 12}l10,12l-10,12l-10,-12z"


def _spread(heights: list[int]) -> list[int]:
    """Heights for the labels at the ends of the lines, moved apart where they would overlap."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    placed = list(heights)
    for before, index in zip(order, order[1:], strict=False):
        placed[index] = max(placed[index], placed[before] + LABEL_STEP)
    return placed
