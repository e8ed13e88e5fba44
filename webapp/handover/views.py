"""Pages of hand-overs: the list, one sheet, its rows, handing it in, accepting it line by line (Z-18)."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.downloads import asked_format
from webapp.errors import AlreadySent, DandangError, Faulty
from webapp.extensions import db
from webapp.guards import requires
from webapp.handover import people, queries, service
from webapp.handover.forms import LineForm, PaperForm
from webapp.handover.models import STATES
from webapp.handover.sources import kind_name
from webapp.handover.tables import LINE_HEADINGS, LIST_HEADINGS, line_rows, list_rows
from webapp.org.forms import day_from, number_or_none
from webapp.org.models import Handover
from webapp.org.service import finish_handover
from webapp.org.views_files import send_headed
from webapp.paging import number_from, paged
from webapp.spreadsheets import Row
from webapp.words import clean, form_id_from

pages = Blueprint("handover", __name__)


@pages.get("/handover/")
@requires("handover.read")
def listing() -> str | Response:
    """Hand-overs in scope in code order; those not done first asked for."""
    view = request.args.get("view", "open")
    view = view if view in queries.VIEWS else "open"
    statement = queries.listed(view)
    if asked_format():
        rows = people.with_people(db.session(), list(db.session().scalars(statement)))
        return _file("工作交接", LIST_HEADINGS, list(list_rows(rows)), view)
    page = paged(db.session(), statement, number_from(request.args.get("page")))
    people.with_people(db.session(), page.rows)
    return render_template("handover/listing.html", page=page, view=view, views=queries.VIEWS)


@pages.get("/handover/<int:handover_id>")
@requires("handover.read")
def show(handover_id: int) -> str | Response:
    """One sheet with what the viewer can do."""
    row = queries.one(db.session(), handover_id)
    if asked_format():
        lines = queries.sheet(db.session(), row, clock.today())
        return _file(f"{row.division.name}工作交接清单", LINE_HEADINGS, list(line_rows(lines)), str(row.id))
    return _sheet(row)


@pages.post("/handover/<int:handover_id>/lines")
@requires("handover.write")
def add(handover_id: int) -> Any:
    """Type a row."""
    form = LineForm()
    form.form_id.data = form_id_from(form.form_id.data)
    try:
        service.add_line(
            db.session(),
            handover_id,
            form_id=form.form_id.data,
            kind=form.kind.data or "",
            title=form.title.data or "",
            detail=form.detail.data or "",
            at=clock.now(),
        )
    except DandangError as error:
        return _refused(handover_id, error, line_form=form)
    flash("已加入交接清单。", "done")
    db.session.commit()
    return redirect(url_for(".show", handover_id=handover_id, _anchor="lines"), 303)


@pages.post("/handover/<int:handover_id>/lines/<int:line_id>/remove")
@requires("handover.write")
def remove(handover_id: int, line_id: int) -> Any:
    """Take a typed row off the sheet."""
    try:
        service.remove_line(db.session(), handover_id, line_id)
    except DandangError as error:
        return _refused(handover_id, error)
    flash("已从清单中删去。", "done")
    db.session.commit()
    return redirect(url_for(".show", handover_id=handover_id, _anchor="lines"), 303)


@pages.post("/handover/<int:handover_id>/hand-in")
@requires("handover.write")
def hand_in(handover_id: int) -> Any:
    """Hand the list in."""
    try:
        service.hand_in(db.session(), handover_id, at=clock.now())
    except DandangError as error:
        return _refused(handover_id, error)
    flash("交接清单已提交，接任人员会收到提示。", "done")
    db.session.commit()
    return redirect(url_for(".show", handover_id=handover_id), 303)


@pages.post("/handover/<int:handover_id>/accept")
@requires("handover.write")
def accept(handover_id: int) -> Any:
    """Accept the ticked rows."""
    ticked = [number for text in request.form.getlist("line") if (number := number_or_none(text)) is not None]
    notes = {number: request.form.get(f"note-{number}", "") for number in ticked}
    try:
        row = service.accept(db.session(), handover_id, ticked, notes, at=clock.now())
    except DandangError as error:
        return _refused(handover_id, error, notes=notes)
    flash("各项均已接收，交接完成。" if row.done_on else f"已接收 {len(ticked)} 项。", "done")
    db.session.commit()
    return redirect(url_for(".show", handover_id=handover_id, _anchor="lines"), 303)


@pages.post("/handover/<int:handover_id>/finish")
@requires("posting.write")
def finish(handover_id: int) -> Any:
    """Record a hand-over that was signed on paper (X-10)."""
    form = PaperForm()
    try:
        done_on = day_from("done_on", "交接完成日", form.done_on.data) or clock.today()
        finish_handover(db.session(), handover_id, done_on=done_on, note=clean(form.note.data), at=clock.now())
    except DandangError as error:
        return _refused(handover_id, error, paper_form=form)
    flash("已登记交接完成。", "done")
    db.session.commit()
    return redirect(url_for(".show", handover_id=handover_id), 303)


def _refused(handover_id: int, error: DandangError, **kept: Any) -> tuple[str, int]:
    """The sheet once more with what was typed and why it was not taken."""
    db.session.rollback()
    sentence: str | None = error.sentence
    form = kept.get("line_form") or kept.get("paper_form")
    if isinstance(error, AlreadySent):
        kept["line_form"].form_id.data = form_id_from(None)  # sent once more it is another line
    if isinstance(error, Faulty) and form is not None and all(field in form for field in error.faults):
        for field, words in error.faults.items():
            form[field].errors = [words]
        sentence = None
    return _sheet(queries.one(db.session(), handover_id), sentence, **kept), error.status


def _sheet(
    row: Handover,
    sentence: str | None = None,
    line_form: LineForm | None = None,
    paper_form: PaperForm | None = None,
    notes: dict[int, str] | None = None,
) -> str:
    if line_form is None:
        line_form = LineForm(formdata=None)
        line_form.form_id.data = form_id_from(None)
    if paper_form is None:
        paper_form = PaperForm(formdata=None)
        paper_form.done_on.data = clock.today().isoformat()
    over = row.done_on is not None or row.passed_on is not None
    return render_template(
        "handover/show.html",
        row=row,
        lines=queries.sheet(db.session(), row, clock.today()),
        kind_name=kind_name,
        states=STATES,
        over=over,
        writes=not over and g.viewer.may("handover.write") and service.may_write(g.viewer, row),
        accepts=not over and row.listed_on is not None and service.is_successor(db.session(), row),
        arranges=row.done_on is None and g.viewer.may("posting.write"),
        line_form=line_form,
        paper_form=paper_form,
        notes=notes or {},
        sentence=sentence,
    )


def _file(title: str, headings: Sequence[object], rows: Sequence[Row], what: str) -> Response:
    return send_headed(title, headings, rows, ("handover.export", "handover", what), len(rows), name=title)
