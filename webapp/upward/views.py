"""Upward requests: the lists of both sides, the form, and the record with its acts."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability.panels import above_lists
from webapp.accountability.thresholds import thresholds
from webapp.downloads import asked_format
from webapp.errors import Conflict, Faulty, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.queries import names
from webapp.org.views_files import send_headed
from webapp.paging import number_from, paged
from webapp.policy.calendar import work_calendar
from webapp.upward import on_board, queries, recalculation, service
from webapp.upward.forms import RequestForm
from webapp.upward.models import KINDS, OUTCOMES, STATES
from webapp.upward.queries import Sought
from webapp.upward.rules import DOCUMENT_LIMIT, LIMITS, REASON_LIMIT
from webapp.upward.tables import HEADINGS, rows_of
from webapp.words import form_id_from

__all__ = ["on_board", "pages", "recalculation"]

pages = Blueprint("upward", __name__)
VIEWS = {"answer": "请本单位答复的", "own": "本单位提出的", "all": "辖区内全部"}
_PERMISSION = {"answer": service.ANSWER, "own": service.ASK}


@pages.get("/requests/")
@requires("request.read")
def listing() -> Response | str:
    """What the own desks owe an answer to, what own units asked, or all in scope."""
    wanted = _sought()
    statement = queries.sought(wanted)
    if asked_format():
        return _file(wanted)
    page = paged(db.session(), statement, number_from(request.args.get("page")))
    return render_template(
        "upward/listing.html",
        page=page,
        items=queries.items(db.session(), page.rows, clock.today()),
        lamps={row.id for row in page.rows if queries.lamps_open(g.viewer, row)},
        wanted=wanted,
        views=[(name, VIEWS[name]) for name in _offered()],
        kinds=KINDS,
        states=STATES,
        outcomes=OUTCOMES,
        filtered=any(request.args.get(name) for name in ("state", "kind", "q")),
    )


@pages.get("/requests/new")
@requires("request.ask")
def new() -> str:
    """The form; the nearest unit above and the first day that leaves it the shortest answer time are filled in."""
    form = RequestForm(formdata=None)
    form.form_id.data = form_id_from(form.form_id.data)
    own = g.viewer.units_with(service.ASK)
    form.unit.data = request.args.get("unit") if request.args.get("unit") in own else own[0]
    form.kind.data = "coordination"
    form.due_on.data = _first_day(form.unit.data).isoformat()
    return _form(form)


@pages.post("/requests/new")
@requires("request.ask")
def create() -> Any:
    """Ask; the same form sent twice asks once."""
    form = RequestForm()
    form.form_id.data = form_id_from(form.form_id.data)
    try:
        row = service.ask(db.session(), form.form_id.data, form.asking(), at=clock.now())
    except Faulty as error:
        db.session.rollback()
        form.tell(error.faults)
        return _form(form), error.status
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _form(form, error.sentence), error.status
    flash(f"已提交{row.asked.name}，对方经办人已收到提示。答复后收件箱会通知您。", "done")
    db.session.commit()
    return redirect(url_for(".show", request_id=row.id), 303)


@pages.get("/requests/<int:request_id>")
@requires("request.read")
def show(request_id: int) -> str:
    """One request: what is asked, what happened, and what the viewer can do."""
    return _record(request_id)


@pages.post("/requests/<int:request_id>/<any(acknowledge,answer,pass):kind>")
@requires("request.answer")
def act(request_id: int, kind: str) -> Any:
    """An act of the unit that was asked."""
    typed, version, now = request.form, request.form.get("version", type=int), clock.now()
    try:
        if kind == "acknowledge":
            service.acknowledge(db.session(), request_id, at=now, version=version)
        elif kind == "answer":
            service.answer(
                db.session(),
                request_id,
                outcome=typed.get("outcome", ""),
                text=typed.get("text", ""),
                document_no=typed.get("document_no", ""),
                at=now,
                version=version,
            )
        else:
            service.pass_on(
                db.session(),
                request_id,
                to_code=typed.get("to", ""),
                reason=typed.get("text", ""),
                at=now,
                version=version,
            )
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _record(request_id, error.sentence, kind), error.status
    flash(f"已办理：{service.LABELS[kind]}。请示单位会收到提示。", "done")
    db.session.commit()
    return redirect(url_for(".show", request_id=request_id), 303)


@pages.post("/requests/<int:request_id>/withdraw")
@requires("request.ask")
def withdraw(request_id: int) -> Any:
    """The asking unit takes its request back."""
    version = request.form.get("version", type=int)
    try:
        service.withdraw(db.session(), request_id, reason=request.form.get("text", ""), at=clock.now(), version=version)
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _record(request_id, error.sentence, "withdraw"), error.status
    flash("已撤回，被请示单位会收到提示。", "done")
    db.session.commit()
    return redirect(url_for(".show", request_id=request_id), 303)


def list_head() -> str:
    """On the list of tasks: the way to the requests that stand beside the unit's own demands."""
    if not g.viewer.may("request.read"):
        return ""
    return render_template("upward/list_head.html", answers=g.viewer.may(service.ANSWER))


above_lists.append(list_head)


def _file(wanted: Sought) -> Response:
    """The rows of the list with issuer and end date (X-20), read piece by piece; the export itself is audited."""
    session, today = db.session(), clock.today()
    number = session.scalar(select(func.count()).select_from(queries.sought(wanted).order_by(None).subquery()))
    rows = rows_of(queries.exported(session, wanted, today))
    title, audited = f"请示事项（{VIEWS[wanted.view]}）", ("upward.export", "list", wanted.view)
    return send_headed(title, HEADINGS, rows, audited, number or 0, name=f"请示事项-{today:%Y%m%d}")


def _offered() -> list[str]:
    return [name for name in VIEWS if name == "all" or g.viewer.units_with(_PERMISSION[name])]


def _sought() -> Sought:
    offered, typed = _offered(), request.args
    view = typed.get("view", "")
    view = view if view in offered else offered[0]
    state = typed.get("state", "")
    return Sought(
        view=view,
        units=g.viewer.units_with(_PERMISSION[view]) if view in _PERMISSION else (),
        state="" if state == "every" else state if state in STATES else "open",
        kind=typed.get("kind", ""),
        words=typed.get("q", "").replace("\x00", "").strip()[:50],
        sort=typed["sort"] if typed.get("sort") in queries.SORTS else "due",
    )


def _first_day(unit_code: str) -> Any:
    today = clock.today()
    shortest = thresholds(db.session(), today, unit_code).min_answer_workdays
    return work_calendar(db.session()).add_workdays(today, shortest)


def _form(form: RequestForm, problem: str | None = None) -> str:
    own = names(db.session(), g.viewer.units_with(service.ASK))
    form.unit.choices = list(own.items())
    unit = form.unit.data if form.unit.data in own else next(iter(own))
    form.asked.choices = [(one.code, one.name) for one in queries.units_above(db.session(), unit)]
    return render_template(
        "upward/new.html",
        form=form,
        unit=unit,
        units=own,
        problem=problem,
        limits=LIMITS,
        first_day=_first_day(unit),
    )


def _record(request_id: int, problem: str | None = None, tried: str | None = None) -> str:
    row = queries.one(db.session(), request_id)
    answers = service.may_answer(g.viewer, row)
    codes = {event.actor_unit for event in row.events} | {event.asked_code for event in row.events}
    return render_template(
        "upward/show.html",
        item=queries.items(db.session(), [row], clock.today())[0],
        row=row,
        lit=queries.lamps_open(g.viewer, row),
        kinds=KINDS,
        states=STATES,
        outcomes=OUTCOMES,
        labels=service.LABELS,
        named=names(db.session(), codes),
        answers=answers,
        withdraws=service.may_withdraw(g.viewer, row),
        above=queries.units_above(db.session(), row.asked_code) if answers else [],
        problem=problem,
        tried=tried,
        longest=REASON_LIMIT,
        document_limit=DOCUMENT_LIMIT,
    )
