"""The only way to a verified absence: no shorter path, nobody judges twice, the person speaks twice (X-3, Z-33)."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NEIGHBOUR_VILLAGE
from tests.presence import making
from tests.presence.making import People
from webapp.access import Viewer, acting_as
from webapp.errors import Conflict, DandangError, Forbidden, NotFound, Refused
from webapp.leave.halves import Span
from webapp.leave.models import LeaveRequest
from webapp.notices.models import InboxMessage
from webapp.presence import inspection_queries, inspections
from webapp.presence.inspection_rules import Standing, WrongStep, check_step, effect_words, next_state
from webapp.presence.models import Inspection

AFTERNOON = factories.at("2026-10-12 15:00")
LATER = factories.at("2026-10-12 17:00")


def find(session: Session, row: Inspection, viewer: Viewer, finding: str = "absent", **more):  # type: ignore[no-untyped-def]
    with acting_as(session, viewer):
        return inspections.find(
            session,
            row.id,
            **{"finding": finding, "inspected_at": AFTERNOON, "text": "村委会和住处均未见到", "at": LATER, **more},
        )


def opine(session: Session, row: Inspection, viewer: Viewer, at=LATER):  # type: ignore[no-untyped-def]
    with acting_as(session, viewer):
        return inspections.opine(session, row.id, opinion="absent", text="未请假", at=at)


def decide(session: Session, row: Inspection, viewer: Viewer, at=LATER, decision="verified"):  # type: ignore[no-untyped-def]
    with acting_as(session, viewer):
        return inspections.decide(session, row.id, decision=decision, text="情况属实", at=at)


def speak(session: Session, row: Inspection, viewer: Viewer, kind: str, at=LATER):  # type: ignore[no-untyped-def]
    with acting_as(session, viewer):
        return inspections.speak(session, row.id, kind=kind, text="当时在县里取药", at=at)


def verified(session: Session, some: People) -> Inspection:
    row = making.drawn(session, some)
    find(session, row, some.inspector)
    speak(session, row, some.person, "state")
    opine(session, row, some.township)
    speak(session, row, some.person, "reply")
    return decide(session, row, some.decider)


def test_a_whole_case_is_heard_told_and_decided(county: Session) -> None:
    some = making.people(county)
    row = verified(county, some)
    assert (row.state, row.outcome, row.decided_on) == ("closed", "verified", date(2026, 10, 12))
    assert [event.kind for event in row.events] == ["draw", "find", "state", "opine", "reply", "decide"]
    assert (row.first_on, row.first_half, row.last_half) == (date(2026, 10, 12), "pm", "pm")
    own = select(InboxMessage.body).where(InboxMessage.person_id == some.person.person_id).order_by(InboxMessage.id)
    told = county.scalars(own).all()
    assert "2026年10月15日" in told[0] and "2026年10月15日前申辩" in told[1] and "认定" in told[2]
    assert "不评为优秀" in inspection_queries.proposal(county, row) and "不自动生效" in inspection_queries.proposal(
        county, row
    )


def test_silence_ends_with_the_days_of_the_pack_and_not_before(county: Session) -> None:
    some = making.people(county)
    row = making.drawn(county, some)
    find(county, row, some.inspector)
    with pytest.raises(WrongStep, match="10月15日"):
        opine(county, row, some.township, factories.at("2026-10-15 23:59"))
    opine(county, row, some.township, factories.at("2026-10-16 00:00"))
    assert row.reply_by == date(2026, 10, 21)
    with pytest.raises(WrongStep, match="10月21日"):
        decide(county, row, some.decider, factories.at("2026-10-21 23:59"))
    speak(county, row, some.person, "reply", factories.at("2026-10-22 08:00"))
    assert decide(county, row, some.decider, factories.at("2026-10-22 09:00"), "not_verified").outcome == "not_verified"
    assert inspection_queries.proposal(county, row) == ""


@pytest.mark.parametrize("finding", ["present", "leave"])
def test_a_person_who_is_there_or_has_leave_ends_the_matter_at_once(county: Session, finding: str) -> None:
    some = making.people(county)
    row = making.drawn(county, some)
    find(county, row, some.inspector, finding, text="")
    assert (row.state, row.outcome, row.first_on) == ("closed", finding, None)


def test_inspector_inspected_opinion_and_decider_are_different_people(county: Session) -> None:
    some = making.people(county)
    row = making.drawn(county, some)
    with pytest.raises(Forbidden):
        find(county, row, some.decider)
    find(county, row, some.inspector)
    for viewer in (some.inspector, some.township):
        with pytest.raises(Forbidden):
            speak(county, row, viewer, "state")
    speak(county, row, some.person, "state")
    with pytest.raises(Forbidden):
        opine(county, row, some.decider)
    opine(county, row, some.township)
    speak(county, row, some.person, "reply")
    with pytest.raises(Refused, match="被抽查人"):
        decide(county, row, some.inspector)
    with pytest.raises(Forbidden):
        decide(county, row, some.township)
    promoted = factories.viewer(county, "desk", factories.COUNTY, some.person.person_id)
    with pytest.raises(Refused, match="被抽查人"):
        decide(county, row, promoted)
    assert decide(county, row, some.other_decider).outcome == "verified"


def test_a_finding_lies_within_plan_post_and_past(county: Session) -> None:
    some = making.people(county)
    row = making.drawn(county, some)
    for wrong in (
        {"inspected_at": None},
        {"inspected_at": LATER + timedelta(hours=1)},
        {"inspected_at": factories.at("2026-10-09 10:00")},
        {"span": Span.of(date(2026, 10, 12), "am", date(2026, 10, 12), "am")},
        {"span": Span.of(date(2026, 10, 12), "pm", date(2026, 10, 13), "am")},
        {"span": Span.of(date(2024, 12, 31), "pm", date(2026, 10, 12), "pm")},
        {"text": " "},
        {"finding": "late"},
    ):
        with pytest.raises(Refused):
            find(county, row, some.inspector, **wrong)
    span = Span.of(date(2026, 10, 10), "am", date(2026, 10, 12), "pm")
    find(county, row, some.inspector, span=span)
    assert row.first_on == date(2026, 10, 10) and row.first_half == "am"


def test_a_second_click_takes_no_second_step_and_a_stale_page_loses(county: Session) -> None:
    some = making.people(county)
    row = making.drawn(county, some)
    seen = row.version
    find(county, row, some.inspector, version=seen)
    find(county, row, some.inspector, version=seen)
    assert [event.kind for event in row.events] == ["draw", "find"]
    with pytest.raises(Conflict), acting_as(county, some.decider):
        inspections.cancel(county, row.id, text="已由他人", at=LATER, version=seen)


def test_a_neighbour_finds_nothing_and_a_draw_is_given_up_with_a_reason(county: Session) -> None:
    some = making.people(county)
    row = making.drawn(county, some)
    stranger = factories.viewer(county, "desk", factories.NEIGHBOUR_COUNTY)
    with pytest.raises(NotFound), acting_as(county, stranger):
        inspections.cancel(county, row.id, text="不去了", at=LATER)
    with acting_as(county, some.decider):
        with pytest.raises(Refused):
            inspections.cancel(county, row.id, text="", at=LATER)
        inspections.cancel(county, row.id, text="道路中断", at=LATER)
    assert (row.state, row.outcome) == ("closed", "void")


def test_the_county_takes_a_decision_back_and_both_stay_on_record(county: Session) -> None:
    some = making.people(county)
    row = verified(county, some)
    with acting_as(county, some.other_decider):
        inspections.revoke(county, row.id, text="补到请假手续", at=LATER)
    assert (row.outcome, row.events[-1].kind, row.decision_text) == ("revoked", "revoke", "情况属实")
    with pytest.raises(WrongStep), acting_as(county, some.other_decider):
        inspections.revoke(county, row.id, text="再撤一次", at=LATER)


@pytest.mark.parametrize("moved", [False, True])
def test_nobody_is_absent_while_leave_was_granted(county: Session, moved: bool) -> None:
    """Also where it was granted from the post before, in another county."""
    some = making.people(county)
    row = making.drawn(county, some)
    asked_from = (row.posting_id, row.unit_code)
    if moved:
        before = factories.posting(county, "team_member", NEIGHBOUR_VILLAGE, row.person_id)
        before.ends_on = date(2026, 9, 30)
        asked_from = (before.id, NEIGHBOUR_VILLAGE)
    find(county, row, some.inspector)
    speak(county, row, some.person, "state")
    opine(county, row, some.township)
    speak(county, row, some.person, "reply")
    county.add(
        LeaveRequest(
            form_id="late",
            posting_id=asked_from[0],
            person_id=row.person_id,
            unit_code=asked_from[1],
            kind="sick",
            first_day=date(2026, 10, 12),
            first_half="pm",
            last_day=date(2026, 10, 12),
            last_half="pm",
            urgent=True,
            state="approved",
            asked_at=LATER,
            changed_at=LATER,
        )  # fmt: skip
    )
    county.flush()
    with pytest.raises(Refused, match="已获准请假"):
        decide(county, row, some.decider)
    assert [one.what for one in inspection_queries.away(county, row)] == ["leave"]
    assert decide(county, row, some.decider, decision="justified").outcome == "justified"


def test_effects_are_those_of_the_pack_by_number() -> None:
    effects = ["not_excellent", "basically_competent", "incompetent"]
    assert [effect_words(effects, n)[-3:] for n in (1, 2, 3, 4)] == ["为优秀", "本称职", "不称职", "不称职"]


STEPS = ("find", "cancel", "state", "opine", "reply", "decide", "revoke")
DAY = date(2026, 10, 12)


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 4)), max_size=30))
def test_whatever_is_tried_no_shorter_path_leads_to_a_verified_absence(tries: list[tuple[str, int]]) -> None:
    """Every order of steps on moving days: a decision stands only behind finding, opinion, and both turns to speak."""
    on, now, taken = DAY, Standing("drawn"), []
    for kind, days in tries:
        on += timedelta(days=days)
        try:
            check_step(kind, now, on)
        except WrongStep:
            continue
        taken.append((kind, on))
        outcome = {"decide": "verified", "cancel": "void", "revoke": "revoked"}.get(kind, now.outcome)
        state_by = on + timedelta(days=3) if kind == "find" else now.state_by
        reply_by = on + timedelta(days=3) if kind == "opine" else now.reply_by
        now = Standing(next_state(kind, "absent"), outcome, state_by, reply_by)
    kinds, when = [kind for kind, _ in taken], dict(taken)
    assert len(kinds) == len(set(kinds))
    if "decide" in kinds:
        assert {"find", "opine"} < set(kinds) and kinds.index("find") < kinds.index("opine") < kinds.index("decide")
        assert "state" in kinds or (when["opine"] - when["find"]).days > 3
        assert "reply" in kinds or (when["decide"] - when["opine"]).days > 3
    else:
        assert now.outcome not in ("verified", "revoked")


def test_random_people_at_random_hours_make_no_absence_by_a_shorter_path(county: Session) -> None:
    """The same through the services, with every person trying every step."""
    some = making.people(county)
    calls = {
        "find": lambda row, at: inspections.find(
            county, row.id, finding="absent", inspected_at=AFTERNOON, text="未见到", at=at
        ),
        "cancel": lambda row, at: inspections.cancel(county, row.id, text="", at=at),
        "state": lambda row, at: inspections.speak(county, row.id, kind="state", text="说明", at=at),
        "opine": lambda row, at: inspections.opine(county, row.id, opinion="absent", text="意见", at=at),
        "reply": lambda row, at: inspections.speak(county, row.id, kind="reply", text="申辩", at=at),
        "decide": lambda row, at: inspections.decide(county, row.id, decision="verified", text="认定", at=at),
    }
    row = making.drawn(county, some)
    county.commit()

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(sorted(calls)), st.integers(0, 4), st.integers(0, 5)), max_size=25))
    def walk(tries: list[tuple[str, int, int]]) -> None:
        at, actors = LATER, {}
        try:
            for kind, who, days in tries:
                at += timedelta(days=days)
                try:
                    with acting_as(county, some.all()[who]):
                        calls[kind](row, at)
                except DandangError:
                    continue
                actors[kind] = some.all()[who].person_id
            if row.outcome == "verified":
                kinds = [event.kind for event in row.events]
                assert kinds.index("find") < kinds.index("opine") < kinds.index("decide")
                judges = [actors["find"], actors["opine"], actors["decide"], some.person.person_id]
                assert len(set(judges)) == len(judges)
        finally:
            county.rollback()

    walk()
