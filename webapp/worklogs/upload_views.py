"""HEAD and PATCH /api/photos/<uuid>: photos sent piece by piece, with the device token or with a session."""

from collections.abc import Iterator
from typing import Any

from flask import current_app, g, request
from werkzeug.exceptions import ClientDisconnected

from webapp import clock
from webapp.auth.sending import SUBMIT
from webapp.errors import DandangError, Faulty
from webapp.extensions import csrf, db, limiter
from webapp.guards import requires
from webapp.worklogs import uploads
from webapp.worklogs.api_views import refused_as_json
from webapp.worklogs.pages import pages
from webapp.worklogs.rules import WrongEntry

PIECE = 64 * 1024
PIECES = "1200 per minute"
TYPE = "application/offset+octet-stream"


@pages.route("/api/photos/<upload_id>", methods=["HEAD"])
@requires(SUBMIT, device=True)
def how_far(upload_id: str) -> Any:
    """How much of an own photo has arrived."""
    row = uploads.find(db.session(), upload_id)
    offset = uploads.received(current_app.config["SETTINGS"], row)
    told = {"Upload-Offset": str(offset), "Upload-Length": str(row.length), "Cache-Control": "no-store"}
    return "", 200, told


@pages.patch("/api/photos/<upload_id>")
@csrf.exempt
@requires(SUBMIT, device=True)
@limiter.limit(PIECES, key_func=lambda: f"photo:{g.viewer.person_id}")
def take_piece(upload_id: str) -> Any:
    """Some bytes of a photo, from where it ends; no lock of the database is held while they come."""
    settings, own = current_app.config["SETTINGS"], db.session()
    try:
        said = uploads.announced(upload_id, dict(request.headers))
        if request.mimetype != TYPE:
            return {"error": "不能处理这种类型的内容。请更新页面后再发送。"}, 415
        row = uploads.begin(own, settings, said, person_id=g.viewer.person_id, at=clock.now())
        done = row.finished_at is not None
        own.commit()
        if done and said.offset in (0, said.length):
            return _so_far(said.length)
        if done:
            raise uploads.WrongOffset(said.length)
        offset = uploads.append(settings, said, _pieces())
        if offset == said.length:
            _complete(said)
    except uploads.WrongOffset as wrong:
        own.rollback()
        return {"error": wrong.sentence}, wrong.status, {"Upload-Offset": str(wrong.offset)}
    except DandangError as error:
        own.rollback()
        return refused_as_json(error)
    return _so_far(offset)


def _complete(said: uploads.Announced) -> None:
    """Check, re-encode, note; what cannot be taken is forgotten. Raises `Faulty` or `WrongEntry`."""
    settings, own = current_app.config["SETTINGS"], db.session()
    try:
        photo = uploads.picture(settings, said)
        uploads.finish(own, said.upload_id, photo, clock.now())
    except (Faulty, WrongEntry):
        own.rollback()
        uploads.discard(own, settings, said.upload_id)
        own.commit()
        raise
    own.commit()
    uploads.part_of(settings, said.upload_id).unlink(missing_ok=True)


def _so_far(offset: int) -> Any:
    return "", 204, {"Upload-Offset": str(offset)}


def _pieces() -> Iterator[bytes]:
    """The bytes as they come; a line that breaks ends them, and what came before counts."""
    try:
        while piece := request.stream.read(PIECE):
            yield piece
    except (ClientDisconnected, ConnectionError):
        return
