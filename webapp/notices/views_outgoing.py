"""Delivery state of outside messages, for the system administrator: to whom, when, how it went; no words, no addresses."""

from collections.abc import Iterable, Iterator

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.downloads import asked_format
from webapp.extensions import db
from webapp.guards import requires
from webapp.notices import outbox, queries
from webapp.notices.models import CHANNELS, STATES, OutsideMessage
from webapp.notices.views_pages import pages
from webapp.org.views_files import send_list
from webapp.paging import number_from, paged
from webapp.spreadsheets import Row

HEADINGS = ("收件人", "日期", "渠道", "状态", "发出时间", "原因", "已试次数")


@pages.get("/inbox/outgoing")
@requires("account.write")
def outgoing() -> Response | str:
    """Messages to people of the administrator's units, by state and channel."""
    state, channel = request.args.get("state", ""), request.args.get("channel", "")
    statement = queries.outgoing(state if state in STATES else "", channel if channel in CHANNELS else "")
    if asked_format():
        return send_list("外部提醒发送情况", HEADINGS, statement, _rows, ("outside_message.export", "list", "outgoing"))
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


def _rows(messages: Iterable[OutsideMessage]) -> Iterator[Row]:
    """Facts of sending only: a message outside has no words, and its address is nobody's to read."""
    for one in messages:
        sent = f"{clock.local(one.sent_at):%Y-%m-%d %H:%M}" if one.sent_at else None
        yield one.person.name, one.day, CHANNELS[one.channel], STATES[one.state], sent, one.last_error, one.attempts
