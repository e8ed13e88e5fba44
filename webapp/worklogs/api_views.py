"""POST /api/worklogs: what a device sends, taken once however often it comes, by device token or by session.

Nothing is told of other people's logs: of an id that is somebody else's the answer says only that it is taken.
"""

from typing import Any

from flask import g, request

from webapp import clock
from webapp.auth.sending import SUBMIT
from webapp.errors import DandangError, Faulty
from webapp.extensions import csrf, db, limiter
from webapp.guards import requires
from webapp.worklogs import bindings, service, submissions
from webapp.worklogs.pages import pages
from webapp.worklogs.rules import WrongEntry

SENT = "600 per minute"
"""Of one person: a week's queue goes out at once, a broken device does not fill the disk."""


@pages.post("/api/worklogs")
@csrf.exempt
@requires(SUBMIT, device=True)
@limiter.limit(SENT, key_func=lambda: f"submit:{g.viewer.person_id}")
def submit() -> Any:
    """One log: 201 when it is new, 200 when the same was held already, 409 with both bodies."""
    body = request.get_data()
    if len(body) > submissions.BODY_LIMIT:
        return {"error": "这条日志太大，没有保存。内容还在设备上，请删减后再发送。"}, 413
    at, own = clock.now(), db.session()
    try:
        sent = submissions.parsed(submissions.read(body))
        saved = service.submit(
            own,
            log_id=sent.log_id,
            base_version=sent.base_version,
            author_id=g.viewer.person_id,
            entry=sent.entry,
            at=at,
            device=sent.clock_at(at),
        )
    except service.LogConflict as conflict:
        held = conflict.log
        refused: dict[str, Any] = {
            "error": conflict.sentence,
            "held": submissions.held_body(held, held.versions[-1]) if held is not None else None,
            "sent": submissions.body_of(sent.entry),
        }
        db.session.rollback()
        return refused, 409
    except DandangError as error:
        db.session.rollback()
        return refused_as_json(error)
    saves = bindings.saves_of(own, saved.log)
    answer = {
        "id": saved.log.id,
        "version": saved.version.number,
        "saved_at": saved.version.saved_at.isoformat(),
        "server_time": at.isoformat(),
        "saves": [{"kind": save.kind, "title": save.title} for save in saves],
        "saved_typing": bindings.saved_typing(saves),
    }
    db.session.commit()
    return answer, 201 if saved.new else 200


def refused_as_json(error: DandangError) -> Any:
    """422 with the fields where fields are wrong, else the error's own status."""
    if isinstance(error, Faulty):
        return {"error": error.sentence, "fields": error.faults}, 422
    if isinstance(error, WrongEntry):
        return {"error": error.sentence, "fields": {error.field: error.sentence}}, 422
    return {"error": error.sentence}, error.status
