"""A year's list from a CSV: whole or not at all, each fault named by its line."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from webapp.errors import Refused
from webapp.policy import calendar, calendar_file

GOOD = "day,kind,name\n2027-01-01,off,元旦\n2027-01-09,work,元旦调休上班\n"


def test_a_loaded_year_is_no_longer_provisional(session: Session) -> None:
    assert calendar.work_calendar(session).provisional(date(2027, 1, 4))
    assert calendar_file.load(session, GOOD.encode(), "国办发明电〔2026〕9号") == 2027
    held = calendar.work_calendar(session)
    assert not held.provisional(date(2027, 1, 4))
    assert not held.is_workday(date(2027, 1, 1))
    assert held.is_workday(date(2027, 1, 9))


def test_a_second_list_replaces_the_first(session: Session) -> None:
    calendar_file.load(session, GOOD.encode(), "甲")
    calendar_file.load(session, "day,kind,name\n2027-01-04,off,元旦\n".encode(), "乙")
    held = calendar.work_calendar(session)
    assert held.is_workday(date(2027, 1, 1))
    assert not held.is_workday(date(2027, 1, 4))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("日期,类别,名称\n", "第 1 行应为"),
        ("day,kind,name\n", "至少一行"),
        ("day,kind,name\n2027-1-1,off,元旦\n", "第 2 行的日期"),
        ("day,kind,name\n2027-01-02,off,元旦\n", "只写周一至周五"),
        ("day,kind,name\n2027-01-01,work,元旦\n", "只写周六"),
        ("day,kind,name\n2027-01-01,off\n", "应有 3 栏"),
        ("day,kind,name\n2027-01-01,off,元旦\n2027-01-01,off,元旦\n", "重复"),
        ("day,kind,name\n2027-01-01,off,元旦\n2028-01-03,off,元旦\n", "同一年"),
    ],
)
def test_faults_are_named_and_nothing_is_written(session: Session, text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        calendar_file.load(session, text.encode(), "甲")
    assert not calendar.is_loaded(session, 2027)


def test_gbk_is_said(session: Session) -> None:
    with pytest.raises(Refused, match="UTF-8"):
        calendar_file.load(session, GOOD.encode("gbk"), "甲")
