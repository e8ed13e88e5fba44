"""The list of a month as a table for a spreadsheet, before it is confirmed and after."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from webapp.leave.halves import Span
from webapp.org.queries import names
from webapp.permissions import ROLE_NAMES
from webapp.presence.rules import STATES
from webapp.spreadsheets import Row

HEADINGS = ("单位", "姓名", "岗位", "在岗（天）", "因公外出（天）", "请假（天）", "认定离岗（天）", "不在岗时段")
TOWNSHIP_HEADINGS = ("乡镇", "区划代码", "名单")


def people_rows(session: Session, people: Sequence[dict[str, Any]]) -> list[Row]:
    """One row a post in code order, out of a list as `confirming.listed` makes it."""
    named = names(session, {person["unit"] for person in people})
    return [
        (
            named.get(person["unit"], ""),
            person["name"],
            ROLE_NAMES[person["role"]],
            *(float(person[key]) for key in ("on_post", "trip", "leave", "absent")),
            stretches(person),
        )
        for person in people
    ]


def stretches(person: dict[str, Any]) -> str:
    """What a row of a confirmed list was away for: 请假2026年10月5日下午至10月6日下午."""
    away = [one for one in person["stretches"] if one[0] != "off_post"]
    spans = [
        (state, Span.of(date.fromisoformat(first), first_half, date.fromisoformat(last), last_half))
        for state, first, first_half, last, last_half, *_ in away
    ]
    return "；".join(f"{STATES[state]}{span.words}" for state, span in spans)
