"""Recalls: the list and one recall for township and county, and the part of the sending unit (Z-35)."""

from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from webapp import clock
from webapp.downloads import asked_format
from webapp.errors import DandangError, Forbidden, NotFound
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.forms import number_or_none
from webapp.org.models import Posting
from webapp.org.queries import sender_names
from webapp.org.rules import FAULT_REASONS, STATIONED
from webapp.org.views_files import send_list
from webapp.paging import number_from, paged
from webapp.permissions import ROLE_NAMES
from webapp.teams import recalls
from webapp.teams.forms import faults_of
from webapp.teams.models import GROUNDS, RECALL_STATES, RECALL_STEPS, Recall
from webapp.teams.tables import RECALL_HEADINGS, recall_rows
from webapp.teams.views_pages import pages
from webapp.words import form_id_from, typed_day


@pages.get("/teams/recalls/")
@requires("recall.read")
def recall_list() -> Response | str:
    """Recalls of the viewer's units, in the order of villages."""
    return _list(sent=False)


@pages.get("/teams/sent-recalls/")
@requires("recall.carry_out")
def sent_list() -> Response | str:
    """Recalls of people whom the viewer's sending unit has sent, wherever they are."""
    return _list(sent=True)


@pages.get("/teams/postings/<int:posting_id>/recall")
@requires("recall.propose")
def propose_form(posting_id: int) -> str:
    """The form in which a township proposes a recall."""
    return _propose_page(posting_id)


@pages.post("/teams/postings/<int:posting_id>/recall")
@requires("recall.propose")
def propose(posting_id: int) -> Any:
    """Propose it to the county."""
    typed = request.form
    try:
        row = recalls.propose(
            db.session(),
            form_id_from(request.form.get("form_id")),
            posting_id,
            ground=typed.get("ground", ""),
            facts=typed.get("facts", ""),
            document_no=typed.get("document_no", ""),
            at=clock.now(),
        )
    except (NotFound, Forbidden):
        raise
    except DandangError as error:
        db.session.rollback()
        return _propose_page(posting_id, faults_of(error)), error.status
    flash("已提出，待县级决定。", "done")
    target = url_for(".recall", recall_id=row.id)
    db.session.commit()
    return redirect(target, 303)


@pages.get("/teams/recalls/<int:recall_id>")
@requires("recall.read")
def recall(recall_id: int) -> str:
    """One recall with its steps, for township and county."""
    return _page(recall_id, "recall")


@pages.get("/teams/sent-recalls/<int:recall_id>")
@requires("recall.carry_out")
def sent_recall(recall_id: int) -> str:
    """The same for the sending unit."""
    return _page(recall_id, "sent_recall")


@pages.post("/teams/recalls/<int:recall_id>/withdraw")
@requires("recall.propose")
def withdraw(recall_id: int) -> Any:
    """The township takes its proposal back."""
    return _act(recall_id, "withdraw", "recall")


@pages.post("/teams/recalls/<int:recall_id>/decide")
@requires("recall.decide")
def decide(recall_id: int) -> Any:
    """The county decides."""
    return _act(recall_id, "decide", "recall")


@pages.post("/teams/recalls/<int:recall_id>/<any(carry_out,replace):kind>")
@requires("posting.write")
def enter_for_sender(recall_id: int, kind: str) -> Any:
    """The county desk enters the letter of a sending unit where nobody uses the product."""
    return _act(recall_id, kind, "recall")


@pages.post("/teams/sent-recalls/<int:recall_id>/<any(carry_out,replace):kind>")
@requires("recall.carry_out")
def carry_out(recall_id: int, kind: str) -> Any:
    """The sending unit recalls, then replaces."""
    return _act(recall_id, kind, "sent_recall")


def _do(recall_id: int, kind: str) -> None:
    typed, session, now = request.form, db.session(), clock.now()
    version, number = number_or_none(typed.get("version")) or 0, typed.get("document_no", "")
    if kind == "withdraw":
        recalls.withdraw(session, recall_id, reason=typed.get("reason", ""), version=version, at=now)
    elif kind == "decide":
        recalls.decide(
            session,
            recall_id,
            agreed={"yes": True, "no": False}.get(typed.get("agreed", "")),
            end_reason=typed.get("end_reason", ""),
            reason=typed.get("reason", ""),
            document_no=number,
            version=version,
            at=now,
        )
    elif kind == "carry_out":
        day = typed_day(typed.get("last_day"))
        recalls.carry_out(session, recall_id, last_day=day, document_no=number, version=version, at=now)
    else:
        recalls.replace(session, recall_id, name=typed.get("name", ""), document_no=number, version=version, at=now)


def _act(recall_id: int, kind: str, page: str) -> Any:
    try:
        _do(recall_id, kind)
    except (NotFound, Forbidden):
        raise
    except DandangError as error:
        db.session.rollback()
        return _page(recall_id, page, kind, faults_of(error)), error.status
    flash("已办理。", "done")
    db.session.commit()
    return redirect(url_for(f".{page}", recall_id=recall_id), 303)


def _list(*, sent: bool) -> Response | str:
    statement = (
        select(Recall)
        .options(joinedload(Recall.unit), joinedload(Recall.sending_unit))
        .order_by(Recall.unit_code, Recall.id.desc())
    )
    state = request.args.get("state", "")
    if state in RECALL_STATES:
        statement = statement.where(Recall.state == state)
    if asked_format():
        issuer = sender_names(db.session(), g.viewer) if sent else ""
        audited = ("recall.export", "list", "sent" if sent else "recalls")
        return send_list("召回", RECALL_HEADINGS, statement, recall_rows, audited, issuer=issuer)
    return render_template(
        "teams/recalls.html",
        page=paged(db.session(), statement, number_from(request.args.get("page"))),
        states=RECALL_STATES,
        roles=ROLE_NAMES,
        sent=sent,
    )


def _page(recall_id: int, page: str, tried: str = "", faults: dict[str, str] | None = None) -> str:
    row = db.session.scalar(select(Recall).where(Recall.id == recall_id).options(selectinload(Recall.steps)))
    if row is None:
        raise NotFound()
    viewer = g.viewer
    sending = page == "sent_recall" or (
        row.state in ("decided", "recalled") and recalls.may_enter_for_sender(db.session(), row)
    )
    return render_template(
        "teams/recall.html",
        row=row,
        sent=page == "sent_recall",
        states=RECALL_STATES,
        steps=RECALL_STEPS,
        grounds=GROUNDS,
        codes=recalls.CODES[row.ground],
        fault_codes=FAULT_REASONS,
        roles=ROLE_NAMES,
        decides=row.state == "proposed" and row.unit_code[:6] in viewer.units_with(recalls.DECIDE),
        withdraws=row.state == "proposed" and row.unit_code[:9] in viewer.units_with(recalls.PROPOSE),
        sends=sending,
        selects=row.state == "replaced" and bool(viewer.units_with("posting.write")),
        tried=tried,
        faults=faults or {},
    )


def _propose_page(posting_id: int, faults: dict[str, str] | None = None) -> str:
    row = db.session.get(Posting, posting_id)
    if row is None:
        raise NotFound()
    return render_template(
        "teams/propose.html",
        posting=row,
        stationed=row.role in STATIONED,
        grounds=GROUNDS,
        roles=ROLE_NAMES,
        form_id=form_id_from(request.form.get("form_id")),
        faults=faults or {},
    )
