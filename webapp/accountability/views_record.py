"""One assignment: its page, and the acts on it. Each act names the version that the page showed."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import kept_words, parts, queries, wording
from webapp.accountability.acts import Said, perform
from webapp.accountability.asked import FIELD_KINDS
from webapp.accountability.brought_out import answerable, asked_of_units, brought_out
from webapp.accountability.collected import collected
from webapp.accountability.deadlines import pending
from webapp.accountability.forms import ActForm, ExtensionForm, ProgressForm, ReasonForm, ReportForm
from webapp.accountability.models import STATES, Assignment
from webapp.accountability.offers import offers
from webapp.accountability.panels import panels
from webapp.accountability.rules import EVENT_LABELS, MOVES, OPEN, OVER, REASON_LIMIT, TEXT_LIMIT
from webapp.accountability.views_conflict import newer, typed
from webapp.accountability.views_kept import as_form, keep_words, refuse, stranded, take_files, take_tried
from webapp.accountability.views_pages import master_key, pages
from webapp.errors import Conflict, Faulty, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.codes import full, held

_FORMS: dict[str, type[ActForm]] = {"report": ReportForm, "progress": ProgressForm, "extend_ask": ExtensionForm}
SHOWN_PARTS = 10
"""Unfinished parts that are named where a split assignment cannot be reported yet."""
_DONE = {
    "acknowledge": "已签收。办完后请在本页反馈。",
    "start": "已开始办理。办完后请在本页反馈。",
    "progress": "已登记进展。",
    "report": "已反馈，等待{issuer}核验。核验前您可以收回修改。",
    "withdraw": "已收回反馈。请修改后重新反馈。",
    "return": "已退回{unit}补充，并已通知对方。",
    "verify": "已核实通过。确认无后续事项后请销号。",
    "close": "已销号，这项任务办结。",
    "recall": "已撤回，{unit}不需再办理，并已通知对方。",
    "exempt": "已免办，{unit}不再计入，并已通知对方。",
    "suspend": "已中止，期限暂停计算，并已通知对方。",
    "resume": "已恢复办理，并已通知对方。",
    "extend_ask": "已提出延期申请。答复前仍按原期限办理。",
    "extend_grant": "已同意延期，新的期限已通知对方。",
    "extend_refuse": "已答复不同意延期，并已通知对方。",
}


@pages.get("/tasks/assignments/<int:assignment_id>")
@requires("task.read")
def assignment(assignment_id: int) -> str:
    """The record: state and next act, facts, what happened."""
    return _page(assignment_id)


@pages.post("/tasks/assignments/<int:assignment_id>/<any(acknowledge,start,progress,report,withdraw,extend_ask):kind>")
@requires("task.answer")
def answer(assignment_id: int, kind: str) -> Response:
    """An act of the receiving unit."""
    return _act(assignment_id, kind)


@pages.post("/tasks/assignments/<int:assignment_id>/<any('return',verify,close):kind>")
@requires("task.verify")
def decide(assignment_id: int, kind: str) -> Response:
    """A decision of the issuing unit on a report."""
    return _act(assignment_id, kind)


@pages.post(
    "/tasks/assignments/<int:assignment_id>/<any(recall,exempt,suspend,resume,extend_grant,extend_refuse):kind>"
)
@requires("task.issue")
def steer(assignment_id: int, kind: str) -> Response:
    """An act of the issuing unit on the task itself."""
    return _act(assignment_id, kind)


def _act(assignment_id: int, kind: str) -> Response:
    form = _form(kind)
    try:
        take_files(assignment_id)
        db.session.commit()  # files stay, whatever becomes of the act
        if not form.validate():
            raise Faulty({name: errors[0] for name, errors in form.errors.items() if name})
        row = _made(assignment_id, kind, form, request.form.get("version", type=int))
    except (Refused, Conflict) as error:
        return refuse(assignment_id, kind, error)
    done = _DONE[kind].format(issuer=row.issuer.name, unit=row.unit.name)
    keep_words(assignment_id, kind, *("answer",) * (kind == "report"))
    db.session.commit()
    flash(done, "done")
    return redirect(url_for("accountability.assignment", assignment_id=assignment_id))


def _made(assignment_id: int, kind: str, form: ActForm, version: int | None) -> Assignment:
    if isinstance(form, ReportForm):
        mark = kept_words.ANSWER
        entered = {name.removeprefix(mark): text for name, text in request.form.items() if name.startswith(mark)}
        said = Said(
            form.text.data or "",
            document_no=form.document_no.data,
            document_on=form.document_on.data,
            evidence=form.evidence.data,
            minutes_taken=form.minutes_taken.data,
            answers=entered,
        )
    elif isinstance(form, ExtensionForm):
        said = Said(form.reason.data or "", wanted_due_on=form.wanted_due_on.data)
    else:
        words = form.reason.data if isinstance(form, ReasonForm) else ""
        holder = request.form.get("holder", "")
        said = Said(words or "", holder=held(holder) or holder)
    return perform(db.session(), kind, assignment_id, said, at=clock.now(), version=version)


def _form(kind: str, row: Assignment | None = None, kept: dict[str, str] | None = None) -> ActForm:
    """The form of an act; a report starts from what was reported before, each from what was kept of it."""
    known = {}
    if row is not None and kind == "report":
        known = {
            "text": row.report_text,
            "document_no": row.report_document_no,
            "document_on": row.report_document_on,
            "evidence": row.report_evidence,
        }
    formdata: dict[str, Any] = {} if row is None else {"formdata": as_form(row, kind, kept or {})}
    return _FORMS.get(kind, ReasonForm)(prefix=kind, data=known, **formdata)


def _page(assignment_id: int) -> str:
    record = queries.record(db.session(), assignment_id, clock.today())
    row = record.item.assignment
    tried, words = take_tried(assignment_id), kept_words.of(db.session(), master_key(), assignment_id)
    kept = {name: text for name, text in words.items() if not name.startswith(kept_words.REMARK)}
    unfinished = [part for part in record.parts if part.state not in OVER]
    offered = offers(row, g.viewer, len(unfinished))
    possible = {offer.move.kind for offer in offered if offer.barred is None}
    brought = brought_out(db.session(), row.task, [row.unit_code])[row.unit_code]
    forms = {kind: _form(kind, row, kept) for kind in possible | ({tried.kind} if tried else set())}
    if tried is not None:
        form = forms[tried.kind]
        for name in tried.faults.keys() & form.data.keys():
            form[name].errors = [tried.faults[name]]
    return render_template(
        "accountability/assignment.html",
        record=record,
        row=row,
        offers=offered,
        forms=forms,
        tried=tried,
        tried_label=MOVES[tried.kind].label if tried else None,
        newer=newer(row, tried.seen) if tried else [],
        typed=typed(forms[tried.kind]) if tried else [],
        possible=possible,
        kept=kept,
        kept_kinds={"report" if name.startswith("answer-") else name.partition("-")[0] for name in kept},
        stranded=[] if tried else stranded(row, kept, possible),
        extensions=queries.extension_lines(row),
        pending=pending(row) if row.state in OPEN else None,
        parts=record.parts,
        unfinished=unfinished,
        collected=collected(answerable(row.task), record.parts) if record.parts else [],
        fields=asked_of_units(row.task),
        brought=brought,
        holders=[part for part in record.parts if part.state in parts.BEING_DONE],
        wider=any(row.unit_code != prefix and row.unit_code.startswith(prefix) for prefix in g.viewer.prefixes),
        lit=queries.lamps_open(g.viewer, row),
        states=STATES,
        labels=EVENT_LABELS,
        shown_parts=SHOWN_PARTS,
        field_kinds=FIELD_KINDS,
        revisions=wording.shown(row.task),
        full=full,
        reason_limit=REASON_LIMIT,
        text_limit=TEXT_LIMIT,
        panels=[Markup(panel(row.id)) for panel in panels],  # noqa: S704 — made and escaped by templates
    )
