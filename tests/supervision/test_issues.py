"""Issues to put right are reminded of and sent up like tasks: one cap, one message a person, one level up (T-6)."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pdfplumber
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import Parties, issued
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.rectification.making import act, changed, entered
from tests.supervision.making import freeze, look, messages, on
from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.audit import AuditEntry
from webapp.burden.models import ReminderEntry
from webapp.errors import Faulty, Forbidden, NotFound, Refused
from webapp.rectification.models import Issue
from webapp.supervision import ladder, reminding
from webapp.supervision.ladder import Typed
from webapp.supervision.models import Escalation, LadderStep, Reminder
from webapp.supervision.subjects import ISSUE
from webapp.supervision.views_acts import told

DUE = date(2026, 10, 23)
LATE = on("10-26 09:00")


@pytest.fixture
def row(county: Session, people: Parties) -> Issue:
    """An issue of the township that the county closes, due on 23 October."""
    return entered(county, people.first_desk, changed(due_on=DUE))


def press(session: Session, viewer: Viewer, row: Issue, at: datetime) -> tuple[Reminder, bool]:
    with acting_as(session, viewer):
        return reminding.remind(session, row.id, at=at, column=ISSUE)


def reminders(session: Session, row: Issue) -> list[tuple[str, int, bool]]:
    found = select(Reminder.kind, Reminder.number, Reminder.automatic).where(Reminder.issue_id == row.id)
    return list(session.execute(found.order_by(Reminder.id)).tuples())


def escalations(session: Session, row: Issue) -> list[tuple[str, str]]:
    found = select(Escalation.kind, Escalation.level_code).where(Escalation.issue_id == row.id)
    return list(session.execute(found.order_by(Escalation.id)).tuples())


def test_an_issue_is_called_an_issue(county: Session, people: Parties, row: Issue) -> None:
    press(county, people.first_desk, row, LATE)
    assert told(*press(county, people.first_desk, row, LATE)) == "这个问题今天已经催办，不重复发送。"
    freeze(county, people, TOWNSHIP)
    with pytest.raises(Refused, match="这个问题的期限正暂停计算"):
        press(county, people.first_desk, row, on("10-27 09:00"))


def test_button_and_scheduler_share_the_cap(county: Session, people: Parties, row: Issue) -> None:
    press(county, people.first_desk, row, LATE)
    assert look(county, on("10-29 09:00"))[0] == 1
    assert [look(county, on(f"{day} 09:00"))[0] for day in ("10-30", "11-02", "11-09")] == [0, 0, 0]
    with pytest.raises(Refused, match="逾期后最多催办 2 次（含自动提醒），已用完"):
        press(county, people.first_desk, row, on("10-30 09:00"))
    assert reminders(county, row) == [("after", 1, False), ("after", 2, True)]
    sent = select(func.count(ReminderEntry.id)).where(ReminderEntry.unit_code == TOWNSHIP)
    assert county.scalar(sent), "each counts at its sender"


def test_an_issue_and_a_task_stand_in_one_message_a_person_and_day(
    county: Session, people: Parties, row: Issue
) -> None:
    issued(county, people.first_desk, [TOWNSHIP])
    assert look(county, LATE)[0] == 2
    told = messages(county, people.township.person_id, "reminder")
    assert len(told) == 1 and len(told[0].body.splitlines()) == 2
    assert f"整改问题 {row.number}：安置点公共厕所" in told[0].body and "冬春防火隐患排查" in told[0].body


def test_it_goes_one_level_up_once_after_the_days_of_the_pack(county: Session, people: Parties, row: Issue) -> None:
    city = factories.viewer(county, "desk", "5333")
    assert look(county, on("10-29 09:00"))[1] == 0
    assert [look(county, on(f"{day} 09:00"))[1] for day in ("10-30", "10-30", "11-02")] == [1, 0, 0]
    assert escalations(county, row) == [("above", "5333")]
    assert row.number in messages(county, city.person_id, "escalation")[0].body


def test_what_waits_for_the_county_or_stands_under_a_disaster_order_is_left_alone(
    county: Session, people: Parties, row: Issue
) -> None:
    other = entered(county, people.first_desk, changed(due_on=DUE, unit_code=OTHER_TOWNSHIP, supports=()))
    factories.posting(county, "desk", OTHER_TOWNSHIP)
    for kind in ("claim", "start", "request"):
        act(county, people.township, kind, row, at=on("10-20 09:00"))
    freeze(county, people, OTHER_TOWNSHIP)
    assert look(county, on("11-02 09:00")) == (0, 0)
    assert reminders(county, row) == reminders(county, other) == []
    with pytest.raises(Refused, match="不需要催办"):
        press(county, people.first_desk, row, on("11-02 09:00"))


def test_pressed_outside_the_hours_it_waits_and_what_was_answered_is_dropped(
    county: Session, people: Parties, row: Issue
) -> None:
    made, _ = press(county, people.first_desk, row, on("10-24 10:00"))
    assert press(county, people.first_desk, row, on("10-24 10:01")) == (made, False)
    assert made.sent_at is None
    for kind in ("claim", "start", "request"):
        act(county, people.township, kind, row, at=on("10-24 11:00"))
    look(county, LATE)
    assert reminders(county, row) == []


def test_who_may_press(county: Session, people: Parties, row: Issue) -> None:
    with pytest.raises(Forbidden):
        press(county, people.township, row, LATE)
    for role, unit in (("desk", NEIGHBOUR_COUNTY), ("desk", OTHER_TOWNSHIP)):
        with pytest.raises(NotFound):
            press(county, factories.viewer(county, role, unit), row, LATE)


def test_a_row_is_about_one_thing_and_a_number_is_given_once(county: Session, people: Parties, row: Issue) -> None:
    made, _ = press(county, people.first_desk, row, LATE)
    values = {
        "unit_code": TOWNSHIP,
        "issuer_code": COUNTY,
        "kind": "after",
        "automatic": False,
        "asked_at": LATE,
        "sender_code": COUNTY,
        "sender_name": "某人",
    }
    for wrong in ({"number": 2}, {"number": made.number, "issue_id": row.id}):
        with pytest.raises(IntegrityError), county.begin_nested():
            county.add(Reminder(**values, **wrong))
            county.flush()


def test_the_page_of_an_issue_has_the_button_and_the_list_shows_what_went_up(
    county: Session, people: Parties, row: Issue, sign_in: Callable[..., FlaskClient]
) -> None:
    look(county, on("11-02 09:00"))
    issue_id, number = row.id, row.number
    county.commit()
    with clock.held_at(on("11-03 10:00")):
        desk, township = sign_in("desk", COUNTY), sign_in("desk", TOWNSHIP)
        page = desk.get(f"/rectification/{issue_id}").text
        assert f'action="/supervision/issues/{issue_id}/remind"' in page and "报怒江傈僳族自治州督办" in page
        done = desk.post(f"/supervision/issues/{issue_id}/remind", follow_redirects=True).text
        assert "已催办，承办单位会在收件箱看到。" in done and "已用完" in done
        assert "remind" not in township.get(f"/rectification/{issue_id}").text.split("催办和督办")[1]
        for client, seen in (
            (desk, True),
            (township, True),
            (sign_in("secretary", VILLAGE), False),
            (sign_in("desk", OTHER_TOWNSHIP), False),
            (sign_in("desk", NEIGHBOUR_COUNTY), False),
        ):
            assert (number in client.get("/supervision/?what=issues").text) is seen
            assert (number in client.get("/supervision/?what=issues&format=csv").text) is seen


REASON = Typed(reason="多次催办仍未整改", decided_on=date(2026, 11, 2))
LISTED = replace(REASON, leader_name="某副县长", document_no="福委督〔2026〕3号", ends_on=date(2026, 11, 30))
AT = on("11-02 09:00")


def take(
    session: Session, viewer: Viewer, row: Issue, kind: str, typed: Typed = REASON, by: str = "desk"
) -> LadderStep:
    with acting_as(session, viewer):
        return ladder.take(session, row.id, kind, typed, at=AT, by=by, column=ISSUE)


def test_an_issue_goes_up_the_whole_ladder_like_a_task(county: Session, people: Parties, row: Issue) -> None:
    secretary = factories.viewer(county, "secretary", COUNTY)
    with pytest.raises(Refused, match="现在只能登记：提醒或约谈"):
        take(county, secretary, row, "circular", by="secretary")
    take(county, people.first_desk, row, "talk")
    with pytest.raises(Forbidden, match="由销号单位的党组织书记办理"):
        take(county, people.first_desk, row, "circular")
    take(county, secretary, row, "circular", by="secretary")
    with pytest.raises(Faulty) as faulty:
        take(county, secretary, row, "listed_supervision", by="secretary")
    assert set(faulty.value.faults) == {"leader_name", "document_no", "ends_on"}
    take(county, secretary, row, "listed_supervision", LISTED, by="secretary")
    last = take(county, people.first_desk, row, "accountability", replace(REASON, document_no="福纪〔2026〕7号"))
    steps = ladder.steps_of(county, row.id, ISSUE)
    assert [step.kind for step in steps] == ["talk", "circular", "listed_supervision", "accountability"]
    assert {(step.assignment_id, step.issue_id, step.issuer_code) for step in steps} == {(None, row.id, COUNTY)}
    (told,) = messages(county, people.township.person_id, "supervision")
    assert len(told.body.splitlines()) == 4 and row.number in told.body
    assert county.scalars(select(AuditEntry.object_kind).where(AuditEntry.action == "ladder.talk")).all() == ["issue"]
    with acting_as(county, people.first_desk):
        ladder.withdraw(county, row.id, last.id, reason="文号有误", at=AT, by="desk", column=ISSUE)
    assert last.withdrawn_reason == "文号有误" and row.state == "new"


def test_who_put_it_right_or_sits_in_its_unit_takes_no_step(county: Session, people: Parties, row: Issue) -> None:
    both = factories.viewer(county, "desk", COUNTY, people.township.person_id)
    both = replace(both, grants=(*both.grants, *people.township.grants))
    with pytest.raises(Refused, match="您在整改单位任职"):
        take(county, both, row, "talk")
    for kind in ("claim", "start", "request"):
        act(county, people.township, kind, row)
    with pytest.raises(Refused, match="申请过销号"):
        take(county, factories.viewer(county, "desk", COUNTY, people.township.person_id), row, "talk")
    for unit in (OTHER_TOWNSHIP, NEIGHBOUR_COUNTY):
        with pytest.raises(NotFound):
            take(county, factories.viewer(county, "desk", unit), row, "talk")


def test_only_an_overdue_issue_is_put_on_the_ladder(county: Session, people: Parties) -> None:
    early = entered(county, people.first_desk, changed(due_on=date(2026, 11, 6)))
    with pytest.raises(Refused, match="问题没有逾期"):
        take(county, people.first_desk, early, "talk")
    assert ladder.steps_of(county, early.id, ISSUE) == []


def test_a_step_is_about_one_thing_alone(county: Session, people: Parties, row: Issue) -> None:
    task = issued(county, people.first_desk, [VILLAGE]).assignments[0]
    same = {"unit_code": TOWNSHIP, "issuer_code": COUNTY, "kind": "talk", "reason": "甲", "decided_on": DUE, "at": AT}
    county.commit()
    for about in ({}, {"assignment_id": task.id, "issue_id": row.id}):
        county.add(LadderStep(**same, actor_name="甲", **about))
        with pytest.raises(IntegrityError):
            county.flush()
        county.rollback()


def test_the_page_of_an_issue_offers_the_steps_and_prints_the_sheet(
    county: Session, people: Parties, row: Issue, sign_in: Callable[..., FlaskClient]
) -> None:
    path, number = f"/supervision/issues/{row.id}", row.number
    county.commit()
    with clock.held_at(on("11-03 10:00")):
        desk, village = sign_in("desk", COUNTY), sign_in("secretary", OTHER_VILLAGE)
        assert "没有督办记录" in desk.get(f"{path}/sheet.pdf").text
        typed = {"talk-reason": "多次催办仍未整改", "talk-decided_on": "2026-11-03", "seen": "0"}
        assert f'href="{path}"' in desk.get(f"/rectification/{row.id}").text
        refused = desk.post(f"{path}/desk/talk", data=typed | {"talk-reason": ""})
        assert refused.status_code == 303 and "没有填写理由" in desk.get(refused.headers["Location"]).text
        for _ in range(2):  # the second click changes nothing
            assert desk.post(f"{path}/desk/talk", data=typed).status_code == 302
        page = desk.get(path).text
        assert "多次催办仍未整改" in page and "登记通报" in page and "由福贡县党组织书记办理" in page
        county.rollback()
        assert county.scalar(select(func.count(LadderStep.id))) == 1
        county.rollback()
        listed = desk.get("/supervision/?what=issues").text
        assert f'href="{path}"' in listed and "约谈" in listed
        assert "约谈" in desk.get("/supervision/?what=issues&format=csv").data.decode("utf-8-sig")
        with pdfplumber.open(io.BytesIO(desk.get(f"{path}/sheet.pdf").data)) as sheet:
            words = "".join(one.extract_text() for one in sheet.pages).replace("\n", "")
        assert number in words and "督办单" in words and "化粪池没有定期清掏" in words and "约谈" in words
        assert "整改到位" in words and "销号只看登记时列明的佐证" in words
        for other in (path, f"{path}/sheet.pdf"):
            assert village.get(other).status_code == 404
