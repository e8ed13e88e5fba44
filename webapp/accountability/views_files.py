"""Files beside a report: the panel on the record's page, sending, taking back, and handing out."""

from flask import current_app, flash, g, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response

from webapp.accountability import attachments
from webapp.accountability.models import Assignment
from webapp.accountability.panels import panels
from webapp.accountability.rules import OPEN
from webapp.accountability.views_kept import keep_words, take_files
from webapp.accountability.views_pages import pages
from webapp.errors import NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires


@pages.get("/tasks/assignments/<int:assignment_id>/files/<int:file_id>")
@requires("task.read")
def file(assignment_id: int, file_id: int) -> Response:
    """One file, for saving only: nothing in it may run here."""
    row = attachments.file_of(db.session(), assignment_id, file_id)
    path = attachments.path_of(current_app.config["SETTINGS"], row.sha256)
    if not path.is_file():
        raise NotFound("材料文件缺失。请联系系统管理员从备份恢复。")
    response = send_file(
        path, mimetype=attachments.KINDS[row.kind], as_attachment=True, download_name=row.name, etag=row.sha256
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@pages.post("/tasks/assignments/<int:assignment_id>/files")
@requires("task.answer")
def add_files(assignment_id: int) -> Response:
    """Lay files beside a report that is still to be given."""
    attachments.answerable(db.session(), assignment_id)
    try:
        if not take_files(assignment_id):
            flash("没有选择文件。请选择要上传的材料；没有材料可以不传。", "problem")
    except Refused as refused:
        db.session.rollback()
        flash(refused.sentence, "problem")
    keep_words(assignment_id)
    db.session.commit()
    return _back(assignment_id)


@pages.post("/tasks/assignments/<int:assignment_id>/files/<int:file_id>/remove")
@requires("task.answer")
def remove_file(assignment_id: int, file_id: int) -> Response:
    """Take a file back before the report is given."""
    try:
        attachments.remove(db.session(), assignment_id, file_id)
        flash("材料已删除。", "done")
    except Refused as refused:
        db.session.rollback()
        flash(refused.sentence, "problem")
    keep_words(assignment_id)
    db.session.commit()
    return _back(assignment_id)


def _back(assignment_id: int) -> Response:
    return redirect(url_for(".assignment", assignment_id=assignment_id), 303)


def files_panel(assignment_id: int) -> str:
    """The files of an assignment, as a part of its page; "" where there are none and none may be added."""
    row = db.session().get_one(Assignment, assignment_id)  # the page has just read it
    held = attachments.of_assignment(db.session(), assignment_id)
    open_here = row.state in OPEN and row.unit_code in g.viewer.units_with("task.answer")
    if not held and not open_here:
        return ""
    return render_template(
        "accountability/files.html",
        files=held,
        row=row,
        open_here=open_here,
        most=attachments.MOST,
        largest=attachments.BYTES_LIMIT // 1024 // 1024,
    )


panels.append(files_panel)
