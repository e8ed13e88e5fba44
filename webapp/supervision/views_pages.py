"""The blueprint of the feature and the page that its acts come back to."""

from flask import Blueprint, g, render_template

from webapp import clock
from webapp.accountability import queries as tasks
from webapp.accountability.models import STATES
from webapp.extensions import db
from webapp.supervision import ladder, queries, reminding
from webapp.supervision.forms import StepForm
from webapp.supervision.models import STEPS
from webapp.supervision.rules import KIND_WORDS, next_steps

pages = Blueprint("supervision", __name__)


def item_page(
    assignment_id: int, tried: str | None = None, form: StepForm | None = None, problem: str | None = None
) -> str:
    """The record of one item; after an error with what was typed."""
    session, today = db.session(), clock.today()
    record = queries.record(session, assignment_id, today)
    row = record.item.assignment
    unit = ladder.deciding_unit(session, row)
    who = ladder.deciders(session, today, unit)
    upright = ladder.standing(record.steps)
    offered = next_steps([step.kind for step in upright])
    sender = reminding.sender_unit(g.viewer, row)
    return render_template(
        "supervision/item.html",
        record=record,
        row=row,
        lit=tasks.lamps_open(g.viewer, row),
        states=STATES,
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
    )


def _door(decider: str) -> str:
    """Which of the two routes a decider goes through: its permission is the route's guard."""
    return "secretary" if decider == "secretary" else "desk"
