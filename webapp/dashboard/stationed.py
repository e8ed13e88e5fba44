"""Those who are stationed, on the home page: hand-overs (Z-18) and recalls (Z-35) that wait for the viewer."""

from datetime import date

from sqlalchemy.orm import Session

from webapp.access import Viewer
from webapp.clock import day_of
from webapp.dashboard.lines import Todo, due_words
from webapp.handover import queries as handover
from webapp.org.models import Handover
from webapp.policy.workdays import WorkCalendar
from webapp.teams import recalls
from webapp.teams.models import RECALL_STATES


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
