"""The issuing desk's own tasks: drafts, tasks set for a moment, and what has been issued, to recall or start from."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import desk_tables, drafts
from webapp.accountability.models import AccountabilityTask
from webapp.accountability.views_new import unread_words
from webapp.accountability.views_pages import pages
from webapp.downloads import asked_format
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.views_files import send_list
from webapp.paging import number_from, paged

SECONDS = 5
"""How often the page of a task that is being issued looks again."""


@pages.get("/tasks/drafts/")
@requires("task.issue")
def draft_list() -> str | Response:
    """Drafts and scheduled tasks, or what has been issued, of the viewer's issuing units; 25 a page."""
    issued = request.args.get("state") == "issued"
    states = ("issued", "recalled") if issued else ("drafted",)
    statement = drafts.of_units(g.viewer.units_with("task.issue"), states)
    words = request.args.get("q", "").replace("\x00", "").strip()[:50]
    if words:
        statement = statement.where(AccountabilityTask.title.icontains(words, autoescape=True))
    if asked_format():
        title = "已下达任务" if issued else "草稿和定时任务"
        headings = desk_tables.ISSUED_HEADINGS if issued else desk_tables.DRAFT_HEADINGS
        shown = desk_tables.issued_rows if issued else desk_tables.draft_rows
        return send_list(title, headings, statement, shown, ("task.export", "list", "issued" if issued else "drafts"))
    page = paged(db.session(), statement, number_from(request.args.get("page")))
    return render_template(
        "accountability/drafts.html",
        own=g.viewer.units_with("task.issue")[0],
        page=page,
        issued=issued,
        words=words,
        when=drafts.scheduled_words,
        unread=unread_words,
    )


@pages.get("/tasks/drafts/<number>")
@requires("task.issue")
def draft(number: str) -> str | Response:
    """A draft goes to the form, an issued task to its own page; a scheduled one shows its moment, or since when it is
    being issued.
    """
    row = drafts.own(db.session(), number)
    if row.state != "drafted":
        return redirect(url_for("accountability.task", number=row.number))
    if row.scheduled_for is None:
        return redirect(url_for("accountability.new", form=row.request_id))
    due = row.scheduled_for <= clock.now()
    return render_template(
        "accountability/scheduled.html", task=row, due=due, when=drafts.scheduled_words(row), seconds=SECONDS
    )


@pages.post("/tasks/drafts/<number>/unschedule")
@requires("task.issue")
def unschedule(number: str) -> Response:
    """Make a draft again of a scheduled task."""
    row = drafts.unschedule(db.session(), number)
    db.session.commit()
    flash("已取消定时，任务改为草稿。", "done")
    return redirect(url_for("accountability.draft", number=row.number))


@pages.post("/tasks/drafts/<number>/delete")
@requires("task.issue")
def discard(number: str) -> Response:
    """Delete a draft."""
    title = drafts.discard(db.session(), number)
    db.session.commit()
    flash(f"草稿“{title}”已删除。", "done")
    return redirect(url_for("accountability.draft_list"))
