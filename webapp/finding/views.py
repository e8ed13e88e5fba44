"""The search page, and saved filters above the list of tasks."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability.panels import above_lists
from webapp.accountability.views import FILTERS
from webapp.downloads import asked_format
from webapp.errors import Refused
from webapp.extensions import db, limiter
from webapp.finding import saved, searching
from webapp.guards import requires
from webapp.org.codes import full
from webapp.org.views_files import send_headed
from webapp.permissions import ROLE_NAMES

pages = Blueprint("finding", __name__)
SEARCHES = "60 per minute"
"""More than a person types; a program that reads the site through its search is slowed down."""


@pages.get("/search")
@requires("org.read")
@limiter.limit(SEARCHES, key_func=lambda: f"search:{g.viewer.person_id}")
def search() -> Response | str:
    """What fits the words, of all that the viewer may see; the same as a file."""
    words = request.args.get("q", "").replace("\x00", "").strip()[: searching.LONGEST]
    found = None
    if len(words) >= searching.SHORTEST:
        found = searching.search(db.session(), g.viewer, words, clock.today())
    if found is not None and asked_format():
        rows = list(searching.table_rows(found))
        return send_headed("查找结果", searching.HEADINGS, rows, ("search.export", "list", "search"), len(rows))
    return render_template(
        "finding/search.html",
        words=words,
        found=found,
        roles=ROLE_NAMES,
        full=full,
        home=next(iter(g.viewer.prefixes), ""),
        shortest=searching.SHORTEST,
    )


@pages.post("/tasks/filters")
@requires("task.read")
def save_filter() -> Response:
    """Keep the conditions of the list under a name; the list comes back as it was."""
    query = request.form.get("query", "")[:2000]
    try:
        row = saved.save(
            db.session(),
            request.form.get("name", ""),
            query,
            FILTERS,
            shared=request.form.get("shared") == "1",
            at=clock.now(),
        )
    except Refused as refused:
        db.session.rollback()
        flash(refused.sentence, "problem")
        return redirect(_list(query), 303)
    flash(f"已保存筛选“{row.name}”{'，本单位同志可以使用' if row.shared else ''}。", "done")
    back = _list(row.query)
    db.session.commit()
    return redirect(back, 303)


@pages.post("/tasks/filters/<int:filter_id>/remove")
@requires("task.read")
def remove_filter(filter_id: int) -> Response:
    """Take out one's own."""
    saved.take_out(db.session(), filter_id)
    flash("筛选已删除。", "done")
    db.session.commit()
    return redirect(url_for("accountability.listing"), 303)


def _list(query: str) -> str:
    return url_for("accountability.listing") + (f"?{query}" if query else "")


def filters_part() -> str:
    """Saved filters and the form to save the present one, for the list of tasks."""
    narrowed = any(request.args.get(name) for name in FILTERS)
    return render_template(
        "finding/filters.html",
        filters=saved.filters(db.session()),
        me=g.viewer.person_id,
        query=request.query_string.decode() if narrowed else "",
        here=_list(request.query_string.decode()),
        name_limit=saved.NAME_LIMIT,
        address_of=_list,
    )


above_lists.append(filters_part)
