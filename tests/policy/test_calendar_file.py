"""A year's list from a CSV or XLSX: whole or not at all, each fault named by its row."""

from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from webapp.errors import Conflict, Refused
from webapp.policy import calendar, calendar_file, calendar_service
from webapp.policy.models import CalendarChange, CalendarDay
from webapp.spreadsheets import xlsx_file

GOOD = "day,kind,name\n2027-01-01,off,元旦\n2027-01-09,work,元旦调休上班\n"
ROWS = (("日期", "类别", "名称"), (date(2027, 1, 1), "放假", "元旦"), ("2027-01-09", "上班", "元旦调休上班"))
AT = factories.at("2026-11-26 10:00")
SOURCE = "国办发明电〔2026〕9号"


def load(session: Session, content: bytes, *, dry_run: bool = False) -> calendar_service.Imported:
    listed = calendar_file.parse(content)
    return calendar_service.import_year(session, listed, source=SOURCE, at=AT, dry_run=dry_run)


def xlsx(rows: Sequence[Sequence[object]]) -> bytes:
    with xlsx_file(rows) as handle:
        return handle.read()


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        "﻿日期,类别,名称\n2027-01-01,放假,元旦\n2027/01/09,上班,元旦调休上班\n".encode(),
        xlsx(ROWS),
    ],
    ids=["plain", "csv", "xlsx"],
)
def test_a_loaded_year_is_no_longer_provisional(session: Session, content: bytes) -> None:
    assert calendar.work_calendar(session).provisional(date(2027, 1, 4))
    assert load(session, content).year == 2027
    held = calendar.work_calendar(session)
    assert not held.provisional(date(2027, 1, 4))
    assert not held.is_workday(date(2027, 1, 1))
    assert held.is_workday(date(2027, 1, 9))


def test_a_list_as_a_notice_prints_it_is_read(session: Session) -> None:
    """Whole spans with their weekends, and days as Excel writes them: put right, and said."""
    listed = calendar_file.parse(
        "日期,类别,名称\n2027/1/1,放假,元旦\n2027年1月2日,放假,元旦\n2027.1.9,上班,调休\n".encode()
    )
    assert [(one.day, one.kind) for one in listed.days] == [(date(2027, 1, 1), "off"), (date(2027, 1, 9), "work")]
    assert "3 格的日期" in listed.notes[0] and "1 天是周六、周日" in listed.notes[1]
    assert listed.missing == ("春节", "清明", "劳动节", "端午", "中秋", "国庆")


def test_a_published_year_lacks_no_holiday(session: Session) -> None:
    calendar.seed(session)
    in_year = select(CalendarDay).where(CalendarDay.day.between(date(2026, 1, 1), date(2026, 12, 31)))
    days = [calendar_file.ListedDay(row.day, row.kind, row.name) for row in session.scalars(in_year)]
    assert calendar_file.YearList(2026, tuple(days)).missing == ()


def test_a_day_of_a_year_that_is_not_published_counts_by_the_week_s_rule(session: Session) -> None:
    load(session, GOOD.encode())
    session.add(CalendarDay(day=date(2028, 1, 3), kind="off", name="元旦"))
    session.flush()
    session.info.pop("work_calendar", None)
    held = calendar.work_calendar(session)
    assert held.is_workday(date(2028, 1, 3)) and held.provisional(date(2028, 1, 3))
    assert not held.is_workday(date(2027, 1, 1))


def test_a_second_list_replaces_the_first(session: Session) -> None:
    load(session, GOOD.encode())
    done = load(session, "day,kind,name\n2027-01-04,off,元旦\n".encode())
    assert (done.replaced, done.added, done.changed, done.removed) == (True, 1, 0, 2)
    held = calendar.work_calendar(session)
    assert held.is_workday(date(2027, 1, 1))
    assert not held.is_workday(date(2027, 1, 4))


def test_a_dry_run_says_what_would_change_and_changes_nothing(session: Session) -> None:
    done = load(session, GOOD.encode(), dry_run=True)
    assert (done.year, done.days, done.added) == (2027, 2, 2)
    assert not calendar.is_loaded(session, 2027)
    assert calendar.work_calendar(session).is_workday(date(2027, 1, 1))
    assert session.scalars(select(CalendarChange)).all() == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("日期,名称\n2027-01-01,元旦\n", "缺少列“类别”"),
        ("day,kind,name\n", "至少一行"),
        ("", "文件是空的"),
        ("day,kind,name\n2027-2-30,off,元旦\n", "第 2 行：日期"),
        ("day,kind,name\n2027-01-02,off,元旦\n", "至少一行"),
        ("day,kind,name\n2027-01-01,work,元旦\n", "只写周六"),
        ("day,kind,name\n2027-01-01,休息,元旦\n", "类别应写"),
        ("day,kind,name\n2027-01-01,off\n", "名称须为"),
        ("day,kind,name\n2027-01-01,off,元旦\n2027-01-01,off,元旦\n", "第 3 行：日期 2027-01-01 重复"),
        ("day,kind,name\n2027-01-01,off,元旦\n2028-01-03,off,元旦\n", "同一年"),
        ("day,kind,name\n1027-01-01,off,元旦\n", "年份不正确"),
    ],
)
def test_faults_are_named_and_nothing_is_written(session: Session, text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        load(session, text.encode())
    assert not calendar.is_loaded(session, 2027)


def test_gbk_is_said(session: Session) -> None:
    with pytest.raises(Refused, match="UTF-8"):
        load(session, GOOD.encode("gbk"))


def test_every_fault_of_a_file_is_named_at_once(session: Session) -> None:
    with pytest.raises(Refused) as refused:
        load(session, "day,kind,name\n2027-01-01,work,元旦\n不对,off,元旦\n".encode())
    assert "第 2 行" in refused.value.sentence and "第 3 行" in refused.value.sentence


def set_day(session: Session, day: date, kind: str, **changes: object) -> int:
    values = {"name": "防汛调休", "reason": "县里通知", "source": "福政办发〔2026〕40号", "at": AT, **changes}
    return calendar_service.set_day(session, day, kind=kind, **values)  # type: ignore[arg-type]


def test_a_day_is_added_changed_and_removed_with_reason_and_source(session: Session) -> None:
    calendar.seed(session)
    saturday = date(2026, 12, 12)
    set_day(session, saturday, "work", seen=0)
    assert calendar.work_calendar(session).is_workday(saturday)
    set_day(session, saturday, "work", name="更名")
    calendar_service.remove_day(session, saturday, reason="取消", source="福政办发〔2026〕41号", at=AT)
    assert not calendar.work_calendar(session).is_workday(saturday)
    changes = session.scalars(select(CalendarChange).order_by(CalendarChange.id)).all()
    assert [(one.reason, one.source) for one in changes] == [
        ("县里通知", "福政办发〔2026〕40号"),
        ("县里通知", "福政办发〔2026〕40号"),
        ("取消", "福政办发〔2026〕41号"),
    ]


def test_the_same_day_sent_twice_changes_once(session: Session) -> None:
    calendar.seed(session)
    for _ in range(2):
        set_day(session, date(2026, 12, 12), "work")
    for _ in range(2):
        calendar_service.remove_day(session, date(2026, 12, 12), reason="取消", source="文", at=AT)
    assert len(session.scalars(select(CalendarChange)).all()) == 2


def test_somebody_who_was_faster_is_not_overwritten(session: Session) -> None:
    calendar.seed(session)
    set_day(session, date(2026, 12, 12), "work")
    with pytest.raises(Conflict, match="刚刚被其他同志改为“上班”"):
        set_day(session, date(2026, 12, 12), "work", name="别的", seen=0)


@pytest.mark.parametrize(
    ("day", "kind", "changes", "sentence"),
    [
        (date(2026, 12, 12), "off", {}, "放假只写周一至周五"),
        (date(2026, 12, 14), "work", {}, "上班只写周六、周日"),
        (date(2026, 12, 14), "off", {"reason": " "}, "没有填写理由"),
        (date(2026, 12, 14), "off", {"source": ""}, "没有填写发布文件"),
        (date(2026, 12, 14), "off", {"name": "长" * 41}, "名称超过 40 字"),
        (date(2027, 1, 1), "off", {}, "2027 年的安排还没有导入"),
    ],
)
def test_what_cannot_be_changed_is_said(
    session: Session, day: date, kind: str, changes: dict[str, object], sentence: str
) -> None:
    calendar.seed(session)
    before = set(session.scalars(select(CalendarDay.day)))
    with pytest.raises(Refused, match=sentence):
        set_day(session, day, kind, **changes)
    assert set(session.scalars(select(CalendarDay.day))) == before
