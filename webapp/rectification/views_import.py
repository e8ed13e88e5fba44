"""导入问题: choose a file, see what it would do with errors by row, take it over or not."""

from io import BytesIO

from flask import flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.errors import Conflict, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.queries import names
from webapp.rectification import importing
from webapp.rectification.forms import ImportForm
from webapp.rectification.reading import COLUMNS
from webapp.rectification.views_pages import entering_units, pages
from webapp.spreadsheets import csv_bytes
from webapp.table_files import LARGEST_FILE, Faults

SHOWN = 25


@pages.get("/rectification/import")
@requires("task.issue")
def import_form() -> str:
    """Where the file is chosen, and what its columns are."""
    return _page(ImportForm(formdata=None))


@pages.get("/rectification/import/template")
@requires("task.issue")
def import_template() -> Response:
    """A table with the headings and nothing else."""
    content = csv_bytes([[column.heading for column in COLUMNS]])
    return send_file(BytesIO(content), mimetype="text/csv", as_attachment=True, download_name="整改问题导入模板.csv")


@pages.post("/rectification/import")
@requires("task.issue")
def upload() -> Response | tuple[str, int]:
    """Read the file and keep its rows until they are taken over; nothing is entered yet."""
    form, faults = ImportForm(), Faults()
    notes: list[str] = []
    form.validate()
    offered = {unit.code for unit in entering_units()}
    unit = form.issuer.data if form.issuer.data in offered else min(offered)
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Refused("没有选择文件。请选择 XLSX 或 CSV 文件。")
        lines = importing.lines_of(file.stream.read(LARGEST_FILE + 1), faults, notes)
        faults.refuse()
        row = importing.stage(db.session(), file.filename, lines, unit, clock.now())
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _page(form, error.sentence), error.status
    import_id = row.id
    db.session.commit()
    for note in notes:
        flash(note, "done")
    return redirect(url_for(".import_check", import_id=import_id))


@pages.get("/rectification/import/<int:import_id>")
@requires("task.issue")
def import_check(import_id: int) -> str:
    """What the file would do: its issues, and errors by row."""
    return _checked(import_id)


@pages.post("/rectification/import/<int:import_id>")
@requires("task.issue")
def take_over(import_id: int) -> Response | tuple[str, int]:
    """Enter all issues of the file, or none."""
    try:
        token = request.form.get("token", "")
        row = importing.take_over(db.session(), import_id, token, clock.now())
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _checked(import_id, error.sentence if isinstance(error, Conflict) else None), error.status
    flash(f"已登记 {row.entered} 个问题，并已通知各牵头单位认领。", "done")
    db.session.commit()
    return redirect(url_for(".listing", sort="-number"))


def _page(form: ImportForm, problem: str | None = None) -> str:
    form.issuer.choices = [(unit.code, unit.name) for unit in entering_units()]
    return render_template(
        "rectification/import.html",
        form=form,
        columns=COLUMNS,
        problem=problem.splitlines() if problem else [],
        most=importing.MOST_LINES,
    )


def _checked(import_id: int, problem: str | None = None) -> str:
    row, lines = importing.staged(db.session(), import_id)
    checked = importing.check(db.session(), lines, row.unit_code, clock.now(), Faults())
    shown = checked.rows[:SHOWN]
    codes = {code for _, one in shown for code in (one.unit_code, one.closer) if code}
    return render_template(
        "rectification/import_check.html",
        row=row,
        problem=problem,
        checked=checked,
        shown=shown,
        units=names(db.session(), {*codes, row.unit_code}),
    )
