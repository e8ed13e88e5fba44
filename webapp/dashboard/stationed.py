"""Those who are stationed, on the home page: hand-overs (Z-18), recalls (Z-35) and support (Z-12)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from webapp.access import Viewer
from webapp.accountability.models import Assignment
from webapp.clock import day_of
from webapp.dashboard.lines import Todo, due_words
from webapp.handover import answering
from webapp.handover import queries as handover
from webapp.org.codes import level
from webapp.org.models import Handover
from webapp.org.occupancy import VILLAGE
from webapp.policy.service import parameter
from webapp.policy.workdays import WorkCalendar
from webapp.support import queries as support
from webapp.support.models import KINDS
from webapp.support.tables import owner_words
from webapp.teams import recalls
from webapp.teams.models import RECALL_STATES

SENDS = "sending.read"


def handovers_to_arrange(session: Session, viewer: Viewer, on: date, calendar: WorkCalendar, limit: int) -> list[Todo]:
    """Hand-overs not done yet, for those who arrange posts there (Z-18)."""
    return [
        _handover(row, on, calendar, f"{row.leaver.person.name}离任交接", "办理交接")
        for row in handover.to_arrange(session, viewer, limit)
    ]


def to_recall(session: Session, viewer: Viewer, limit: int) -> list[Todo]:
    """Recalls of stationed people whose next step is the viewer's (Z-35)."""
    return [
        Todo(
            what=f"召回{row.person_name}",
            path=f"/teams/{'recalls' if row.state == 'proposed' else 'sent-recalls'}/{row.id}",
            unit=f"{row.unit.name}驻村人员",
            why=recalls.WHOSE[row.state],
            due_on=day_of(row.changed_at),
            when=RECALL_STATES[row.state],
            lamp="doing",
            button=recalls.NEXT[row.state],
            dated=False,
        )
        for row in recalls.to_act(session, viewer, limit)
    ]


def support_to_record(session: Session, viewer: Viewer, on: date, calendar: WorkCalendar) -> list[Todo]:
    """What a sending unit owes to those it has sent, as soon as it is near due: a line a kind (Z-12). The county is
    asked by its own yearly check."""
    if not viewer.may(SENDS):
        return []
    near = calendar.add_workdays(on, int(parameter(session, "task.near_due_workdays", on=on)))
    return [
        Todo(
            what=f"落实并登记{KINDS[one.kind]}",
            path=f"/support/?year={one.year}&kind={one.kind}",
            unit=f"{one.people} 名驻村人员",
            why=f"{one.year}年度驻村保障",
            due_on=one.due_on,
            when=due_words(one.due_on, on, calendar),
            lamp="over" if one.due_on < on else "near",
            button="一次登记",
        )
        for one in support.to_record(session, viewer, near)
    ]


def support_owed(session: Session, viewer: Viewer, on: date, calendar: WorkCalendar) -> list[Todo]:
    """What others owe the viewer and have not done in time: facts, never something for the viewer to do (Z-12)."""
    if not viewer.team_villages:
        return []
    return [
        Todo(
            what=f"{KINDS[row.kind]}（{row.year}年）",
            path="/support/mine",
            unit=f"由{owner_words(row)}落实",
            why="",
            due_on=row.due_on,
            when=due_words(row.due_on, on, calendar),
            lamp="over",
        )
        for row in support.overdue_for(session, viewer, on)
        if row.due_on is not None
    ]


def due_before(session: Session, viewer: Viewer, rows: Sequence[Assignment], on: date) -> set[int]:
    """Which of the viewer's open tasks fell due before the viewer had come and taken them over (T-8, Z-18). Asked for
    villages, where a post is one person's; a desk is many hands."""
    late = [row for row in rows if row.due_on < on and level(row.unit_code) == VILLAGE]
    posts = answering.posts_for(session, viewer.person_id, late, on)
    return {number for number, post in posts.items() if post is None}


def own_handovers(session: Session, viewer: Viewer, on: date, calendar: WorkCalendar, limit: int) -> list[Todo]:
    """Lists that the viewer has to hand in on leaving, and sheets to accept after arriving (Z-18)."""
    if not viewer.team_villages:
        return []
    return [
        _handover(row, on, calendar, "提交交接清单", "填写清单")
        if row.leaver.person_id == viewer.person_id
        else _handover(row, on, calendar, f"接收{row.leaver.person.name}移交的事项", "逐项接收")
        for row in handover.waiting_for(session, viewer, limit)
    ]


def _handover(row: Handover, on: date, calendar: WorkCalendar, what: str, button: str) -> Todo:
    return Todo(
        what=what,
        path=f"/handover/{row.id}",
        unit=row.division.name,
        why="人员轮换后应当办理工作交接",
        due_on=row.due_on,
        when=due_words(row.due_on, on, calendar),
        lamp="over" if row.due_on < on else "doing",
        button=button,
    )
