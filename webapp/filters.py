"""How values are said on pages: one wording for dates, codes, amounts and states."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request
from flask_wtf import FlaskForm
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from webapp import clock
from webapp.evaluation import figures
from webapp.evaluation.periods import parse
from webapp.org import codes
from webapp.words import WEEKDAYS


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.jinja_env.undefined = StrictUndefined
    FlaskForm.Meta.locales = ("zh",)  # what a validator says when a form has given it no sentence of its own
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        date_cn=date_cn,
        day_cn=day_cn,
        moment_cn=moment_cn,
        period_cn=period_cn,
        full_code=codes.full,
        level_name=level_name,
        thousands=thousands,
        percent=percent,
        file_size=file_size,
        points=figures.points,
        state_text=figures.state_text,
    )
    app.jinja_env.globals.update(address=address, list_cell=cell, value_text=figures.value_text, today=clock.today)


def date_cn(day: date | None) -> str:
    """2026年11月23日（周一）; a moment is taken on the wall clock of China."""
    if day is None:
        return ""
    own = _day(day)
    return f"{own.year}年{own.month}月{own.day}日（周{WEEKDAYS[own.weekday()]}）"


def day_cn(day: date | None) -> str:
    """11月23日, with the year when it is not the present one."""
    if day is None:
        return ""
    own = _day(day)
    return ("" if own.year == clock.today().year else f"{own.year}年") + f"{own.month}月{own.day}日"


def moment_cn(moment: datetime | None) -> str:
    """2026年11月23日 09:05, on the wall clock of China."""
    if moment is None:
        return ""
    own = clock.local(moment)
    return f"{own.year}年{own.month}月{own.day}日 {own:%H:%M}"


def period_cn(text: str) -> str:
    """2026年10月, 2026年第三季度, 2026年上半年, for "2026-10", "2026Q3", "2026H1"."""
    return parse(text).label


def _day(day: date) -> date:
    return clock.day_of(day) if isinstance(day, datetime) else day


def level_name(code: str) -> str:
    """省, 市, 县, 乡镇 or 村."""
    return codes.LEVEL_NAMES[codes.level(code)]


def thousands(number: int | Decimal | None) -> str:
    """12345 → "12,345"."""
    return "" if number is None else f"{number:,}"


def file_size(number: int) -> str:
    """Bytes as people say them: 5300000 → "5.1 MB", 2000 → "2 kB"."""
    return f"{number / 1024 / 1024:.1f} MB" if number >= 1024 * 1024 else f"{max(1, number // 1024)} kB"


def percent(pair: tuple[int, int]) -> str:
    """(14, 15) → "93.3%"; a denominator of zero has no quotient."""
    numerator, denominator = pair
    return f"{figures.percent(numerator, denominator)}%" if denominator else figures.state_text("not_applicable")


def address(**changes: Any) -> str:
    """This page's address with some of its query changed; None or "" takes a name out, and a new filter starts at page 1."""
    kept = request.args.to_dict(flat=False)
    if "page" not in changes:
        kept.pop("page", None)
    for name, value in changes.items():
        kept.pop(name, None)
        if value not in (None, ""):
            kept[name] = [str(one) for one in (value if isinstance(value, list | tuple) else [value])]
    return request.path + _query(kept.items())


def cell(label: str, main: bool = False, number: bool = False, *, caller: Callable[[], str]) -> Markup:
    """One cell of a list, see `macros/lists.html`; what stands in it was escaped by the template that wrote it."""
    return Markup(f"{_cell_begins(label, main, number)}{caller()}</td>\n")  # noqa: S704


@lru_cache(maxsize=1024)
def _cell_begins(label: str, main: bool, number: bool) -> str:
    kind = ("cell-main" if main else "") + (" cell-number" if number else "")
    return f'<td data-label="{escape(label)}" class="{kind}">'


def _query(pairs: Iterable[tuple[str, list[str]]]) -> str:
    text = urlencode([(name, one) for name, values in pairs for one in values])
    return f"?{text}" if text else ""
