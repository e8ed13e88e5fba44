"""Pages of the month sheets: the list, one sheet with its form, its versions, and replies on paper."""

import uuid
from dataclasses import dataclass, field

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import queries as tasks
from webapp.accountability.models import STATES, Assignment
from webapp.accountability.panels import panels
from webapp.accountability.rules import OPEN
from webapp.downloads import asked_format, note_export, send_table
from webapp.errors import DandangError, Faulty, NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.codes import full, held
from webapp.paging import number_from, paged
from webapp.sheets import export, forms, months, queries, service
from webapp.sheets.held import held_for, prefill_of
from webapp.sheets.models import MonthSheet
from webapp.sheets.panels import line_hints, sheet_panels
from webapp.sheets.rules import LINE_LIMIT, REASON_LIMIT, TEMPLATE, Answer, closed_because, is_month

__all__ = ["months", "pages"]

pages = Blueprint("sheets", __name__)
VILLAGE_LENGTH = 12


@dataclass
class Filled:
    """What the form shows: answers by line, the other fields, and what is wrong with them."""

    answers: dict[int, Answer]
    reason: str = ""
    paper_on: str = ""
    minutes: str = ""
    request_id: str = ""
    faults: dict[str, str] = field(default_factory=dict)
    sentence: str | None = None


@pages.get("/sheets/")
@requires("task.read")
def listing() -> Response | tuple[str, int]:
    """A month of the villages in scope, in code order; for a village its own sheets, the newest first."""
    own = g.viewer.prefixes
    only_villages = bool(own) and all(len(code) == VILLAGE_LENGTH for code in own)
    month, problem = _month(), None
    wanted, status = request.args.get("month", ""), request.args.get("status", "")
    if wanted and not is_month(wanted):
        problem = f"月份“{wanted[:10]}”不正确，已显示最近的一个月。请按“2026-11”的样子填写。"
    status = status if status in queries.SENT else ""
    code = 200
    if asked_format() and month:
        try:
            return _file(month, status)
        except Refused as refused:
            problem, code = refused.sentence, refused.status
    statement = queries.of_villages(own) if only_villages else queries.listed(month, status)
    page = paged(db.session(), statement, number_from(request.args.get("page")))
    items = tasks.items(db.session(), [sheet.assignment for sheet in page.rows], clock.today())
    before, after = ("", "") if only_villages else queries.months_around(db.session(), month)
    answer = render_template(
        "sheets/listing.html",
        page=page,
        lamps={item.assignment.id for item in items if tasks.lamps_open(g.viewer, item.assignment)},
        items={item.assignment.id: item for item in items},
        month=month,
        before=before,
        after=after,
        status=status,
        statuses=queries.SENT,
        problem=problem,
        only_villages=only_villages,
        states=STATES,
        full=full,
    )
    return answer, code


@pages.get("/sheets/<code>/<month>")
@requires("task.read")
def sheet(code: str, month: str) -> str:
    """One sheet: to be filled in by the village, read by everybody above."""
    found = _sheet(code, month)
    return _page(found, _prefilled(found))


@pages.post("/sheets/<code>/<month>")
@requires("task.answer")
def send(code: str, month: str) -> Response | tuple[str, int]:
    """Send the sheet, or correct it."""
    return _send(code, month, paper=False)


@pages.get("/sheets/<code>/<month>/paper")
@requires("sheet.paper")
def paper(code: str, month: str) -> str:
    """The same form for a reply that came on paper (X-10)."""
    found = _sheet(code, month)
    return _page(found, _prefilled(found), paper=True)


@pages.post("/sheets/<code>/<month>/paper")
@requires("sheet.paper")
def send_paper(code: str, month: str) -> Response | tuple[str, int]:
    """Enter a reply on paper; it is marked so."""
    return _send(code, month, paper=True)


@pages.get("/sheets/<code>/<month>/versions/<int:number>")
@requires("task.read")
def version(code: str, month: str, number: int) -> str:
    """An earlier version as it was sent."""
    found = _sheet(code, month)
    row = queries.version_of(db.session(), found, number)
    return render_template("sheets/version.html", sheet=found, version=row, answers=queries.answers_of(row), full=full)


def _send(code: str, month: str, *, paper: bool) -> Response | tuple[str, int]:
    found = _sheet(code, month)
    sent = forms.sent(request.form, [line.id for line in found.lines])
    try:
        service.send(
            db.session(),
            found.unit_code,
            month,
            sent.answers,
            request_id=sent.request_id,
            seen=sent.seen,
            at=clock.now(),
            paper=paper,
            paper_on=sent.paper_on,
            reason=sent.reason,
            minutes_taken=sent.minutes_taken,
            unread=sent.unread,
        )
    except DandangError as error:
        db.session.rollback()
        found = _sheet(code, month)
        filled = Filled(sent.answers, sent.reason, sent.paper_on_text, sent.minutes_text, sent.request_id)
        if isinstance(error, Faulty):
            filled.faults = error.faults
        else:
            filled.sentence = error.sentence
            # What was typed is kept; who sends it again has seen the version that came between.
            filled.request_id = str(uuid.uuid4())
        return _page(found, filled, paper=paper), error.status
    flash("纸质回复已录入月报单。" if paper else "月报单已提交。", "done")
    db.session.commit()
    return redirect(url_for(".sheet", code=code, month=month), 303)


def _page(found: MonthSheet, filled: Filled, *, paper: bool = False) -> str:
    row = found.assignment
    unit = row.issuer_code if paper else row.unit_code
    may = unit in g.viewer.units_with(service.PAPER if paper else "task.answer")
    why = closed_because(row.state, row.sampled is not None, found.current > 0)
    versions = sorted(found.versions, key=lambda one: -one.number)
    present = queries.version_of(db.session(), found, found.current) if found.current else None
    return render_template(
        "sheets/sheet.html",
        sheet=found,
        item=tasks.items(db.session(), [row], clock.today())[0],
        lit=tasks.lamps_open(g.viewer, row),
        state=STATES[row.state],
        filled=filled,
        paper=paper,
        form=may and why is None and (paper or row.state in OPEN or "correct" in request.args or filled_again(filled)),
        may=may,
        why=why,
        correcting=row.state == "reported",
        may_paper=not paper and why is None and row.issuer_code in g.viewer.units_with(service.PAPER),
        may_verify=not paper
        and row.state in ("reported", "verified")
        and row.issuer_code in g.viewer.units_with("task.verify"),
        held=held_for(db.session(), found),
        present=queries.answers_of(present),
        versions=versions,
        panels=[Markup(made) for panel in sheet_panels if (made := panel(found.lines))],  # noqa: S704 — made by templates
        hints=line_hints,
        line_limit=LINE_LIMIT,
        reason_limit=REASON_LIMIT,
        full=full,
    )


def filled_again(filled: Filled) -> bool:
    """Whether the form comes back with something wrong."""
    return bool(filled.faults or filled.sentence)


def _prefilled(found: MonthSheet) -> Filled:
    """What is held stands in the form: the present version, or else what is known of the period, or was written last."""
    if found.current:
        present = queries.answers_of(queries.version_of(db.session(), found, found.current))
        answers = {
            line.id: Answer(present[line.id].no_change, present[line.id].text or "")
            for line in found.lines
            if line.id in present
        }
    else:
        answers = {line_id: Answer(False, text) for line_id, text in prefill_of(db.session(), found).items()}
    return Filled(answers, paper_on=clock.today().isoformat(), request_id=str(uuid.uuid4()))


def _sheet(code: str, month: str) -> MonthSheet:
    if not is_month(month):
        raise NotFound()
    return queries.sheet_of(db.session(), held(code), month)


def _month() -> str:
    wanted = request.args.get("month", "")
    today = clock.today()
    return wanted if is_month(wanted) else queries.latest_month(db.session(), f"{today:%Y-%m}")


def _file(month: str, status: str) -> Response:
    """The answers of a month as a table, villages in code order, without lamps (T-7)."""
    session = db.session()
    note_export("sheet.export", "list", month, g.viewer, {"rows": export.counted(session, month, status)})
    rows = export.table(session, month, status, g.viewer, clock.today())
    return send_table(rows, f"村级月报单-{month}", asked_format())


def sheet_panel(assignment_id: int) -> str:
    """On the page of a sheet's assignment: its lines and the way to the sheet."""
    row = db.session.get_one(Assignment, assignment_id)  # the page has just read it
    if row.task.template_code != TEMPLATE:
        return ""
    found = queries.by_assignment(db.session(), [assignment_id]).get(assignment_id)
    if found is None:
        return ""
    return render_template("sheets/panel.html", sheet=found, full=full)


panels.append(sheet_panel)
