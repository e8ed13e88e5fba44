"""委托审批: what one has delegated and received, a new delegation, taking one back."""

from datetime import date

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.downloads import asked_format
from webapp.errors import DandangError, Faulty
from webapp.extensions import db
from webapp.guards import requires
from webapp.org import delegations, export
from webapp.org.pages_views import pages
from webapp.org.views_files import send_list
from webapp.paging import number_from, paged
from webapp.permissions import ROLE_NAMES

_ASKED = {"starts_on": "开始日期", "ends_on": "结束日期"}


@pages.get("/delegations/")
@requires("approval.delegate")
def delegation_list() -> Response | str:
    """Own delegations, made and received, and the form for a new one."""
    if asked_format():
        statement = delegations.listed(g.viewer)
        audited = ("delegation.export", "list", "own")
        return send_list("委托审批", export.DELEGATION_HEADINGS, statement, export.delegation_rows, audited)
    return _page()


@pages.post("/delegations/")
@requires("approval.delegate")
def delegation_make() -> Response | tuple[str, int]:
    """Delegate the approvals of an own post."""
    try:
        row = delegations.delegate(
            db.session(),
            posting_id=request.form.get("posting", 0, type=int),
            to_person_id=request.form.get("to_person", 0, type=int),
            starts_on=_day("starts_on"),
            ends_on=_day("ends_on"),
            reason=request.form.get("reason", ""),
            at=clock.now(),
        )
    except DandangError as error:
        db.session.rollback()
        return _page(error), error.status
    name = row.to_person.name
    db.session.commit()
    flash(f"已委托{name}。到期自动失效，也可以提前收回。", "done")
    return redirect(url_for("org.delegation_list"))


@pages.post("/delegations/<int:delegation_id>/revoke")
@requires("approval.delegate")
def delegation_revoke(delegation_id: int) -> Response:
    """Take an own delegation back."""
    delegations.revoke(db.session(), delegation_id, at=clock.now())
    db.session.commit()
    flash("已收回委托，立即生效。", "done")
    return redirect(url_for("org.delegation_list"))


def _day(name: str) -> date:
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text)
    except ValueError:
        words = f"{_ASKED[name]}不正确。请按“2026-11-24”的样子填写。" if text else f"没有填写{_ASKED[name]}。请补填。"
        raise Faulty({name: words}) from None


def _page(error: DandangError | None = None) -> str:
    session, viewer, today = db.session(), g.viewer, clock.today()
    return render_template(
        "org/delegations.html",
        page=paged(session, delegations.listed(viewer), number_from(request.args.get("page"))),
        postings=delegations.own_postings(session, viewer),
        colleagues=delegations.colleagues(session, viewer, today),
        typed=request.form,
        problem=error.sentence if error else None,
        faults=error.faults if isinstance(error, Faulty) else {},
        roles=ROLE_NAMES,
        me=viewer.person_id,
    )
