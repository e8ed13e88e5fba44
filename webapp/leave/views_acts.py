"""Acts on a request: those of who decides, and those of the person."""

from datetime import date
from typing import Any, TypedDict

from flask import current_app, flash, g, redirect, request, url_for

from webapp import audit, clock
from webapp.errors import Conflict, Faulty, Forbidden, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.leave import acts, queries, sealing, service
from webapp.leave.models import REASONS
from webapp.leave.views_pages import pages
from webapp.leave.views_record import record
from webapp.words import typed_day

DONE = {
    "approve": "已批准，请假人会收到提示。",
    "review": "已审核同意，转县级批准。",
    "decline": "已办理：不批准。请假人会收到理由。",
    "withdraw": "已撤回。",
    "cancel": "已取消。",
    "return": "已销假。",
}


@pages.post("/leave/<int:request_id>/<any(approve,decline):verb>")
@requires("leave.decide")
def decide(request_id: int, verb: str) -> Any:
    """Approve or decline what waits for the viewer."""
    typed, version = request.form.get("text", ""), request.form.get("version", type=int)
    try:
        row = acts.decide(db.session(), request_id, verb, reason=typed, at=clock.now(), version=version)
    except (Refused, Conflict) as error:
        db.session.rollback()
        return record(request_id, error, verb), error.status
    return _back(row.id, row.events[-1].kind)


@pages.post("/leave/<int:request_id>/<any(withdraw,cancel):verb>")
@requires("leave.ask")
def take_back(request_id: int, verb: str) -> Any:
    """Withdraw what nobody has decided, or cancel what has not begun."""
    act = acts.withdraw if verb == "withdraw" else acts.cancel
    try:
        row = act(db.session(), request_id, at=clock.now(), version=request.form.get("version", type=int))
    except (Refused, Conflict) as error:
        db.session.rollback()
        return record(request_id, error, verb), error.status
    return _back(row.id, verb)


@pages.post("/leave/<int:request_id>/return")
@requires("leave.ask")
def report_return(request_id: int) -> Any:
    """销假."""
    version = request.form.get("version", type=int)
    try:
        row = acts.report_return(db.session(), request_id, **returned(), at=clock.now(), version=version)
    except (Faulty, Refused, Conflict) as error:
        db.session.rollback()
        return record(request_id, error, "return"), error.status
    return _back(row.id, "return")


@pages.post("/leave/<int:request_id>/reason")
@requires("leave.decide")
def read_reason(request_id: int) -> Any:
    """Show what a sick leave is for to the one who decides; the reading is audited."""
    row = queries.one(db.session(), request_id)
    if row.kind != "sick" or not acts.may_decide(g.viewer, row):
        raise Forbidden("病假原因类别只有本人和正在审批的同志可以查看。")
    if row.reason_category is None:
        raise Refused("病假原因类别已按规定清除。请直接办理审批。")
    words = REASONS[sealing.unseal(current_app.config["SETTINGS"].master_key(), row)]
    audit.record(db.session(), "leave.read", "leave_request", row.id, unit_code=row.unit_code)
    page = record(request_id, reason=words)
    db.session.commit()
    return page


class Returned(TypedDict):
    """What was typed of a return."""

    on: date | None
    half: str
    text: str


def returned() -> Returned:
    """What the form of a return says."""
    typed = request.form
    return Returned(
        on=typed_day(typed.get("returned_on")), half=typed.get("returned_half", ""), text=typed.get("text", "")
    )


def _back(request_id: int, kind: str) -> Any:
    flash(DONE.get(kind, f"已办理：{service.LABELS[kind]}。"), "done")
    db.session.commit()
    return redirect(url_for("leave.show", request_id=request_id), 303)
