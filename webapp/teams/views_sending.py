"""The page of a sending unit: whom it has sent, and what is its own to do."""

from flask import g, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from webapp import clock
from webapp.downloads import asked_format
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.queries import sender_names
from webapp.org.views_files import send_headed
from webapp.paging import number_from, paged
from webapp.permissions import ROLE_NAMES
from webapp.teams import sending
from webapp.teams.panels import sending_panels
from webapp.teams.views_pages import pages


@pages.get("/sending/")
@requires("sending.read")
def sent_people() -> Response | str:
    """Posts of those whom the viewer's organisation has sent, present ones first asked for; what is its own to do."""
    session, viewer, today = db.session(), g.viewer, clock.today()
    view = request.args.get("view", "now")
    view = view if view in sending.VIEWS else "now"
    statement = sending.sent_postings(viewer, view, today)
    issuer = sender_names(session, viewer)
    if asked_format():
        rows = list(sending.table_rows(session.scalars(statement)))
        audited = ("team.export", "list", f"sent:{view}")
        return send_headed("选派人员", sending.HEADINGS, rows, audited, len(rows), issuer=issuer)
    return render_template(
        "teams/sending.html",
        page=paged(session, statement, number_from(request.args.get("page"))),
        issuer=issuer,
        view=view,
        views=sending.VIEWS,
        recalls=sending.waiting_recalls(session, viewer),
        ending=sending.ending_soon(session, viewer, today),
        unknown_leave=sending.without_leave(session, viewer, today),
        panels=[Markup(panel()) for panel in sending_panels],  # noqa: S704 - made by templates, escaped there
        roles=ROLE_NAMES,
    )
