"""Values as an official paper writes them. All functions are pure and serve as template filters."""

import re
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

from reports.model import Burden, IndicatorRow, LevelCount, StateCounts

BEIJING = timezone(timedelta(hours=8))

QUOTIENT = re.compile(r"([\d.,]+%)（([\d.,]+/[\d.,]+)）")

STATES = (
    ("value", "有值"),
    ("not_due", "未到期"),
    ("not_applicable", "不适用"),
    ("exempt", "免报"),
    ("missing", "缺"),
)


def cn_date(day: date) -> str:
    """G-17: Arabic figures, no leading zero.

    >>> cn_date(date(2026, 3, 5))
    '2026年3月5日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def cn_time(moment: datetime) -> str:
    """Date, hour and minute in Beijing time.

    >>> cn_time(datetime(2026, 11, 1, 16, 5, tzinfo=timezone.utc))
    '2026年11月2日0时05分'
    """
    local = moment.astimezone(BEIJING)
    return f"{cn_date(local)}{local.hour}时{local.minute:02}分"


def number(value: int | Decimal) -> str:
    """A count or amount, thousands separated, without trailing zeros.

    >>> number(Decimal("1234.50"))
    '1,234.5'
    """
    text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def points(value: Decimal | None) -> str:
    """A score in points with two places, half up; 未计分 where there is none (never zero, A-12).

    >>> points(Decimal("86.405")), points(Decimal("20")), points(None)
    ('86.41', '20.00', '未计分')
    """
    return "未计分" if value is None else str(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


def change(row: IndicatorRow) -> str:
    """How the subject's own value moved against the period before (A-15), in percentage points.

    The difference is taken between the figures as printed, to one place, so that a reader's own subtraction agrees.
    """
    if row.percent is None or row.previous_percent is None:
        return "无可比数"
    tenth = Decimal("0.1")
    moved = row.percent.quantize(tenth, ROUND_HALF_UP) - row.previous_percent.quantize(tenth, ROUND_HALF_UP)
    if moved == 0:
        return "持平"
    return f"{'升' if moved > 0 else '降'}{abs(moved)}"


def stacked(cell: str) -> list[str]:
    """A table cell in lines: a percentage above its numerator and denominator, which side by side would not fit.

    >>> stacked("93.3%（112/120）"), stacked("缺（应由上帕镇报送）")
    (['93.3%', '112/120'], ['缺（应由上帕镇报送）'])
    """
    match = QUOTIENT.fullmatch(cell)
    return list(match.groups()) if match else [cell]


def unended(text: str) -> str:
    """A sentence without its full stop, to be printed inside another.

    >>> unended("补报数据。")
    '补报数据'
    """
    return text.rstrip("。；; ")


def states_text(counts: StateCounts) -> str:
    """How the values stand, in words; states that do not occur are left out.

    >>> states_text(StateCounts(value=61, missing=2))
    '有值61个、缺2个'
    """
    parts = [f"{word}{getattr(counts, state)}个" for state, word in STATES if getattr(counts, state)]
    return "、".join(parts) or "没有应取的数值"


def levels_text(levels: tuple[LevelCount, ...]) -> str:
    """Subjects by level: ``县1个、乡镇7个、村59个``."""
    return "、".join(f"{row.level}{row.subjects}个" for row in levels) or "无"


def burden_text(burden: Burden | None) -> str:
    """The burden note (G-33): what the period's work asked of the units."""
    if burden is None:
        return "本期没有填报负担记录。"
    if not burden.items:
        return f"本期没有向基层下达填报或办理事项。{burden.note}"
    asked = f"本期共向{burden.units}个单位下达事项{burden.items}项，预计用时合计{number(burden.minutes)}分钟"
    return f"{asked}，平均每个单位{number(share(burden))}分钟。{burden.note}"


def share(burden: Burden) -> int:
    """Minutes a unit, rounded half up."""
    return int((Decimal(burden.minutes) / max(burden.units, 1)).quantize(Decimal(1), ROUND_HALF_UP))


def add(counts: list[StateCounts]) -> StateCounts:
    """Sum of several counts."""
    return StateCounts(**{state: sum(getattr(row, state) for row in counts) for state, _ in STATES})


FILTERS = {
    "cn_date": cn_date,
    "cn_time": cn_time,
    "number": number,
    "points": points,
    "change": change,
    "stacked": stacked,
    "unended": unended,
    "states_text": states_text,
    "levels_text": levels_text,
    "burden_text": burden_text,
}
