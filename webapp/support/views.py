"""Pages of the ledger: the list with its file, one item, and what is owed to oneself (Z-12)."""

from flask import Response, g, render_template, request

from webapp import clock
from webapp.downloads import asked_format
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.queries import sender_names
from webapp.org.views_files import send_list
from webapp.support import queries, tables, views_panels, views_record
from webapp.support.models import SupportItem
from webapp.support.queries import Wanted
from webapp.support.views_pages import item_page, list_page, pages

__all__ = ["pages", "views_panels", "views_record"]


@pages.get("/support/")
@requires("support.read")
def listing() -> str | Response:
    """Items in reach of a county, or of those whom a sending unit has sent."""
    session, today = db.session(), clock.today()
    wanted = Wanted.of(request.args, today.year)
    if asked_format():
        audited = ("support.export", "list", f"support:{wanted.year}:{wanted.view}")
        issuer = sender_names(session, g.viewer)
        statement = queries.listed(wanted)
        return send_list("驻村保障台账", tables.HEADINGS, statement, tables.table_rows, audited, issuer=issuer)
    return list_page(wanted)


@pages.get("/support/mine")
@requires("home.read")
def mine() -> str:
    """What county and sending unit owe the viewer this year, and what is still open of earlier years."""
    today = clock.today()
    rows: list[SupportItem] = list(db.session().scalars(queries.of_person(g.viewer.person_id, today.year)))
    return render_template("support/mine.html", rows=rows, year=today.year, today=today, words=tables.WORDS)


@pages.get("/support/<int:item_id>")
@requires("support.read")
def show(item_id: int) -> str:
    """One item with its history, and the form of its owner."""
    return item_page(queries.one(db.session(), item_id))
