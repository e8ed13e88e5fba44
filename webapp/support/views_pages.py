"""What the pages of the ledger show, asked for and shown again after a refusal."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from flask import Blueprint, g, render_template, request
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Viewer
from webapp.extensions import db
from webapp.paging import number_from, paged
from webapp.support import duty, queries, rules, service, tables
from webapp.support.forms import RecordForm
from webapp.support.models import SupportItem
from webapp.support.opening import owed_in
from webapp.support.queries import SORTS, VIEWS, Wanted

pages = Blueprint("support", __name__)


def whole_list(session: Session, wanted: Wanted, staffed: Collection[int]) -> list[SupportItem]:
    """The open items of a list that may be recorded as a whole: of one kind, and the viewer's own."""
    if not wanted.kind or wanted.view not in queries.TO_RECORD:
        return []
    rows = session.scalars(queries.listed(wanted).limit(service.AT_ONCE)).all()
    return [row for row in rows if service.may_record(g.viewer, row, staffed)]


def list_page(wanted: Wanted, form: RecordForm | None = None, ticked: Collection[int] = (), problem: str = "") -> str:
    """The list, with the form that records what is ticked or the whole of it."""
    session, viewer, today = db.session(), g.viewer, clock.today()
    page = paged(session, queries.listed(wanted), number_from(request.values.get("page")))
    staffed = service.staffed_senders(session, today)
    whole = whole_list(session, wanted, staffed)
    mine = {row.id for row in page.rows if row.state == "open" and service.may_record(viewer, row, staffed)}
    if form is None:
        form = RecordForm(formdata=None, state="done")
    return render_template(
        "support/listing.html",
        page=page,
        wanted=wanted,
        views=VIEWS,
        sorts=SORTS,
        form=form,
        ticked=ticked,
        problem=problem,
        mine=mine,
        whole=len(whole),
        seen=service.digest_of(whole) if whole else "",
        today=today,
        words=tables.WORDS,
        with_amount=not wanted.kind or wanted.kind in rules.WITH_AMOUNT,
        events=queries.when_it_happens(session, wanted) if wanted.view == "open" else 0,
        check=_check(session, viewer, wanted.year),
    )


def item_page(row: SupportItem, form: RecordForm | None = None, problem: str = "") -> str:
    """One item; the form holds what was recorded, or the usual sum of the pack."""
    session, today = db.session(), clock.today()
    writes = service.may_record(g.viewer, row, service.staffed_senders(session, today))
    usual = _usual(session, row, today)
    if form is None:
        held = row.amount if row.state != "open" else (Decimal(usual) if usual is not None else None)
        form = RecordForm(
            formdata=None,
            state="done" if row.state == "open" else row.state,
            done_on=row.done_on.isoformat() if row.done_on else "",
            document_no=row.document_no or "",
            amount=f"{held.normalize():f}" if held is not None else "",
            reason=row.reason,
        )
    if row.state != "open":
        form.allow_taking_back()
    return render_template(
        "support/show.html",
        row=row,
        form=form,
        problem=problem,
        writes=writes,
        usual=usual,
        today=today,
        words=tables.WORDS,
        with_amount=row.kind in rules.WITH_AMOUNT,
    )


def _usual(session: Session, row: SupportItem, today: date) -> int | None:
    kinds, _ = owed_in(session, row.unit_code, min(today, date(row.year, 12, 31)))
    return kinds[row.kind].usual_yuan(row.sending_unit.unit_code if row.sending_unit else None)


def _check(session: Session, viewer: Viewer, year: int) -> str:
    """The county whose yearly check of a year waits for an answer; "" where there is none."""
    county = viewer.prefixes[0] if viewer.prefixes and viewer.may(service.RECORD) else ""
    return county if county and duty.open_check(session, county, year) else ""
