"""The calendar: due dates beside working days, and the feed of a person."""

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from webapp import clock
from webapp.agenda import feed, months
from webapp.downloads import asked_format
from webapp.extensions import db, limiter
from webapp.guards import public, requires, unseen
from webapp.org.views_files import send_headed

pages = Blueprint("agenda", __name__)
FETCHES = "60 per hour"


@pages.get("/calendar/")
@requires("calendar.read")
def month() -> Answer | str:
    """A month with what is due; with ?form=list as a list. As a file: each day, whether offices work, what is due."""
    if asked_format():
        shown = months.month(db.session(), g.viewer, months.first_of(request.args.get("month"), clock.today()))
        title = f"{shown.first.year}年{shown.first.month}月日程"
        rows = list(months.table_rows(shown))
        return send_headed(title, months.HEADINGS, rows, ("calendar.export", "list", f"{shown.first:%Y-%m}"), len(rows))
    return _page()


@pages.post("/calendar/")
@requires("calendar.read")
def make_feed() -> tuple[str, dict[str, str]]:
    """Make the feed's address, or a new one. It is shown in this answer and never again, on the month's own path, so that
    the links of the page hold there as well."""
    token = feed.renew(db.session(), clock.now())
    page = _page(current_app.config["SETTINGS"].base_url.rstrip("/") + url_for(".fetch", token=token))
    db.session.commit()
    return page, {"Cache-Control": "no-store"}


@pages.post("/calendar/feed/end")
@requires("calendar.read")
def end_feed() -> Answer:
    """End the feed; whoever still holds its address gets nothing more."""
    ended = feed.revoke(db.session())
    flash("订阅地址已停用。" if ended else "没有正在使用的订阅地址。", "done")
    db.session.commit()
    return redirect(url_for(".month"))


@pages.get("/calendar/feed/<token>.ics")
@unseen
@public
@limiter.limit(FETCHES)
def fetch(token: str) -> Response:
    """The feed, for a calendar program that knows the address; with what its holder may see today."""
    at = clock.now()
    viewer = feed.holder(db.session(), token, at)
    content = feed.file_of(feed.entries_of(db.session(), viewer, at), current_app.config["SETTINGS"].base_url, at)
    headers = {"Cache-Control": "private, max-age=3600", "Content-Disposition": "inline; filename=calendar.ics"}
    return Response(content, mimetype="text/calendar", headers=headers)


def _page(address: str | None = None) -> str:
    shown = months.month(db.session(), g.viewer, months.first_of(request.args.get("month"), clock.today()))
    return render_template(
        "agenda/month.html",
        month=shown,
        as_list=request.args.get("form") == "list",
        today=clock.today(),
        weekdays="一二三四五六日",
        feed=feed.of_viewer(db.session()),
        address=address,
    )
