"""The versions of a confirmed month and their corrections, and exemptions from the rules of days."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from webapp import clock
from webapp.downloads import asked_format
from webapp.errors import Conflict, Faulty, NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.models import Posting
from webapp.org.queries import names
from webapp.org.views_files import send_headed
from webapp.permissions import ROLE_NAMES
from webapp.presence import confirming, exempting
from webapp.presence.inspection_rules import TEXT_LIMIT
from webapp.presence.month_models import CORRECTION_STATES, EXEMPTIONS, PresenceMonth
from webapp.presence.month_table import HEADINGS, people_rows, stretches
from webapp.presence.views_pages import pages
from webapp.words import form_id_from, typed_day


@pages.get("/presence/months/<int:month_id>")
@requires("presence.lists")
def versions(month_id: int) -> Response | str:
    """Every version of the list as it was confirmed, with reason and approver; the last one also as a file."""
    return _file(_one(month_id)) if asked_format() else _versions(month_id)


@pages.post("/presence/months/<int:month_id>/correct")
@requires("presence.confirm")
def correct(month_id: int) -> Any:
    """The township asks for a correction."""
    row = _one(month_id)
    reason = request.form.get("text", "")
    try:
        confirming.ask_correction(db.session(), row.unit_code, row.month, reason=reason, at=clock.now())
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _versions(month_id, error.sentence), error.status
    flash("已申请更正，县级同意后生成新一版名单。", "done")
    db.session.commit()
    return redirect(url_for(".versions", month_id=month_id), 303)


@pages.post("/presence/corrections/<int:correction_id>/decide")
@requires("presence.correct")
def decide_correction(correction_id: int) -> Any:
    """The county approves or refuses."""
    typed = request.form
    try:
        found = confirming.decide_correction(
            db.session(),
            correction_id,
            approve=typed.get("verb") == "approve",
            text=typed.get("text", ""),
            at=clock.now(),
            version=typed.get("version", type=int),
        )
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _versions(confirming.correction(db.session(), correction_id).month_id, error.sentence), error.status
    month_id = found.month_id
    flash(f"{CORRECTION_STATES[found.state]}。", "done")
    db.session.commit()
    return redirect(url_for(".versions", month_id=month_id), 303)


@pages.get("/presence/postings/<int:posting_id>/exemptions")
@requires("presence.correct")
def exemptions(posting_id: int) -> str:
    """The exemptions of a post, and the form for one more."""
    return _exemptions(posting_id)


@pages.post("/presence/postings/<int:posting_id>/exemptions")
@requires("presence.correct")
def exempt(posting_id: int) -> Response | tuple[str, int]:
    """Record an exemption with its document."""
    typed = request.form
    try:
        exempting.record(
            db.session(),
            posting_id,
            request_id=form_id_from(typed.get("request_id")),
            kind=typed.get("kind", ""),
            first_on=typed_day(typed.get("first_on")),
            last_on=typed_day(typed.get("last_on")),
            document_no=typed.get("document_no", ""),
            at=clock.now(),
        )
    except Faulty as error:
        db.session.rollback()
        return _exemptions(posting_id, error.faults), error.status
    except Refused as error:
        db.session.rollback()
        return _exemptions(posting_id, {"": error.sentence}), error.status
    flash("已登记，在岗天数随之重新计算。", "done")
    db.session.commit()
    return redirect(url_for(".exemptions", posting_id=posting_id), 303)


def _file(row: PresenceMonth) -> Response:
    """The last version in code order, with issuer and end date (X-20); the export itself is audited."""
    people, month = row.lists[-1].people if row.lists else [], row.month
    rows = people_rows(db.session(), people)
    title, audited = (
        f"{row.unit.name}{month}在岗名单（第 {row.current} 版）",
        ("presence.export", "presence_month", row.id),
    )
    return send_headed(title, HEADINGS, rows, audited, len(rows), issuer=row.unit.name, name=f"在岗名单-{month}")


def _one(month_id: int) -> PresenceMonth:
    row = db.session.scalar(
        select(PresenceMonth)
        .where(PresenceMonth.id == month_id)
        .options(
            joinedload(PresenceMonth.unit),
            selectinload(PresenceMonth.lists),
            selectinload(PresenceMonth.corrections),
        )
    )
    if row is None:
        raise NotFound()
    return row


def _versions(month_id: int, problem: str | None = None) -> str:
    row = _one(month_id)
    codes = {person["unit"] for one in row.lists for person in one.people}
    waiting = next((one for one in row.corrections if one.state == "asked"), None)
    viewer = g.viewer
    return render_template(
        "presence/versions.html",
        row=row,
        units=names(db.session(), codes),
        roles=ROLE_NAMES,
        stretches=stretches,
        correction_states=CORRECTION_STATES,
        waiting=waiting,
        asks=waiting is None and row.current and row.unit_code in viewer.units_with(confirming.CONFIRM),
        decides=waiting is not None
        and row.unit_code[:6] in viewer.units_with(confirming.APPROVE)
        and waiting.asked_by_id != viewer.person_id,
        problem=problem,
        longest=TEXT_LIMIT,
    )


def _exemptions(posting_id: int, faults: dict[str, str] | None = None) -> str:
    posting = db.session.scalar(
        select(Posting)
        .where(Posting.id == posting_id)
        .options(joinedload(Posting.person), joinedload(Posting.division))
    )
    if posting is None:
        raise NotFound()
    return render_template(
        "presence/exemptions.html",
        posting=posting,
        rows=exempting.of_posting(db.session(), posting_id),
        kinds=EXEMPTIONS,
        faults=faults or {},
        request_id=form_id_from(request.form.get("request_id")),
    )
