"""Whatever people try in whatever order: no path leads around separation of duty, and events rebuild each state (T-1 … T-4)."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accountability.cast import Cast, cast
from tests.accountability.making import MORNING, issued
from tests.factories import COUNTY, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from webapp import clock
from webapp.access import acting_as
from webapp.accountability import bulk, orders, paper, parts, sampling
from webapp.accountability.acts import NAMES, Said, perform
from webapp.accountability.bulk import Picked
from webapp.accountability.models import Assignment
from webapp.accountability.parts import BEING_DONE
from webapp.accountability.replay import differing
from webapp.accountability.reply_template import Entry
from webapp.accountability.rules import ENTERED_FOR, MOVES, OPEN
from webapp.errors import DandangError
from webapp.policy import packs, service
from webapp.policy.calendar import work_calendar

PLACES = (TOWNSHIP, VILLAGE, SISTER_VILLAGE)
STEPS = 30
DECIDED = ("verify", "close", "return", "exempt", "suspend", "extend_grant")
USUAL = {
    "issued": "acknowledge",
    "acknowledged": "report",
    "in_progress": "report",
    "returned": "report",
    "reported": "verify",
    "verified": "close",
    "suspended": "resume",
}


class Moves(RuleBasedStateMachine):
    """One task of a county at a township and its villages; every rule is tried by anybody at any time."""

    def __init__(self, session: Session, played_by: Cast) -> None:
        super().__init__()
        self.session, self.cast, self.now = session, played_by, MORNING
        self.point = session.begin_nested()

    @initialize(split=st.sampled_from((True, True, False)), reported=st.booleans())
    def issue(self, split: bool, reported: bool) -> None:
        self.task = issued(self.session, self.cast.viewers[0], [TOWNSHIP])
        whole = self.row(TOWNSHIP)
        if split and whole is not None:
            assert self.attempt(2, lambda: perform(self.session, "acknowledge", whole.id, Said(), at=self.now))
            assert self.attempt(2, lambda: parts.split(self.session, whole.id, [VILLAGE, SISTER_VILLAGE], at=self.now))
            for place in (VILLAGE, SISTER_VILLAGE) if reported else ():
                self.do_what_is_due(0, place, 2)

    @rule(who=st.integers(0, 11), place=st.sampled_from(PLACES), kind=st.sampled_from(NAMES), holder=st.booleans())
    def move(self, who: int, place: str, kind: str, holder: bool) -> None:
        row = self.row(place)
        if row is None:
            return
        said = Said(
            "已按要求办理，台账已建。",
            wanted_due_on=date(2026, 12, 4),
            holder=VILLAGE if holder and kind == "return" and place == TOWNSHIP else "",
        )
        self.attempt(who, lambda: perform(self.session, kind, row.id, said, at=self.now))

    @rule(turn=st.integers(0, 5), place=st.sampled_from(PLACES), steps=st.integers(1, 4))
    def do_what_is_due(self, turn: int, place: str, steps: int) -> None:
        """The usual next steps by somebody who may, so that walks reach the end of the chain often enough."""
        for _ in range(steps):
            row = self.row(place)
            if row is None or row.state not in USUAL:
                return
            kind = USUAL[row.state]
            unit = row.unit_code if MOVES[kind].side == "receiver" else row.issuer_code
            able = [n for n, v in enumerate(self.cast.viewers) if unit in v.units_with(MOVES[kind].permission)]
            order = able[turn % len(able) :] + able[: turn % len(able)]
            act = partial(perform, self.session, kind, row.id, Said("已办理。"), at=self.now)
            if not any(self.attempt(who, act) for who in order):
                return

    @rule(turn=st.integers(0, 11), place=st.sampled_from(PLACES))
    def more_time(self, turn: int, place: str) -> None:
        """Somebody of the unit asks for a week; nobody who must not grants it, and whoever comes first in turn and may, does."""
        row = self.row(place)
        if row is None:
            return
        able = [n for n, viewer in enumerate(self.cast.viewers) if place in viewer.units_with("task.answer")]
        said = Said("道路中断", wanted_due_on=work_calendar(self.session).add_workdays(row.due_on, 5))
        if self.attempt(
            able[turn % len(able)], partial(perform, self.session, "extend_ask", row.id, said, at=self.now)
        ):
            self.decide_on_what_is_ones_own(place, "extend_grant")
            grant = partial(perform, self.session, "extend_grant", row.id, Said(), at=self.now)
            everybody = range(len(self.cast.viewers))
            granted = any(self.attempt((turn + who) % len(everybody), grant) for who in everybody)
            above = self.row(TOWNSHIP) if place != TOWNSHIP else None
            assert granted == (above is None or said.wanted_due_on <= above.due_on), "never past the unit above (T-3)"

    @rule(who=st.integers(0, 11), place=st.sampled_from(PLACES))
    def enter_from_paper(self, who: int, place: str) -> None:
        """Anybody enters a reply that a village gave on paper (X-10)."""
        row = self.row(place)
        if row is not None:
            typed = [Entry(2, place, "已按要求办理，纸质报来。", version=row.version)]
            self.attempt(who, lambda: paper.enter(self.session, self.task, [TOWNSHIP], typed, at=self.now))

    @rule(place=st.sampled_from(PLACES), kind=st.sampled_from(DECIDED))
    def decide_on_what_is_ones_own(self, place: str, kind: str) -> None:
        """Everybody who must not, from whichever post or for whomever: who reported, sits in the unit, or stands in for such."""
        row = self.row(place)
        if row is None:
            return
        own = {event.person_id for event in row.events if event.kind == "report"}
        own |= {person for person, units in self.cast.posts.items() if place in units}
        for who, viewer in enumerate(self.cast.viewers):
            givers = {grant.on_behalf_of for grant in viewer.grants} - {None}
            if viewer.person_id in own or givers & own:
                act = partial(perform, self.session, kind, row.id, Said("缺时限"), at=self.now)
                assert not self.attempt(who, act), viewer.name

    @rule(
        who=st.integers(0, 11) | st.none(),
        kind=st.sampled_from(("verify", "return")),
        unit=st.sampled_from((TOWNSHIP, TOWNSHIP, COUNTY)),
        then=st.sampled_from(("keep", "undo at once", "undo late", "somebody else undoes")),
    )
    def decide_many(self, who: int | None, kind: str, unit: str, then: str) -> None:
        """By anybody, or (None) by a delegate of the unit; then perhaps undone."""
        maker = {COUNTY: 10, TOWNSHIP: 3}[unit] if who is None else who
        rows = [row for row in self.rows() if row.issuer_code == unit and row.state in ("reported", "verified")]
        picked = [Picked(row.id, row.version) for row in rows]
        key = str(uuid4())
        decide = partial(
            bulk.decide, self.session, self.task.id, unit, picked, kind, key=key, reason="缺时限", at=self.now
        )
        if self.attempt(maker, decide) and then != "keep":
            self.now += timedelta(seconds=11 if then == "undo late" else 7)
            undone = self.attempt(
                1 if then == "somebody else undoes" else maker, partial(bulk.undo, self.session, key, at=self.now)
            )
            assert undone == (then == "undo at once" or (then == "somebody else undoes" and maker == 1))

    @rule(who=st.integers(0, 11), last=st.sampled_from((date(2026, 10, 16), date(2026, 10, 30))))
    def order(self, who: int, last: date) -> None:
        self.attempt(
            who,
            lambda: orders.make(
                self.session,
                orders.Wanted(
                    unit_code=COUNTY,
                    document_no=f"福政办发〔2026〕{last.day}号",
                    title="关于启动应急响应的通知",
                    units=[TOWNSHIP],
                    starts_on=date(2026, 10, 13),
                    ends_on=last,
                ),
                self.now,
            ),
        )

    @rule(who=st.integers(0, 11), unit=st.sampled_from((COUNTY, TOWNSHIP)))
    def draw(self, who: int, unit: str) -> None:
        self.attempt(who, lambda: sampling.draw(self.session, self.task.id, unit, self.now))

    @rule(seconds=st.sampled_from((1, 7, 86_400)))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def attempt(self, who: int, act: Callable[[], object]) -> bool:
        """Let somebody try; what is refused leaves nothing behind."""
        viewer = self.cast.viewers[who]
        point = self.session.begin_nested()
        try:
            with acting_as(self.session, viewer):
                act()
        except DandangError as error:
            point.rollback()
            note(f"{viewer.name}: {error.sentence}")
            return False
        point.commit()
        return True

    @invariant()
    def the_rules_hold(self) -> None:
        """All that must hold, on the rows as the database has them, read once."""
        rows = self.rows()
        self.events_rebuild_each_state(rows)
        self.each_event_follows_from_the_one_before(rows)
        self.nobody_decides_on_what_is_his_own(rows)
        self.nothing_verified_is_closed_without_somebody_elses_look(rows)
        self.what_is_reported_rests_on_parts_that_are_over(rows)

    def events_rebuild_each_state(self, rows: list[Assignment]) -> None:
        for row in rows:
            assert differing(row, row.events) == {}, row.unit_code

    def each_event_follows_from_the_one_before(self, rows: list[Assignment]) -> None:
        for row in rows:
            for before, after in pairwise(row.events):
                assert after.from_state == before.to_state
                assert after.kind not in MOVES or after.from_state in MOVES[after.kind].from_states
            assert row.events[-1].to_state == row.state

    def nobody_decides_on_what_is_his_own(self, rows: list[Assignment]) -> None:
        for row in rows:
            reporters: set[int] = set()
            for event in row.events:
                if event.kind == "report":
                    reporters.add(event.person_id)
                    entered = (event.data or {}).get(ENTERED_FOR) is not None
                    assert (TOWNSHIP if entered else row.unit_code) in self.cast.posts[event.person_id]
                    assert not entered or row.unit_code in (VILLAGE, SISTER_VILLAGE)
                if event.kind in (*DECIDED, "close_unsampled"):
                    for person in filter(None, (event.person_id, event.on_behalf_of_id)):
                        assert person not in reporters, event.kind
                        assert row.unit_code not in self.cast.posts[person], event.kind
                if event.kind in ("verify", "close"):
                    assert row.issuer_code in self.cast.may_decide[event.person_id]

    def nothing_verified_is_closed_without_somebody_elses_look(self, rows: list[Assignment]) -> None:
        for row in rows:
            if row.closed_as == "verified":
                kinds = [event.kind for event in row.events]
                assert "verify" in kinds[-kinds[::-1].index("report") :]
                assert row.verified_by_id not in {e.person_id for e in row.events if e.kind == "report"}
            if row.closed_as == "unsampled":
                assert row.verified_on is None and row.sampled is False

    def what_is_reported_rests_on_parts_that_are_over(self, rows: list[Assignment]) -> None:
        for row in rows:
            above = next((one for one in rows if one.id == row.parent_id), None)
            if above is not None and above.state in BEING_DONE:
                assert row.state not in (*OPEN, "reported", "verified"), (above.state, row.state)

    def rows(self) -> list[Assignment]:
        self.session.expire_all()
        task_id = self.task.id
        return list(self.session.scalars(select(Assignment).where(Assignment.task_id == task_id)))

    def row(self, place: str) -> Assignment | None:
        return next((row for row in self.rows() if row.unit_code == place), None)

    def teardown(self) -> None:
        self.session.expunge_all()
        self.point.rollback()


def draw_one_of_two(session: Session) -> None:
    """An overlay of the county under which a sample leaves somebody out, so that walks reach the undrawn as well."""
    national = packs.shipped()[-1]
    body = {**national.body, "slug": "fugong", "base": national.slug, "division": COUNTY}
    body["parameters"] = {"verify": {"sample_min": {**national.parameters["verify.sample_min"], "value": 1}}}
    session.info["policy.packs"] = [*service.known_packs(session), packs.from_body(body)]


@pytest.mark.one_database
def test_every_walk_keeps_the_rules(county: Session) -> None:
    played_by = cast(county)
    draw_one_of_two(county)
    county.commit()
    with clock.held_at(MORNING):
        run_state_machine_as_test(
            lambda: Moves(county, played_by),
            settings=settings(
                max_examples=16,
                stateful_step_count=STEPS,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
                database=None,
            ),
        )
