"""What the page of the outbox asks for while there is a signal and a session."""

from flask import Response, g, jsonify

from webapp import clock
from webapp.auth.sending import SUBMIT
from webapp.extensions import db
from webapp.guards import requires
from webapp.worklogs.draft_views import slot
from webapp.worklogs.outbox_data import data_for
from webapp.worklogs.pages import pages


@pages.get("/outbox/data")
@requires(SUBMIT)
def outbox_data() -> Response:
    """What the phone may keep, see `outbox_data`; the browser encrypts it before it lies anywhere."""
    answer = jsonify(data_for(db.session(), g.viewer.person_id, clock.now()) | {"key_slot": slot()})
    answer.headers["Cache-Control"] = "no-store"
    return answer
