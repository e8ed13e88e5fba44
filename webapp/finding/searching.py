"""One question to all that a viewer may see: tasks by title, document number or number, units, people in post.

Each kind is shown in its own order (newest task first, units and posts by code), never by lamp, count or load (T-7).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import Session, joinedload

from webapp.access import Viewer, acting_as, below
from webapp.accountability.documents import as_numbered
from webapp.accountability.drill import task_by_number
from webapp.accountability.models import AccountabilityTask
from webapp.errors import NotFound
from webapp.org import listing
from webapp.org.codes import full
from webapp.org.models import Division, Posting
from webapp.permissions import ROLE_NAMES
from webapp.spreadsheets import Row

SHOWN = 10
"""Of each kind; the list behind it shows them all."""
SHORTEST, LONGEST = 2, 50


@dataclass(frozen=True)
class Found:
    """What was found of each kind, at most `SHOWN`, and whether there is more of it."""

    tasks: Sequence[AccountabilityTask] = ()
    more_tasks: bool = False
    units: Sequence[Division] = ()
    more_units: bool = False
    posts: Sequence[Posting] = ()
    more_posts: bool = False

    @property
    def nothing(self) -> bool:
        return not (self.tasks or self.units or self.posts)


def search(session: Session, viewer: Viewer, words: str, on: date) -> Found:
    """All that fits, each kind behind its own permission: nobody finds by search what no list shows."""
    tasks: list[AccountabilityTask] = []
    posts: list[Posting] = []
    if viewer.may("task.read"):
        with acting_as(session, viewer.through("task.read")):
            tasks = _tasks(session, words)
    units = list(session.scalars(_within(viewer, listing.divisions(words)).limit(SHOWN + 1)))
    if viewer.may("people.read"):
        with acting_as(session, viewer.through("people.read")):
            wanted = listing.Sought(unit_code="", words=words)
            posts = list(session.scalars(listing.postings(wanted, on).limit(SHOWN + 1)))
    return Found(
        tasks[:SHOWN],
        len(tasks) > SHOWN,
        units[:SHOWN],
        len(units) > SHOWN,
        posts[:SHOWN],
        len(posts) > SHOWN,
    )


def _tasks(session: Session, words: str) -> list[AccountabilityTask]:
    try:
        return [task_by_number(session, words)]
    except NotFound:
        pass  # no number; what follows looks into the words of tasks
    fitting = select(AccountabilityTask).where(
        AccountabilityTask.state != "drafted",
        or_(
            AccountabilityTask.title.icontains(words, autoescape=True),
            AccountabilityTask.document_no.icontains(as_numbered(words), autoescape=True),
        ),
    )
    newest = fitting.options(joinedload(AccountabilityTask.issuer)).order_by(AccountabilityTask.id.desc())
    return list(session.scalars(newest.limit(SHOWN + 1)))


def _within(viewer: Viewer, statement: Select[tuple[Division]]) -> Select[tuple[Division]]:
    """Divisions are open to everybody; a search means the viewer's own."""
    return statement.where(or_(false(), *(below(Division.code, prefix) for prefix in viewer.prefixes)))


HEADINGS = ("类别", "名称或姓名", "编号或代码", "文号", "单位", "岗位", "期限")


def table_rows(found: Found) -> Iterator[Row]:
    """What the page shows, for a spreadsheet; what is more of a kind stands in the file of its own list."""
    for task in found.tasks:
        yield "任务", task.title, task.number, task.document_no, task.issuer.name, None, task.due_on
    for unit in found.units:
        yield "单位", unit.name, full(unit.code), None, None, None, None
    for post in found.posts:
        yield "在任人员", post.person.name, full(post.unit_code), None, post.division.name, ROLE_NAMES[post.role], None
