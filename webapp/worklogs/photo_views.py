"""Photos of logs: served only to those who may open the log, taken back by the author."""

from flask import Response, current_app, flash, g, redirect, send_file, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from webapp.errors import NotFound
from webapp.extensions import db
from webapp.guards import requires
from webapp.worklogs import photos, queries, service
from webapp.worklogs.models import WorkLogPhoto
from webapp.worklogs.pages import pages


@pages.get("/worklogs/<log_id>/photos/<int:photo_id>")
@requires("worklog.read")
def photo(log_id: str, photo_id: int) -> Answer:
    """One photo of an own or team log."""
    return _picture(log_id, photo_id)


@pages.get("/tasks/assignments/<int:assignment_id>/worklogs/<log_id>/photos/<int:photo_id>")
@requires("task.read")
def photo_serving(assignment_id: int, log_id: str, photo_id: int) -> Answer:
    """One photo of a log opened through a task that it serves (X-17)."""
    return _picture(queries.one_serving(db.session(), assignment_id, log_id).id, photo_id)


@pages.post("/worklogs/<log_id>/photos/<int:photo_id>/remove")
@requires("worklog.write")
def remove_photo(log_id: str, photo_id: int) -> Answer:
    """Take a photo back from an own log."""
    service.take_photo_back(db.session(), log_id=log_id, photo_id=photo_id, editor_id=g.viewer.person_id)
    flash("照片已删除。", "done")
    db.session.commit()
    return redirect(url_for(".show", log_id=log_id), 303)


def _picture(log_id: str, photo_id: int) -> Response:
    """The bytes, found through their row: no name from outside becomes a path, and nothing in them may run."""
    row = db.session.scalar(select(WorkLogPhoto).where(WorkLogPhoto.id == photo_id, WorkLogPhoto.log_id == log_id))
    if row is None:
        raise NotFound()
    path = photos.path_of(current_app.config["SETTINGS"], row.sha256)
    if not path.is_file():
        raise NotFound("照片文件缺失。请联系系统管理员从备份恢复。")
    response = send_file(path, mimetype="image/jpeg", download_name=f"{row.sha256[:12]}.jpg", etag=row.sha256)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
