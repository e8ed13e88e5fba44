"""The inbox: what was sent to the viewer, newest first."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from webapp import clock
from webapp.auth.own_paths import own_path
from webapp.extensions import db
from webapp.guards import requires
from webapp.notices import queries, service, views_outgoing, views_preferences
from webapp.notices.views_pages import pages
from webapp.paging import number_from, paged

__all__ = ["pages", "views_outgoing", "views_preferences"]


@pages.get("/inbox/")
@requires("inbox.read")
def listing() -> str:
    """All messages, or the unread ones with ?show=unread."""
    statement = queries.messages(unread_only=request.args.get("show") == "unread")
    page = paged(db.session(), statement, number_from(request.args.get("page")))
    return render_template("notices/listing.html", page=page, unread=queries.unread_count(db.session()))


@pages.get("/inbox/<int:message_id>")
@requires("inbox.read")
def show(message_id: int) -> str:
    """One message."""
    return render_template("notices/show.html", message=queries.message(db.session(), message_id))


@pages.post("/inbox/<int:message_id>/read")
@requires("inbox.read")
def read(message_id: int) -> Any:
    """Mark a message read and go to what it is about."""
    row = queries.message(db.session(), message_id)
    service.mark_read(db.session(), row, clock.now())
    target = own_path(row.path) or url_for(".listing")
    db.session.commit()
    return redirect(target, 303)


@pages.post("/inbox/read")
@requires("inbox.read")
def read_all() -> Any:
    """Mark every message read."""
    service.mark_all_read(db.session(), g.viewer.person_id, clock.now())
    flash("收件箱里的消息都已标为已读。", "success")
    db.session.commit()
    return redirect(url_for(".listing"), 303)
