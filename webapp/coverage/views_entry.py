"""Entering dates: one form for a branch of the tree, and tables that are tried first and then imported."""

import csv
import io
from typing import Any

from flask import Response, flash, g, redirect, render_template, request, send_file, url_for

from webapp import clock
from webapp.coverage import importing, service
from webapp.coverage.forms import DAY, SEEN, ImportForm, entries_of
from webapp.coverage.table_rows import KINDS
from webapp.coverage.views_pages import pages
from webapp.errors import Conflict, DandangError, Faulty, NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.codes import held
from webapp.org.queries import division
from webapp.table_files import LARGEST_FILE

KEPT_LIMIT = 900_000
"""Characters that the second step of an import can carry in a form."""


@pages.get("/coverage/<code>/visits")
@requires("coverage.write")
def visits(code: str) -> Any:
    """The dates of one branch, as they are held."""
    return _form(_own(code))


@pages.post("/coverage/<code>/visits")
@requires("coverage.write")
def save(code: str) -> Any:
    """Write what was changed; what others have changed meanwhile is shown, nothing is lost.

    Going to another branch writes nothing: what was typed goes along.
    """
    unit_code = _own(code)
    if request.form.get("to"):
        return _form(unit_code)
    try:
        done = service.record(db.session(), unit_code, entries_of(request.form), at=clock.now())
    except Faulty as error:
        db.session.rollback()
        return _form(unit_code, faults=error.faults), error.status
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _form(unit_code, error.sentence), error.status
    flash(f"已保存：新登记 {done.added} 个单位，改动 {done.changed} 个，取消 {done.removed} 个。", "done")
    db.session.commit()
    return redirect(url_for(".visits", code=code, branch=request.form.get("branch", "")), 303)


@pages.get("/coverage/import")
@requires("coverage.import")
def upload() -> str:
    """Choose a table."""
    return _import_page(ImportForm(formdata=None))


@pages.get("/coverage/import/<any(visits,groups,terms):kind>")
@requires("coverage.import")
def template(kind: str) -> Response:
    """The table to fill in."""
    content = io.BytesIO(importing.template(kind))
    name = f"{KINDS[kind][0]}模板.csv"
    return send_file(content, mimetype="text/csv", as_attachment=True, download_name=name)


@pages.post("/coverage/import")
@requires("coverage.import")
def import_table() -> Any:
    """First what the table would change, then, sent again with 确认, the change itself."""
    form = ImportForm()
    sure = request.form.get("go") == "import"
    try:
        content = _content(form)
        own = g.viewer.units_with(service.WRITE)
        done = importing.import_file(
            db.session(), content, at=clock.now(), dry_run=not sure, office=own[0] if own else "", visits=bool(own)
        )
        form.rows.data = "" if sure else _as_rows(content)
    except DandangError as error:
        db.session.rollback()
        return _import_page(form, problems=error.sentence.splitlines()), error.status
    if not sure:
        return _import_page(form, tried=done)
    flash(f"已导入{KINDS[done.kind][0]}：新增 {done.added} 行，改动 {done.changed} 行，相同 {done.same} 行。", "done")
    db.session.commit()
    return redirect(url_for(".listing"), 303)


def _content(form: ImportForm) -> bytes:
    file = request.files.get("file")
    if file is not None and file.filename:
        return file.read(LARGEST_FILE + 1)
    if form.rows.data:
        return str(form.rows.data).encode()
    raise Refused("没有选择文件。请选择一个表格。")


def _as_rows(content: bytes) -> str:
    """The table as it was read, for the second step: a browser does not send a file twice."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(importing.plain_rows(content))
    if len(out.getvalue()) > KEPT_LIMIT:
        raise Refused("表格过大，不能在网页上导入。请分成几个文件，或者请管理员用命令导入。")
    return out.getvalue()


def _import_page(form: ImportForm, tried: Any = None, problems: list[str] | None = None) -> str:
    return render_template(
        "coverage/import.html",
        form=form,
        tried=tried,
        problems=problems or [],
        kinds=KINDS,
        dates=bool(g.viewer.units_with(service.WRITE)),
    )


def _form(unit_code: str, problem: str | None = None, faults: dict[str, str] | None = None) -> str:
    current = service.current_set(db.session(), unit_code, clock.today())
    branches = current.branches()
    dates = service.dates_of(db.session(), current)
    places = [target.place for target in current.coverage.targets] + [place for place, _ in current.coverage.left]
    asked = request.form.get("to") or request.form.get("branch") or request.args.get("branch", "")
    wrong = [place.branch for place in places if place.key in (faults or {})]
    if wrong and asked not in wrong:
        asked = min(wrong)
    branch = asked if asked in dict(branches) else branches[0][0] if branches else ""
    shown = sorted((place for place in places if place.branch == branch), key=lambda place: place.key)
    typed = {name.removeprefix(DAY): text for name, text in request.form.items() if name.startswith(DAY)}
    seen = {key: day.isoformat() for key, day in dates.items()}
    if request.form.get("to"):  # on the way to another branch a date that somebody changed meanwhile is not yet judged
        seen |= {name.removeprefix(SEEN): text for name, text in request.form.items() if name.startswith(SEEN)}
    here = {place.key for place in shown}
    elsewhere = [(key, text, seen.get(key, "")) for key, text in typed.items() if key not in here]
    return render_template(
        "coverage/visits.html",
        unit=division(db.session(), unit_code),
        current=current,
        branches=branches,
        branch=branch,
        places=shown,
        dates=dates,
        typed=typed,
        seen=seen,
        elsewhere=elsewhere,
        unsaved=sum(text != before for _, text, before in elsewhere),
        problem=problem,
        faults=faults or {},
    )


def _own(code: str) -> str:
    own = held(code)
    if own not in g.viewer.units_with(service.WRITE):
        raise NotFound()
    return own
