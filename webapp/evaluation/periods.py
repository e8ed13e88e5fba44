"""Periods: "2026-10", "2026Q3", "2026H1", "2026". Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.errors import Refused

_FORMS = re.compile(r"(?P<year>20\d\d)(?:-(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])|H(?P<half>[12]))?")


@dataclass(frozen=True)
class Period:
    """A month, quarter, half-year or year; both days belong to it."""

    text: str
    kind: str
    """"month", "quarter", "half_year" or "year", as in the work areas."""
    starts_on: date
    ends_on: date

    @property
    def label(self) -> str:
        """ "2026年10月", "2026年第三季度", "2026年上半年", "2026年"."""
        year, first = self.starts_on.year, self.starts_on.month
        return (
            f"{year}年"
            + {
                "month": f"{first}月",
                "quarter": f"第{'一二三四'[(first - 1) // 3]}季度",
                "half_year": "上半年" if first == 1 else "下半年",
                "year": "",
            }[self.kind]
        )

    @property
    def before(self) -> "Period":
        """The period of the same kind just before."""
        return holding(self.starts_on - timedelta(days=1), self.kind)


_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def holding(day: date, kind: str) -> Period:
    """The period of a kind that a day lies in."""
    length = _MONTHS[kind]
    first = (day.month - 1) // length * length + 1
    starts_on = date(day.year, first, 1)
    after = date(day.year + (first + length > 12), (first + length - 1) % 12 + 1, 1)
    number = (first - 1) // length + 1
    text = {"month": f"{day.year}-{first:02d}", "quarter": f"{day.year}Q{number}", "half_year": f"{day.year}H{number}"}
    return Period(text.get(kind, str(day.year)), kind, starts_on, after - timedelta(days=1))


def parse(text: str) -> Period:
    """A typed period. Raises `Refused` for anything else."""
    found = _FORMS.fullmatch(text.strip().upper())
    if not found:
        raise Refused(f"周期“{text[:20]}”不正确。请写成 2026-10、2026Q3、2026H1 或 2026。")
    year = int(found["year"])
    if found["month"]:
        return holding(date(year, int(found["month"]), 1), "month")
    if found["quarter"]:
        return holding(date(year, int(found["quarter"]) * 3, 1), "quarter")
    if found["half"]:
        return holding(date(year, int(found["half"]) * 6, 1), "half_year")
    return holding(date(year, 1, 1), "year")
