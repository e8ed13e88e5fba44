"""Starting and ending posts: who may hold what where, one at a time, and the hand-over that follows (Z-6, Z-18)."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, NEIGHBOUR_VILLAGE, TOWNSHIP, VILLAGE
from webapp.access import Viewer
from webapp.audit import AuditEntry
from webapp.errors import Conflict, DandangError, NotFound, OutOfScope, Refused
from webapp.handover.service import pass_overdue
from webapp.org import service
from webapp.org.models import Division, Handover, Posting
from webapp.org.service import Appointment

AT = factories.at("2026-10-09 09:30")
FIRST = date(2026, 10, 12)


@pytest.fixture
def desk(county: Session) -> Session:
    """A session of the county's organisation desk."""
    county.info["viewer"] = factories.viewer(county, "desk", COUNTY).through("posting.write")
    return county


def wanted(name: str = "新人甲", role: str = "first_secretary", unit: str = VILLAGE, **changes) -> Appointment:
    fields = {"starts_on": FIRST, "ends_on": None, "document_no": "福组任〔2026〕8号", "person_id": None} | changes
    return Appointment(name=name, role=role, unit_code=unit, **fields)


def start(session: Session, appointment: Appointment) -> Posting:
    return service.start_posting(session, appointment, at=AT, overlap_days=7)


def end(session: Session, posting: Posting, ends_on: date = date(2026, 10, 15), **changes) -> Posting:
    fields = {"reason": "任期届满", "document_no": "福组任〔2026〕9号", "version": posting.version} | changes
    return service.end_posting(session, posting.id, ends_on=ends_on, at=AT, handover_days=7, **fields)


def test_a_hand_over_recorded_late_leaves_its_days(desk: Session) -> None:
    """Recorded on the 9th for a last day of 21 September: due seven days after the 9th, and not passed before."""
    leaver = start(desk, wanted(starts_on=date(2026, 5, 6)))
    end(desk, leaver, date(2026, 9, 21))
    handover = desk.scalars(select(Handover)).one()
    assert handover.due_on == date(2026, 10, 16)
    desk.info["viewer"] = Viewer.system("工作交接", "")
    assert pass_overdue(desk, factories.at("2026-10-16 23:59")) == 0
    assert pass_overdue(desk, factories.at("2026-10-17 00:00")) == 1


def test_a_new_person_takes_a_post_and_it_is_noted(desk: Session) -> None:
    posting = start(desk, wanted())
    assert (posting.person.name, posting.starts_on, posting.ends_on) == ("新人甲", FIRST, None)
    assert posting.person.is_demo is False
    entry = desk.scalars(select(AuditEntry).where(AuditEntry.action == "posting.start")).one()
    assert (entry.object_id, entry.unit_code) == (str(posting.id), VILLAGE)


def test_a_known_person_takes_a_second_post(desk: Session) -> None:
    first = start(desk, wanted(role="team_member"))
    second = start(desk, wanted(unit=TOWNSHIP, role="desk", person_id=first.person_id))
    assert second.person_id == first.person_id


def test_the_same_request_twice_makes_one_posting(desk: Session) -> None:
    assert start(desk, wanted()).id == start(desk, wanted()).id
    assert len(desk.scalars(select(Posting).where(Posting.unit_code == VILLAGE)).all()) == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"unit": TOWNSHIP}, "驻村第一书记只在村级设立"),
        ({"role": "leader"}, "领导只在省、市、县级设立"),
        ({"role": "audit_admin", "unit": COUNTY}, "没有选择岗位"),
        ({"role": "check"}, "没有选择岗位"),
        ({"starts_on": date(1999, 12, 31)}, "过早或过晚"),
        ({"starts_on": date(2028, 1, 1)}, "过早或过晚"),
        ({"ends_on": date(2026, 10, 11)}, "最后任职日早于任职开始日"),
        ({"document_no": ""}, "没有填写文号"),
        ({"document_no": "号" * 61}, "文号超过 60 字"),
        ({"name": "  "}, "姓名为空"),
        ({"name": "长" * 61}, "姓名为空、超过 60 个字"),
    ],
)
def test_what_no_post_can_be(desk: Session, changes: dict, sentence: str) -> None:
    with pytest.raises(DandangError, match=sentence):
        start(desk, wanted(**changes))


def test_a_unit_out_of_reach_is_refused(desk: Session) -> None:
    with pytest.raises(OutOfScope):
        start(desk, wanted(unit=NEIGHBOUR_VILLAGE))
    with pytest.raises(OutOfScope):
        start(desk, wanted(unit="999999"))


def test_a_person_out_of_sight_is_not_found(county: Session) -> None:
    stranger = factories.posting(county, "team_member", NEIGHBOUR_VILLAGE).person_id
    county.info["viewer"] = factories.viewer(county, "desk", COUNTY).through("posting.write")
    county.expire_all()
    county.expunge_all()
    with pytest.raises(NotFound):
        start(county, wanted(person_id=stranger))


def test_a_code_out_of_force_takes_nobody(desk: Session) -> None:
    desk.get(Division, VILLAGE).valid_to = date(2026, 9, 30)
    with pytest.raises(Refused, match="停用"):
        start(desk, wanted())


def test_nobody_appoints_himself(desk: Session) -> None:
    own = desk.info["viewer"].person_id
    with pytest.raises(Refused, match="不能为本人办理"):
        start(desk, wanted(person_id=own))
    with pytest.raises(Refused, match="不能为本人办理"):
        end(desk, desk.scalars(select(Posting).where(Posting.person_id == own)).one())


def test_one_first_secretary_a_village(desk: Session) -> None:
    start(desk, wanted("在任者"))
    with pytest.raises(Refused, match="现任该处驻村第一书记，没有离任日期"):
        start(desk, wanted("接任者", starts_on=date(2026, 11, 2)))


def test_leaver_and_successor_share_at_most_the_days_of_the_hand_over(desk: Session) -> None:
    end(desk, start(desk, wanted("离任者", starts_on=date(2024, 5, 6))), date(2026, 10, 18))
    with pytest.raises(Refused, match="交接重叠最多 7 天"):
        start(desk, wanted("接任者", starts_on=date(2026, 10, 11)))
    assert start(desk, wanted("接任者", starts_on=date(2026, 10, 12))).id


def test_two_secretaries_share_no_day(desk: Session) -> None:
    end(desk, start(desk, wanted("离任者", "secretary", starts_on=date(2024, 5, 6))), date(2026, 10, 12))
    with pytest.raises(Refused, match="任期重叠"):
        start(desk, wanted("接任者", "secretary"))
    assert start(desk, wanted("接任者", "secretary", starts_on=date(2026, 10, 13))).id


def test_members_stand_side_by_side_but_nobody_twice(desk: Session) -> None:
    first = start(desk, wanted("甲", "team_member"))
    start(desk, wanted("乙", "team_member"))
    with pytest.raises(Refused, match="任期重叠"):
        start(desk, wanted("甲", "team_member", person_id=first.person_id, starts_on=date(2026, 11, 2)))


def test_the_end_of_a_first_secretary_opens_a_hand_over_for_the_successor(desk: Session) -> None:
    leaver = end(desk, start(desk, wanted("离任者", starts_on=date(2024, 5, 6))))
    handover = desk.scalars(select(Handover)).one()
    assert (handover.leaver_posting_id, handover.due_on, handover.done_on) == (leaver.id, date(2026, 10, 22), None)
    successor = start(desk, wanted("接任者"))
    assert handover.successor_posting_id == successor.id


def test_a_successor_known_before_the_end_is_named(desk: Session) -> None:
    leaver = start(desk, wanted("离任者", starts_on=date(2024, 5, 6), ends_on=date(2026, 10, 15)))
    successor = start(desk, wanted("接任者"))
    end(desk, leaver, date(2026, 10, 15))
    assert desk.scalars(select(Handover)).one().successor_posting_id == successor.id


def test_the_end_of_a_secretary_opens_none(desk: Session) -> None:
    end(desk, start(desk, wanted(role="secretary")))
    assert desk.scalars(select(Handover)).all() == []


def test_an_end_sent_twice_is_one_end(desk: Session) -> None:
    posting = start(desk, wanted())
    version = posting.version
    assert end(desk, posting, version=version).id == end(desk, posting, version=version).id
    assert len(desk.scalars(select(AuditEntry).where(AuditEntry.action == "posting.end")).all()) == 1


def test_a_second_decision_on_old_knowledge_is_a_conflict(desk: Session) -> None:
    posting = start(desk, wanted())
    version = posting.version
    end(desk, posting, version=version)
    with pytest.raises(Conflict):
        end(desk, posting, date(2026, 10, 20), version=version)


def test_a_corrected_end_moves_the_open_hand_over(desk: Session) -> None:
    posting = end(desk, start(desk, wanted()))
    end(desk, posting, date(2026, 10, 20))
    assert desk.scalars(select(Handover)).one().due_on == date(2026, 10, 27)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends_on": date(2026, 10, 11)}, "最后任职日早于任职开始日"),
        ({"reason": "不知道"}, "没有选择离任原因"),
        ({"document_no": ""}, "没有填写文号"),
    ],
)
def test_what_no_end_can_be(desk: Session, changes: dict, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        end(desk, start(desk, wanted()), **changes)


def test_administrators_are_not_dismissed_by_a_desk(county: Session) -> None:
    admin = factories.posting(county, "audit_admin", COUNTY)
    county.info["viewer"] = factories.viewer(county, "desk", COUNTY).through("posting.write")
    with pytest.raises(Refused, match="管理员岗位"):
        end(county, admin)


def test_a_hand_over_is_done_once(desk: Session) -> None:
    end(desk, start(desk, wanted(starts_on=date(2024, 5, 6))), date(2026, 10, 8))
    row = desk.scalars(select(Handover)).one()
    with pytest.raises(Refused, match="晚于今天"):
        service.finish_handover(desk, row.id, done_on=date(2026, 10, 10), note="", at=AT)
    for _ in range(2):
        service.finish_handover(desk, row.id, done_on=date(2026, 10, 9), note="已逐项移交", at=AT)
    assert (row.done_on, row.note) == (date(2026, 10, 9), "已逐项移交")
    assert len(desk.scalars(select(AuditEntry).where(AuditEntry.action == "handover.done")).all()) == 1
