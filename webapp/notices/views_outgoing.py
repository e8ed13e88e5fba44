"""Delivery state of outside messages, for the system administrator: to whom, when, how it went; no words, no addresses."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.extensions import db
from webapp.guards import requires
from webapp.notices import outbox, queries
from webapp.notices.models import CHANNELS, STATES
from webapp.notices.views_pages import pages
from webapp.paging import number_from, paged


@pages.get("/inbox/outgoing")
@requires("account.write")
def outgoing() -> str:
    """Messages to people of the administrator's units, by state and channel."""
    state, channel = request.args.get("state", ""), request.args.get("channel", "")
    statement = queries.outgoing(state if state in STATES else "", channel if channel in CHANNELS else "")
    return render_template(
        "notices/outgoing.html",
        page=paged(db.session(), statement, number_from(request.args.get("page"))),
        states=STATES,
        kinds=CHANNELS,
    )


@pages.post("/inbox/outgoing/<int:message_id>/again")
@requires("account.write")
def send_again(message_id: int) -> Response:
    """Send one once more that failed, or of which nobody knows."""
    row = queries.outgoing_one(db.session(), queries.outgoing(), message_id)
    outbox.again(db.session(), row, clock.now())
    flash("已安排重发，将在工作日的提醒时间内发出。", "done")
    db.session.commit()
    return redirect(url_for(".outgoing"), 303)
