"""One issue: its page, and the acts on it. Each act names the version that the page showed."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability.forms import ActForm
from webapp.errors import Conflict, DandangError, Faulty, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.rectification import queries, second_looks, service
from webapp.rectification.forms import (
    DueForm,
    ReasonForm,
    RelapseForm,
    StartForm,
    WordsForm,
    request_form,
    return_form,
    take,
)
from webapp.rectification.models import CLASSES, RESULTS, SOURCES, STATES, Issue
from webapp.rectification.offers import offers
from webapp.rectification.panels import panels
from webapp.rectification.rules import EVENT_LABELS, MOVES, PROOF_LIMIT, REASON_LIMIT, TEXT_LIMIT
from webapp.rectification.views_pages import pages

_FORMS: dict[str, type[ActForm]] = {
    "start": StartForm,
    "progress": WordsForm,
    "held": WordsForm,
    "extend": DueForm,
    "relapse": RelapseForm,
}
_DONE = {
    "claim": "已认领。请写明整改措施，开始整改。",
    "start": "已开始整改。整改到位后请在本页申请销号。",
    "progress": "已登记进展。",
    "request": "已申请销号，等待{closer}核验。核验前您可以收回。",
    "withdraw": "已收回申请。整改到位后请重新申请。",
    "return": "已退回{unit}，并已通知对方。",
    "verify": "已核验通过。确认后请销号。",
    "close": "已销号。请在回头看期限内抽取回头看。",
    "held": "已登记回头看结果：巩固。",
    "relapse": "已按原编号重新打开，并已通知{unit}。",
    "extend": "期限已延长，并已通知{unit}。",
}


@pages.get("/rectification/<int:issue_id>")
@requires("task.read")
def issue(issue_id: int) -> str:
    """The record: state and next act, facts, what happened."""
    return _page(issue_id)


@pages.post("/rectification/<int:issue_id>/<any(claim,start,progress,request,withdraw):kind>")
@requires("task.answer")
def answer(issue_id: int, kind: str) -> Response | tuple[str, int]:
    """An act of the lead unit."""
    return _act(issue_id, kind)


@pages.post("/rectification/<int:issue_id>/<any('return',verify,close,held,relapse):kind>")
@requires("task.verify")
def decide(issue_id: int, kind: str) -> Response | tuple[str, int]:
    """A decision of the unit above."""
    return _act(issue_id, kind)


@pages.post("/rectification/<int:issue_id>/extend")
@requires("task.issue")
def extend(issue_id: int) -> Response | tuple[str, int]:
    """A later deadline, by the unit above."""
    return _act(issue_id, "extend")


def _act(issue_id: int, kind: str) -> Response | tuple[str, int]:
    form = _form(kind, queries.record(db.session(), issue_id, clock.today()).item.issue)
    try:
        if not form.validate():
            raise Faulty({name: str(errors[0]) for name, errors in form.errors.items() if name})
        row = _made(issue_id, kind, form, request.form.get("version", type=int))
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _page(issue_id, kind, form, error), error.status
    done = _DONE[kind].format(closer=row.closer.name, unit=row.unit.name)
    db.session.commit()
    flash(done, "done")
    return redirect(url_for(".issue", issue_id=issue_id))


def _made(issue_id: int, kind: str, form: Any, version: int | None) -> Issue:
    session = db.session()
    same: dict[str, Any] = {"at": clock.now(), "version": version}
    if kind == "claim":
        return service.claim(session, issue_id, **same)
    if kind == "start":
        return service.start(session, issue_id, measure=form.text.data or "", **same)
    if kind == "progress":
        return service.note_progress(session, issue_id, text=form.text.data or "", **same)
    if kind == "request":
        proofs = [field.data or "" for field in form.proofs()]
        return service.request_closure(session, issue_id, outcome=form.outcome.data or "", proofs=proofs, **same)
    if kind == "withdraw":
        return service.withdraw(session, issue_id, **same)
    if kind == "return":
        lacking, said = form.lacking.data or [], form.reason.data or ""
        return service.return_issue(session, issue_id, lacking=lacking, reason=said, **same)
    if kind == "verify":
        return service.verify(session, issue_id, note=form.reason.data, **same)
    if kind == "close":
        return service.close_out(session, issue_id, **same)
    if kind == "held":
        return second_looks.hold(session, issue_id, words=form.text.data or "", **same)
    if kind == "relapse":
        said = form.reason.data or ""
        return second_looks.relapse(session, issue_id, words=said, due_on=form.due_on.data, **same)
    return service.extend(session, issue_id, due_on=form.due_on.data, reason=form.reason.data or "", **same)


def _form(kind: str, row: Issue, *, fresh: bool = False) -> ActForm:
    """The form of an act; it starts from what was said before."""
    given: dict[str, Any] = {"prefix": kind}
    if fresh:
        given["formdata"] = None
    if kind == "request":
        known = {"outcome": row.outcome, **{f"proof_{n}": words for n, words in enumerate(row.proofs or [])}}
        return request_form(row.evidence, data=known, **given)
    if kind == "return":
        return return_form(row.evidence, **given)
    data = {"text": row.measure} if kind == "start" else {}
    return _FORMS.get(kind, ReasonForm)(data=data, **given)


def _kept(form: ActForm | None) -> list[tuple[str, str]]:
    """What was typed into a form that is not offered any more, so that nobody loses it."""
    typed = [] if form is None else [(field.label.text, "、".join(field.raw_data or [])) for field in form]
    return [(label, words) for label, words in typed if words.strip()]


def _page(
    issue_id: int, kind: str | None = None, form: ActForm | None = None, error: DandangError | None = None
) -> str:
    record = queries.record(db.session(), issue_id, clock.today())
    row = record.item.issue
    offered = offers(row, g.viewer, clock.today())
    forms = {offer.move.kind: _form(offer.move.kind, row, fresh=True) for offer in offered}
    if kind is not None and form is not None:
        forms[kind] = form
        if isinstance(error, Faulty):
            take(form, error.faults)
    return render_template(
        "rectification/issue.html",
        record=record,
        row=row,
        offers=offered,
        forms=forms,
        tried=kind,
        tried_label=MOVES[kind].label if kind else None,
        kept=_kept(form) if kind not in {offer.move.kind for offer in offered if offer.barred is None} else [],
        problem=error.sentence if error else None,
        lit=queries.lamps_open(g.viewer, row),
        states=STATES,
        sources=SOURCES,
        classes=CLASSES,
        results=RESULTS,
        labels=EVENT_LABELS,
        reason_limit=REASON_LIMIT,
        text_limit=TEXT_LIMIT,
        proof_limit=PROOF_LIMIT,
        panels=[Markup(panel(row.id)) for panel in panels],  # noqa: S704 — made and escaped by templates
    )
