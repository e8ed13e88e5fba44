"""The lists of leave and of trips for a spreadsheet. What kind of leave it is stands only in lists of those it concerns."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy.orm import Session

from webapp.leave import balance
from webapp.leave.halves import HALVES
from webapp.leave.models import KINDS, STATES, TRIP_KINDS, TRIP_STATES, LeaveRequest, OfficialTrip
from webapp.org.codes import full
from webapp.org.models import Posting
from webapp.permissions import ROLE_NAMES

LEAVE_HEADINGS = (
    "请假人",
    "单位",
    "区划代码",
    "种类",
    "开始日期",
    "开始半天",
    "结束日期",
    "结束半天",
    "状态",
    "返岗日期",
    "返岗半天",
    "提出方式",
)
TRIP_HEADINGS = (
    "外出人",
    "单位",
    "区划代码",
    "事由类别",
    "名称",
    "文号",
    "开始日期",
    "开始半天",
    "结束日期",
    "结束半天",
    "状态",
    "报备方式",
)


def leave_rows(rows: Iterable[LeaveRequest], *, person_id: int | None, decides: bool) -> Iterator[Sequence[object]]:
    """One row a request; `decides` shows everybody's kinds, else only one's own."""
    for row in rows:
        yield (
            row.person.name,
            row.unit.name,
            full(row.unit_code),
            KINDS[row.kind] if decides or row.person_id == person_id else "请假",
            row.first_day,
            HALVES[row.first_half],
            row.last_day,
            HALVES[row.last_half],
            STATES[row.state],
            row.returned_on,
            HALVES[row.returned_half] if row.returned_half else None,
            "纸质代录" if row.paper_by_name else "本人提出",
        )


def trip_rows(rows: Iterable[OfficialTrip]) -> Iterator[Sequence[object]]:
    """One row a trip."""
    for row in rows:
        yield (
            row.person.name,
            row.unit.name,
            full(row.unit_code),
            TRIP_KINDS[row.kind],
            row.subject,
            row.document_no,
            row.first_day,
            HALVES[row.first_half],
            row.last_day,
            HALVES[row.last_half],
            TRIP_STATES[row.state],
            "纸质代录" if row.paper_by_name else "本人报备",
        )


AT_ONCE = 500
ENTITLEMENT_HEADINGS = ("姓名", "单位", "区划代码", "岗位", "应休天数", "来源", "累计工作年限")


def entitlement_rows(session: Session, year: int, posts: Iterable[Posting]) -> Iterator[Sequence[object]]:
    """One row a stationed person: what was entered for the year, or nothing."""
    waiting = iter(posts)
    while some := list(islice(waiting, AT_ONCE)):
        known = balance.entered(session, [one.person_id for one in some], year)
        for one in some:
            entered = known.get(one.person_id)
            yield (
                one.person.name,
                one.division.name,
                full(one.unit_code),
                ROLE_NAMES[one.role],
                float(entered.days) if entered else None,
                balance.SOURCES[entered.source] if entered else "没有登记",
                entered.work_years if entered else None,
            )
