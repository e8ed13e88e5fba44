"""The blueprint of the feature and the page that its acts come back to."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import entries
from webapp.accountability import queries as tasks
from webapp.accountability.entries import Told
from webapp.accountability.models import STATES, Assignment
from webapp.accountability.views_pages import master_key
from webapp.extensions import db
from webapp.rectification import queries as issues
from webapp.rectification.models import STATES as ISSUE_STATES
from webapp.supervision import ladder, queries, reminding
from webapp.supervision.forms import StepForm
from webapp.supervision.models import STEPS
from webapp.supervision.rules import KIND_WORDS, next_steps
from webapp.supervision.subjects import ISSUE, TASK
from webapp.words import form_id_from

WITHDRAW = "withdraw"

pages = Blueprint("supervision", __name__)


def named(assignment_id: int | None, issue_id: int | None) -> tuple[str, int]:
    """What an address is about: the column by which its rows point to it, and its number."""
    return (TASK, assignment_id) if assignment_id is not None else (ISSUE, issue_id or 0)


def address(endpoint: str, column: str, row_id: int, **more: str) -> str:
    """Where a page or an act about it lies."""
    where: dict[str, Any] = {column: row_id, **more}
    return url_for(endpoint, **where)


def back_refused(column: str, row_id: int, told: Told) -> Response:
    """To the page of the item, with what was typed into one of its forms and why it was refused."""
    form = form_id_from(None)
    typed = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    db.session.rollback()
    entries.keep(db.session(), master_key(), form, typed, told, clock.now())
    db.session.commit()
    return redirect(address(".item", column, row_id, form=form), 303)


def item_page(column: str, row_id: int) -> str:
    """The record of one item; after a refusal with what was typed."""
    typed, told = _refused()
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
            kind: _form_of(kind, typed, told) if kind == told.step else StepForm(None, prefix=kind, decided_on=today)
            for kind in offered
        },
        tried=told.step,
        problem=told.problem,
        withdraw_reason=typed.get("reason", "") if told.step == WITHDRAW else "",
        may_remind=sender is not None,
        barred=reminding.barred(session, g.viewer, row, record.reminders, today),
        remind_path=address(".remind" if task else ".remind_of_issue", column, row_id),
        record_path=address("accountability.assignment" if task else "rectification.issue", column, row_id),
    )


def _refused() -> tuple[MultiDict[str, str], Told]:
    """What was typed into the form that the address names, and why it was refused; nothing where it names none."""
    entry = entries.entry_of(db.session(), master_key(), form_id_from(request.args.get("form")))
    step = entry.told.step if entry is not None else ""
    if entry is None or step not in (*STEPS, WITHDRAW):
        return MultiDict(), Told("")
    return MultiDict(entry.typed), entries.told_by(entry, step)


def _form_of(kind: str, typed: MultiDict[str, str], told: Told) -> StepForm:
    form = StepForm(typed, prefix=kind, meta={"csrf": False})
    form.validate()  # notes days that could not be read
    form.take(told.faults)
    return form


def _door(decider: str) -> str:
    """Which of the two routes a decider goes through: its permission is the route's guard."""
    return "secretary" if decider == "secretary" else "desk"
