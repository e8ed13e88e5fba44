"""分解: a receiver chooses the units below that do a part, sees what the month already costs them, and hands it down."""

from dataclasses import dataclass
from datetime import date

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import entries, parts, queries
from webapp.accountability.costs import Cost, costs_of
from webapp.accountability.models import Assignment
from webapp.accountability.rules import EVENT_LABELS
from webapp.accountability.thresholds import thresholds
from webapp.accountability.views_conflict import newer
from webapp.accountability.views_pages import master_key, pages
from webapp.burden.queries import Asked, foreseen
from webapp.errors import Conflict, Forbidden, NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.queries import names
from webapp.words import form_id_from, typed_day

STEP = "split"


@dataclass(frozen=True)
class Choice:
    """A unit that may get a part: what it costs it, and what was typed for it."""

    cost: Cost
    others: tuple[Asked, ...]
    """What other levels have asked of it for the month."""
    has: bool
    """Whether it has the task already."""
    ticked: bool
    weight: str


@pages.get("/tasks/assignments/<int:assignment_id>/split")
@requires("task.issue")
def split_form(assignment_id: int) -> str:
    """The units directly below, with what this month already costs them; after a refusal with what was chosen."""
    return _page(_own(assignment_id))


@pages.post("/tasks/assignments/<int:assignment_id>/split")
@requires("task.issue")
def split(assignment_id: int) -> Response:
    """Hand parts down to the units that were ticked, to all or to none."""
    row, form = _own(assignment_id), form_id_from(request.form.get("form"))
    units = _chosen(row)
    try:
        parts.split(
            db.session(),
            assignment_id,
            units,
            weights=_weights(units),
            due_on=_due(),
            at=clock.now(),
            version=request.form.get("version", type=int),
        )
    except (Refused, Conflict, Forbidden) as error:
        db.session.rollback()
        typed = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
        entries.keep(db.session(), master_key(), form, typed, entries.refused_by(STEP, error), clock.now())
        db.session.commit()
        return redirect(url_for(".split_form", assignment_id=assignment_id, form=form), 303)
    number = row.task.number
    flash(
        f"已分解给 {len(units)} 个单位，并已送到各单位收件箱。全部办结后请反馈本单位的任务。",
        "done",
    )
    entries.forget(db.session(), form)
    db.session.commit()
    return redirect(url_for(".task", number=number, under=row.unit_code))


def _own(assignment_id: int) -> Assignment:
    """The assignment, of a unit from which the viewer hands tasks down."""
    found = queries.by_id(db.session(), [assignment_id])
    if not found:
        raise NotFound()
    if found[0].unit_code not in g.viewer.units_with("task.issue"):
        raise Forbidden("分解由承办单位办理，您现任岗位不能代办。")
    return found[0]


def _chosen(row: Assignment) -> list[str]:
    """The units that were ticked, or with 全选 all below that do not have the task yet."""
    if request.form.get("all") != "y":
        return request.form.getlist("unit")
    held = queries.units_of(db.session(), row.task_id, row.unit_code)
    below = queries.children(db.session(), row.unit_code, clock.today())
    return [unit.code for unit in below if unit.code not in held]


def _weights(units: list[str]) -> dict[str, int]:
    """Shares typed beside chosen units; empty ones count as 1. Raises `Refused` for what is no whole number."""
    found = {}
    for code in units:
        text = request.form.get(f"weight-{code}", "").strip()
        if text and not (text.isascii() and text.isdigit() and len(text) <= 3):
            raise Refused(f"权重“{text[:10]}”不正确。请填 1 至 100 的整数，或者不填。")
        if text:
            found[code] = int(text)
    return found


def _due() -> date | None:
    text = request.form.get("due_on", "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused("截止日期不正确。请按“2026-11-24”的样子填写。") from None


def _page(row: Assignment) -> str:
    form = form_id_from(request.args.get("form"))
    words, told = entries.at_step(db.session(), master_key(), form, STEP)
    typed = MultiDict(words)
    below = queries.children(db.session(), row.unit_code, clock.today())
    held = queries.units_of(db.session(), row.task_id, row.unit_code)
    limits = thresholds(db.session(), clock.today(), row.unit_code)
    task, ticked = row.task, set(typed.getlist("unit"))
    due_on = typed_day(typed.get("due_on")) or row.due_on
    asked = foreseen(db.session(), [unit.code for unit in below], due_on, asking=row.unit_code)
    costs = costs_of(
        db.session(),
        below,
        on=clock.today(),
        due_on=due_on,
        minutes=task.minutes,
        regular=task.regular,
        ceilings=limits.ceilings,
    )
    choices = []
    for cost in costs:
        code = cost.unit.code
        choice = Choice(cost, asked[code].others, code in held, code in ticked, typed.get(f"weight-{code}", ""))
        choices.append(choice)
    later = newer(row, typed.get("seen", type=int))
    return render_template(
        "accountability/split.html",
        row=row,
        choices=choices,
        newer=later,
        labels=EVENT_LABELS,
        names=names(db.session(), {event.actor_unit for event in later if event.actor_unit}),
        month=due_on,
        free=sum(not one.has for one in choices),
        all=typed.get("all") == "y",
        due_on=typed.get("due_on", row.due_on.isoformat()),
        ceilings=limits.ceilings,
        problem=told.problem,
        form=form,
    )
