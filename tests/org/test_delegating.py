"""委托审批: entered, listed, revoked; never in a circle, never past separation of duty."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import MORNING, Parties, act, brought_to, parties
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, TOWNSHIP, VILLAGE
from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.accountability import deadlines, service
from webapp.errors import Conflict, Faulty, Forbidden, Refused
from webapp.notices.models import InboxMessage
from webapp.org import delegations
from webapp.org.models import Delegation, Posting
from webapp.org.queries import valid_grants

TODAY = MORNING.date()
WEEK = timedelta(days=7)


def own_posting(session: Session, viewer: Viewer) -> int:
    found = session.scalar(select(Posting.id).where(Posting.person_id == viewer.person_id).order_by(Posting.id))
    assert found is not None
    return found


def delegate(session: Session, giver: Viewer, receiver: Viewer, **values: Any) -> Delegation:
    wanted: dict[str, Any] = {
        "posting_id": own_posting(session, giver),
        "to_person_id": receiver.person_id,
        "starts_on": TODAY,
        "ends_on": TODAY + WEEK,
        "reason": "外出培训",
        "at": MORNING,
    }
    with acting_as(session, giver):
        return delegations.delegate(session, **(wanted | values))


def now(session: Session, viewer: Viewer, on: date = TODAY) -> Viewer:
    """The viewer with all that is granted on a day, delegated approvals too."""
    assert viewer.person_id is not None
    grants = valid_grants(session, viewer.person_id, on)
    return Viewer("account", viewer.name, account_id=0, person_id=viewer.person_id, grants=grants)


@pytest.fixture
def desks(county: Session) -> list[Viewer]:
    return [factories.viewer(county, "desk", COUNTY) for _ in range(3)]


def test_a_second_click_delegates_once(county: Session, desks: list[Viewer]) -> None:
    first = delegate(county, desks[0], desks[1])
    assert delegate(county, desks[0], desks[1]).id == first.id
    with pytest.raises(Conflict, match="已经委托给他人"):
        delegate(county, desks[0], desks[2])


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin"])
def test_who_keeps_the_system_decides_in_nobody_s_place(role: str, county: Session, desks: list[Viewer]) -> None:
    keeper = factories.viewer(county, role, COUNTY)
    with pytest.raises(Faulty) as refused:
        delegate(county, desks[0], keeper)
    assert list(refused.value.faults) == ["to_person"]
    with acting_as(county, desks[0]):
        offered = {one.value for one in delegations.colleagues(county, desks[0], TODAY)}
    assert keeper.person_id not in offered and desks[1].person_id in offered


def test_a_circle_of_two_is_refused_with_the_chain(county: Session, desks: list[Viewer]) -> None:
    delegate(county, desks[0], desks[1])
    with pytest.raises(Refused) as refused:
        delegate(county, desks[1], desks[0])
    chain = f"{desks[1].name}→{desks[0].name}→{desks[1].name}"
    assert refused.value.sentence == f"这样委托会形成循环：{chain}。请改选受托人，或请其中一位先收回委托。"


def test_a_longer_circle_is_refused(county: Session, desks: list[Viewer]) -> None:
    delegate(county, desks[0], desks[1])
    delegate(county, desks[1], desks[2])
    with pytest.raises(Refused, match="→".join(desks[n].name for n in (2, 0, 1, 2))):
        delegate(county, desks[2], desks[0])


def test_days_that_do_not_meet_and_what_was_revoked_make_no_circle(county: Session, desks: list[Viewer]) -> None:
    delegate(county, desks[0], desks[1], ends_on=TODAY + timedelta(days=2))
    later = delegate(county, desks[1], desks[0], starts_on=TODAY + timedelta(days=3))
    with acting_as(county, desks[1]):
        delegations.revoke(county, later.id, at=MORNING)
    delegate(county, desks[0], desks[2], starts_on=TODAY + timedelta(days=3))
    assert delegate(county, desks[1], desks[0], starts_on=TODAY + timedelta(days=4)).revoked_at is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"starts_on": TODAY - timedelta(days=1)}, "starts_on"),
        ({"ends_on": TODAY - timedelta(days=1)}, "ends_on"),
        ({"ends_on": TODAY + timedelta(days=400)}, "ends_on"),
        ({"reason": " "}, "reason"),
        ({"reason": "外" * 201}, "reason"),
    ],
)
def test_wrong_input_names_its_field(county: Session, desks: list[Viewer], values: dict[str, Any], field: str) -> None:
    with pytest.raises(Faulty) as faulty:
        delegate(county, desks[0], desks[1], **values)
    assert list(faulty.value.faults) == [field]


def test_only_own_approvals_pass_and_only_to_colleagues(county: Session, desks: list[Viewer]) -> None:
    stranger = factories.viewer(county, "desk", NEIGHBOUR_COUNTY)
    with pytest.raises(Faulty, match="不在本单位任职"):
        delegate(county, desks[0], stranger)
    with pytest.raises(Faulty, match="不能委托给自己"):
        delegate(county, desks[0], desks[0])
    with pytest.raises(Forbidden, match="只能委托本人现任岗位"):
        delegate(county, desks[0], desks[1], posting_id=own_posting(county, desks[2]))
    supervisor = factories.viewer(county, "supervisor", COUNTY)
    with pytest.raises(Refused, match="没有可以委托的审批"):
        delegate(county, supervisor, desks[1])


def test_a_delegate_decides_and_the_event_says_for_whom(county: Session) -> None:
    people = parties(county)
    row = brought_to(county, people, "reported")
    helper = factories.viewer(county, "supervisor", COUNTY)
    delegate(county, people.second_desk, helper)
    with clock.held_at(MORNING), acting_as(county, now(county, helper)):
        service.verify(county, row.id, at=MORNING)
    last = row.events[-1]
    assert (last.person_id, last.on_behalf_of_id) == (helper.person_id, people.second_desk.person_id)
    assert last.on_behalf_of_name == people.second_desk.name


@pytest.mark.parametrize(("kind", "words"), [("report", "请核验"), ("extend_ask", "申请延期")])
@pytest.mark.parametrize(("days_after_the_last", "taken_back"), [(0, False), (1, False), (0, True)])
def test_what_is_routed_reaches_the_delegate_while_it_is_in_force(
    county: Session, kind: str, words: str, days_after_the_last: int, taken_back: bool
) -> None:
    """The last day is included; who owns the approvals is told as ever."""
    people = parties(county)
    helper = factories.viewer(county, "supervisor", COUNTY)
    made = delegate(county, people.second_desk, helper)
    row = brought_to(county, people, "in_progress")
    at = MORNING + WEEK + timedelta(days=days_after_the_last)
    if taken_back:
        with acting_as(county, people.second_desk):
            delegations.revoke(county, made.id, at=at)
    act(county, people.village, kind, row, at=at)
    told = set(county.scalars(select(InboxMessage.person_id).where(InboxMessage.body.contains(words))))
    assert people.second_desk.person_id in told
    assert (helper.person_id in told) is (made.ends_on >= at.date() and not taken_back)


def reported_by_a_desk(county: Session) -> tuple[Parties, Any]:
    """A report of the village, written by somebody who is posted at the county desk as well."""
    people = parties(county)
    row = brought_to(county, people, "reported")
    factories.posting(county, "desk", COUNTY, people.village.person_id)
    return people, row


def test_who_reported_verifies_through_no_second_post(county: Session) -> None:
    people, row = reported_by_a_desk(county)
    with acting_as(county, now(county, people.village)), pytest.raises(Refused, match="您反馈过"):
        service.verify(county, row.id, at=MORNING)
    assert row.state == "reported"


def test_who_reported_verifies_through_no_delegate(county: Session) -> None:
    people, row = reported_by_a_desk(county)
    helper = factories.viewer(county, "supervisor", COUNTY)
    second = county.scalars(
        select(Posting.id).where(Posting.person_id == people.village.person_id, Posting.unit_code == COUNTY)
    ).one()
    delegate(county, now(county, people.village), helper, posting_id=second)
    for attempt in (
        lambda: service.verify(county, row.id, at=MORNING),
        lambda: service.return_for_revision(county, row.id, reason="缺时限", at=MORNING),
    ):
        with clock.held_at(MORNING), acting_as(county, now(county, helper)), pytest.raises(Refused, match="同志反馈过"):
            attempt()
    assert row.state == "reported"


def test_a_colleague_of_the_reporter_passes_no_approval_on(county: Session) -> None:
    """The delegator sits in the village as well and did not report himself; his delegate is none the freer."""
    people = parties(county)
    row = brought_to(county, people, "reported")
    both = factories.viewer(county, "desk", COUNTY)
    factories.posting(county, "deputy", VILLAGE, both.person_id)
    helper = factories.viewer(county, "supervisor", COUNTY)
    delegate(county, both, helper)
    both_there = pytest.raises(Refused, match="委托您审批的同志在反馈单位任职")
    with clock.held_at(MORNING), acting_as(county, now(county, helper)), both_there:
        service.verify(county, row.id, at=MORNING)


def test_who_asked_for_an_extension_grants_it_through_no_delegate(county: Session) -> None:
    people = parties(county)
    row = brought_to(county, people, "acknowledged")
    second = factories.posting(county, "desk", COUNTY, people.village.person_id)
    helper = factories.viewer(county, "supervisor", COUNTY)
    with acting_as(county, people.village):
        deadlines.ask_extension(county, row.id, wanted_due_on=date(2026, 10, 30), reason="道路中断", at=MORNING)
    delegate(county, now(county, people.village), helper, posting_id=second.id)
    with acting_as(county, now(county, helper)), pytest.raises(Refused, match="委托您审批的同志是申请人"):
        deadlines.grant_extension(county, row.id, at=MORNING)


def the_only_one(county: Session) -> int:
    found = county.scalars(select(Delegation.id)).one()
    county.commit()
    return found


class TestPages:
    @pytest.fixture
    def desk(self, county: Session, sign_in: Callable[..., FlaskClient]) -> Any:
        with clock.held_at(MORNING):
            parties(county)
            yield sign_in("desk", COUNTY)

    def form(self, county: Session, desk: FlaskClient, to: int, **values: str) -> dict[str, Any]:
        posting = county.scalars(select(Posting.id).where(Posting.person_id == desk.person_id)).one()
        county.commit()
        return {
            "posting": posting,
            "to_person": to,
            "starts_on": "2026-10-12",
            "ends_on": "2026-10-16",
            "reason": "外出培训",
        } | values

    def test_entered_listed_and_revoked(
        self, county: Session, desk: FlaskClient, sign_in: Callable[..., FlaskClient]
    ) -> None:
        helper = sign_in("leader", COUNTY)
        assert "没有委托记录" in desk.get("/delegations/").text
        done = desk.post("/delegations/", data=self.form(county, desk, helper.person_id), follow_redirects=True)
        assert "到期自动失效" in done.text and "2026年10月16日" in done.text
        assert "委托）" in helper.get("/me").text
        row_id = the_only_one(county)
        gone = desk.post(f"/delegations/{row_id}/revoke", follow_redirects=True)
        assert "已收回委托，立即生效" in gone.text
        assert "委托）" not in helper.get("/me").text

    def test_what_was_typed_stays_after_a_mistake(self, county: Session, desk: FlaskClient) -> None:
        helper = factories.posting(county, "desk", COUNTY).person_id
        county.commit()
        typed = self.form(county, desk, helper, ends_on="2026-10-01", reason="到州里开会")
        answer = desk.post("/delegations/", data=typed)
        assert answer.status_code == 400
        assert "结束日期早于开始日期" in answer.text and 'value="到州里开会"' in answer.text
        assert county.scalars(select(Delegation)).all() == []

    def test_a_neighbour_sees_nothing_of_it(
        self, county: Session, desk: FlaskClient, sign_in: Callable[..., FlaskClient]
    ) -> None:
        helper = factories.posting(county, "desk", COUNTY).person_id
        county.commit()
        desk.post("/delegations/", data=self.form(county, desk, helper))
        row_id = the_only_one(county)
        neighbour = sign_in("desk", NEIGHBOUR_COUNTY)
        assert "外出培训" not in neighbour.get("/delegations/").text
        assert neighbour.post(f"/delegations/{row_id}/revoke").status_code == 404

    def test_a_colleague_cannot_revoke(
        self, county: Session, desk: FlaskClient, sign_in: Callable[..., FlaskClient]
    ) -> None:
        colleague = sign_in("desk", COUNTY)
        desk.post("/delegations/", data=self.form(county, desk, colleague.person_id))
        row_id = the_only_one(county)
        answer = colleague.post(f"/delegations/{row_id}/revoke")
        assert answer.status_code == 403 and "只有委托人可以收回" in answer.text
        assert county.get_one(Delegation, row_id).revoked_at is None

    def test_a_township_desk_delegates_to_its_own_people_only(
        self, county: Session, sign_in: Callable[..., FlaskClient], desk: FlaskClient
    ) -> None:
        township = sign_in("desk", TOWNSHIP)
        answer = township.post("/delegations/", data=self.form(county, township, desk.person_id))
        assert answer.status_code == 400 and "不在本单位任职" in answer.text
