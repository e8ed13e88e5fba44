"""A roster or a rotation from a table: the template, the trial with a preview by village, and the import itself."""

import csv
import io
from typing import Any

from flask import Response, flash, redirect, render_template, request, send_file, url_for

from webapp import clock
from webapp.downloads import XLSX
from webapp.errors import DandangError, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.spreadsheets import xlsx_file
from webapp.table_files import LARGEST_FILE
from webapp.teams import needs_table, roster, rotation
from webapp.teams.views_pages import pages

KEPT_LIMIT = 900_000
"""Characters that the second step of an import can carry in a form."""


@pages.get("/teams/import")
@requires("posting.write")
def upload() -> str:
    """Choose a table."""
    return _page()


@pages.get("/teams/import/template")
@requires("posting.write")
def template() -> Response:
    """The table to fill in."""
    content = xlsx_file(roster.template(), "驻村人员轮换")
    return send_file(content, mimetype=XLSX, as_attachment=True, download_name="驻村人员轮换模板.xlsx")


@pages.get("/teams/import/needs-template")
@requires("posting.write")
def needs_template() -> Response:
    """The table of villages to fill in."""
    content = xlsx_file(needs_table.template(), "应派村名单")
    return send_file(content, mimetype=XLSX, as_attachment=True, download_name="应派村名单模板.xlsx")


@pages.post("/teams/import")
@requires("posting.write")
def import_table() -> Any:
    """First what the table would change, then, sent again with 确认, the change itself."""
    sure = request.form.get("go") == "import"
    try:
        content = _content()
        take = needs_table.import_needs if needs_table.is_needs_table(content) else rotation.import_file
        done = take(db.session(), content, at=clock.now(), dry_run=not sure)
        kept = "" if sure else _as_rows(content)
    except DandangError as error:
        db.session.rollback()
        return _page(problems=error.sentence.splitlines()), error.status
    if not sure:
        db.session.rollback()
        return _page(tried=done, kept=kept)
    flash(f"已导入：办理 {done.done} 行，与已有相同 {done.same} 行。", "done")
    db.session.commit()
    return redirect(url_for(".listing"), 303)


def _content() -> bytes:
    file = request.files.get("file")
    if file is not None and file.filename:
        return file.read(LARGEST_FILE + 1)
    if request.form.get("rows"):
        return request.form["rows"].encode()
    raise Refused("没有选择文件。请选择一个表格。")


def _as_rows(content: bytes) -> str:
    """The table as it was read, for the second step: a browser does not send a file twice."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        needs_table.plain_rows(content) if needs_table.is_needs_table(content) else roster.plain_rows(content)
    )
    if len(out.getvalue()) > KEPT_LIMIT:
        raise Refused("表格过大，不能在网页上导入。请分成几个文件，或者请管理员用命令导入。")
    return out.getvalue()


def _page(tried: rotation.Outcome | None = None, problems: list[str] | None = None, kept: str = "") -> str:
    return render_template("teams/import.html", tried=tried, problems=problems or [], kept=kept)
