"""The blueprint of the feature and the page that its acts come back to."""

from typing import Any

from flask import Blueprint, g, render_template, url_for

from webapp import clock
from webapp.accountability import queries as tasks
from webapp.accountability.models import STATES, Assignment
from webapp.extensions import db
from webapp.rectification import queries as issues
from webapp.rectification.models import STATES as ISSUE_STATES
from webapp.supervision import ladder, queries, reminding
from webapp.supervision.forms import StepForm
from webapp.supervision.models import STEPS
from webapp.supervision.rules import KIND_WORDS, next_steps
from webapp.supervision.subjects import ISSUE, TASK

pages = Blueprint("supervision", __name__)


def named(assignment_id: int | None, issue_id: int | None) -> tuple[str, int]:
    """What an address is about: the column by which its rows point to it, and its number."""
    return (TASK, assignment_id) if assignment_id is not None else (ISSUE, issue_id or 0)


def address(endpoint: str, column: str, row_id: int) -> str:
    """Where a page or an act about it lies."""
    where: dict[str, Any] = {column: row_id}
    return url_for(endpoint, **where)


def item_page(
    column: str, row_id: int, tried: str | None = None, form: StepForm | None = None, problem: str | None = None
) -> str:
    """The record of one item; after an error with what was typed."""
    session, today = db.session(), clock.today()
    record = queries.record(session, row_id, today, column)
    row, unit = record.subject.row, record.subject.deciding_code
    who = ladder.deciders(session, today, unit)
    upright = ladder.standing(record.steps)
    offered = next_steps([step.kind for step in upright])
    sender = reminding.sender_unit(g.viewer, row)
    task = isinstance(row, Assignment)
    return render_template(
        "supervision/item.html",
        record=record,
        row=row,
        where={column: row_id},
        lit=tasks.lamps_open(g.viewer, row) if isinstance(row, Assignment) else issues.lamps_open(g.viewer, row),
        states=STATES if task else ISSUE_STATES,
        step_names=STEPS,
        kinds=KIND_WORDS,
        unit=unit,
        offered=[(kind, _door(who[kind]), ladder.may_decide(g.viewer, unit, who[kind])) for kind in offered],
        decider_words={kind: ladder.DECIDER_WORDS[word] for kind, word in who.items()},
        withdrawable=upright[-1] if upright and ladder.may_decide(g.viewer, unit, who[upright[-1].kind]) else None,
        withdraw_door=_door(who[upright[-1].kind]) if upright else "",
        forms={
            kind: form if form is not None and kind == tried else StepForm(formdata=None, prefix=kind, decided_on=today)
            for kind in offered
        },
        tried=tried,
        problem=problem,
        may_remind=sender is not None,
        barred=reminding.barred(session, g.viewer, row, record.reminders, today),
        remind_path=address(".remind" if task else ".remind_of_issue", column, row_id),
        record_path=address("accountability.assignment" if task else "rectification.issue", column, row_id),
    )


def _door(decider: str) -> str:
    """Which of the two routes a decider goes through: its permission is the route's guard."""
    return "secretary" if decider == "secretary" else "desk"
