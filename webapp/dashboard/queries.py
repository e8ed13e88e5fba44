"""What the home page lists: what the viewer must do, what others owe, what has changed. At most twelve statements."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import Viewer
from webapp.accountability import queries as tasks
from webapp.accountability.queries import Item
from webapp.notices.models import InboxMessage
from webapp.org.codes import full
from webapp.org.models import Division, Handover, Person, Posting
from webapp.policy.calendar import work_calendar

SHOWN = 10


@dataclass(frozen=True)
class HandoverDue:
    """A hand-over that is not done yet; `left` is in working days, negative when overdue."""

    unit: Division
    leaver: str
    due_on: date
    left: int


@dataclass(frozen=True)
class Todo:
    """One line of the list 需要您办理."""

    what: str
    path: str
    unit: str
    why: str
    due_on: date
    when: str
    """Where it stands against its deadline, in words."""
    lamp: str
    button: str


@dataclass(frozen=True)
class Home:
    """The three parts of the home page."""

    todo: list[Todo]
    owed: list[Item]
    changed: list[InboxMessage]


def home(session: Session, viewer: Viewer, on: date) -> Home:
    """What one viewer must do, in due order, and what waits for others. Raises nothing; may be empty."""
    lines = [_answer(item) for item in tasks.to_answer(session, viewer, on)]
    lines += [_verify(item) for item in tasks.to_verify(session, viewer, on)]
    lines += [_hand_over(one) for one in handovers_due(session, viewer, on)]
    lines.sort(key=lambda line: (line.due_on, line.what, line.path))
    return Home(lines, tasks.owed_to(session, viewer, on)[:SHOWN], unread(session))


def unread(session: Session) -> list[InboxMessage]:
    """The viewer's newest unread messages."""
    waiting = select(InboxMessage).where(InboxMessage.read_at.is_(None))
    return list(session.scalars(waiting.order_by(InboxMessage.created_at.desc(), InboxMessage.id.desc()).limit(SHOWN)))


def handovers_due(session: Session, viewer: Viewer, on: date) -> list[HandoverDue]:
    """Hand-overs not done yet in the units where the viewer arranges posts (Z-18)."""
    units = viewer.units_with("posting.write")
    if not units:
        return []
    waiting = (
        select(Handover, Division, Person.name)
        .join(Division, Division.code == Handover.unit_code)
        .join(Posting, Posting.id == Handover.leaver_posting_id)
        .join(Person, Person.id == Posting.person_id)
        .where(Handover.done_on.is_(None))
        .order_by(Handover.due_on, Handover.id)
        .limit(SHOWN)
    )
    calendar = work_calendar(session)
    return [
        HandoverDue(unit, name, row.due_on, calendar.workdays_between(on, row.due_on))
        for row, unit, name in session.execute(waiting).unique()
    ]


def _lamp(item: Item) -> str:
    if item.clock.lamp == "red":
        return "over"
    if item.clock.lamp == "amber":
        return "near"
    return "waiting" if item.assignment.state == "issued" else "doing"


def _answer(item: Item) -> Todo:
    row = item.assignment
    return Todo(
        what=row.task.title,
        path=f"/tasks/assignments/{row.id}",
        unit=f"{row.unit.name}承办",
        why=f"{row.task.issuer.name}下达，依据{row.task.basis}",
        due_on=row.due_on,
        when=item.clock.words,
        lamp=_lamp(item),
        button={"issued": "签收任务", "returned": "补充后反馈"}.get(row.state, "反馈结果"),
    )


def _verify(item: Item) -> Todo:
    row = item.assignment
    reported = row.state == "reported"
    return Todo(
        what=row.task.title,
        path=f"/tasks/assignments/{row.id}",
        unit=f"{row.unit.name}{'已反馈' if reported else '已核验'}",
        why="由下达单位核验" if reported else "核实通过，由下达单位销号",
        due_on=row.due_on,
        when=item.clock.words,
        lamp="over" if item.clock.lamp == "red" else "doing",
        button="核验结果" if reported else "办理销号",
    )


def _due_words(left: int) -> str:
    if left == 0:
        return "今天到期"
    return f"还有 {left} 个工作日" if left > 0 else f"逾期 {-left} 个工作日"


def _hand_over(one: HandoverDue) -> Todo:
    return Todo(
        what=f"{one.leaver}离任交接",
        path=f"/org/{full(one.unit.code)}",
        unit=one.unit.name,
        why="人员轮换后应当办理工作交接",
        due_on=one.due_on,
        when=_due_words(one.left),
        lamp="over" if one.left < 0 else "doing",
        button="办理交接",
    )
