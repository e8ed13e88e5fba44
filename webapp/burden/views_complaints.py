"""Complaints and suggestions: handed in by anybody without a name, read and answered by the county's office.

The open pages neither read nor touch the session, and their own token takes the place of the session's.
"""

import secrets
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer

from webapp import clock
from webapp.burden import complaints, tables
from webapp.burden.throttle import DailyTokens
from webapp.burden.views_pages import pages
from webapp.downloads import asked_format
from webapp.errors import Conflict, DandangError, Refused
from webapp.extensions import csrf, db
from webapp.guards import public, requires, unseen
from webapp.keys import derive
from webapp.org.models import Division
from webapp.org.views_files import send_list
from webapp.paging import number_from, paged
from webapp.policy.calendar import work_calendar

HOURS = 12
MOST_A_DAY, LOOKED_UP_A_DAY = 100, 200
"""Complaints that are taken, and look-ups of receipts, from one address, behind which a whole county may sit; each worker
process counts for itself."""


class TooMany(Refused):
    """An address has sent all that a day allows."""

    status = 429


def _slow_down(act: str, most: int) -> None:
    """Raise `TooMany` for an address that sends too much, without keeping the address."""
    tokens: DailyTokens = current_app.extensions.setdefault("complaint_tokens", DailyTokens())
    if not tokens.allows(act, request.remote_addr or "", most, clock.today()):
        raise TooMany("今天从这个网络提交或者查询的次数已到上限，内容没有保存。请明天再来，或者换一个网络。")


def _key(purpose: str) -> bytes:
    return derive(current_app.config["SETTINGS"].master_key(), purpose)


def _tokens() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_key("complaint-form"))


@pages.get("/complaints/new")
@unseen
@public
def complain() -> str:
    """The form; it asks for no name."""
    return _form_page()


@pages.post("/complaints/new")
@unseen
@csrf.exempt
@public
def hand_in() -> Any:
    """Take a complaint and show its receipt code, this once."""
    try:
        receipt = complaints.receipt_of(_key("complaint-receipt"), _checked_token())
        county = complaints.county_named(db.session(), request.form.get("county", ""))
        complaints.complain(db.session(), county.code, request.form.get("text", ""), receipt, clock.today())
        _slow_down("complain", MOST_A_DAY)
    except DandangError as error:
        db.session.rollback()
        return _form_page(error.sentence), error.status
    page = render_template("burden/receipt.html", plain=True, receipt=receipt, county=county.name)
    db.session.commit()
    return page


def _checked_token() -> str:
    """The form's own token; a page from elsewhere has none. Raises `Refused`."""
    origin = request.headers.get("Origin")
    foreign = origin not in (None, "null") and urlsplit(origin).netloc != request.host
    if foreign or request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Refused("提交没有来自本系统的页面。请打开投诉建议页面重新填写。")
    try:
        token: str = _tokens().loads(request.form.get("token", ""), max_age=HOURS * 3600)
    except BadData:
        raise Refused("页面停留时间过长，内容还没有提交。请核对后再次提交。") from None
    return token


def _form_page(problem: str | None = None) -> str:
    known = complaints.counties(db.session())
    token = request.form.get("token", "")
    try:
        _tokens().loads(token, max_age=HOURS * 3600)
    except BadData:
        token = str(_tokens().dumps(secrets.token_hex(16)))
    return render_template(
        "burden/complain.html",
        plain=True,
        problem=problem,
        counties=known if len(known) <= complaints.MANY else [],
        county=request.form.get("county", known[0].code if len(known) == 1 else ""),
        text=request.form.get("text", ""),
        longest=complaints.LONGEST,
        token=token,
    )


@pages.get("/complaints/receipt")
@unseen
@public
def follow() -> str:
    """Where a receipt code is typed in."""
    return render_template("burden/follow.html", plain=True, found=None, problem=None, county="")


@pages.post("/complaints/receipt")
@unseen
@csrf.exempt
@public
def followed() -> Any:
    """What has become of a complaint, for whoever holds its code; a POST keeps the code out of the address."""
    return _what_became_of(request.form.get("receipt", ""))


@pages.get("/complaints/<receipt>")
@unseen
@public
def followed_at(receipt: str) -> Any:
    """The same at an address that can be kept: no log of ours holds it, no page hands it on as where it came from."""
    return _what_became_of(receipt)


def _what_became_of(receipt: str) -> Any:
    _slow_down("follow", LOOKED_UP_A_DAY)
    try:
        row = complaints.followed(db.session(), receipt)
    except DandangError as error:
        return render_template("burden/follow.html", plain=True, found=None, problem=error.sentence, county=""), 404
    county = db.session.get_one(Division, row.unit_code)
    due = complaints.due_on(db.session(), row, work_calendar(db.session()))
    return render_template("burden/follow.html", plain=True, found=row, problem=None, county=county.name, due=due)


@pages.get("/complaints/")
@requires("complaint.read")
def listing() -> Response | str:
    """What was handed in to the office, unanswered first."""
    if asked_format():
        shown = partial(tables.complaint_rows, db.session())
        audited = ("burden.export", "list", "complaints")
        return send_list("投诉建议办理", tables.COMPLAINT_HEADINGS, complaints.received(), shown, audited)
    return _listing_page()


def _listing_page(tried: str = "", problem: str | None = None) -> str:
    """The list; `tried` is the complaint whose answer was not taken, which stands as it was typed."""
    page = paged(db.session(), complaints.received(), number_from(request.args.get("page")))
    calendar = work_calendar(db.session())
    due = {row.id: complaints.due_on(db.session(), row, calendar) for row in page.rows}
    workdays = {row.id: complaints.answer_workdays(db.session(), row) for row in page.rows}
    return render_template(
        "burden/listing.html",
        page=page,
        due=due,
        workdays=workdays,
        tried=tried,
        typed=request.form.get("answer", ""),
        problem=problem,
    )


@pages.post("/complaints/<complaint_id>/answer")
@requires("complaint.answer")
def answer(complaint_id: str) -> Any:
    """Answer once; whoever holds the receipt reads it."""
    try:
        complaints.answer(db.session(), complaint_id, request.form.get("answer", ""), clock.today())
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _listing_page(complaint_id, error.sentence), error.status
    flash("已答复。提出意见的人凭回执码可以看到答复。", "success")
    db.session.commit()
    return redirect(url_for(".listing"), 303)
