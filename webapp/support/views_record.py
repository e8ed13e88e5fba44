"""Recording: a whole list in one act, one item, and the county's yearly check that the ledger answers."""

from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, request, url_for

from webapp import clock
from webapp.errors import Conflict, DandangError, Faulty, Forbidden, NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.codes import held
from webapp.org.forms import number_or_none, typed_day
from webapp.support import duty, queries, service
from webapp.support.forms import RecordForm
from webapp.support.queries import Wanted
from webapp.support.views_pages import item_page, list_page, pages, whole_list


@pages.post("/support/record")
@requires("support.record")
def record_many() -> Any:
    """Record the ticked items, or the whole list as it was shown, with one entry."""
    form, session, at = RecordForm(), db.session(), clock.now()
    wanted = Wanted.of(request.form, clock.day_of(at).year)
    ticked = [number for number in map(number_or_none, request.form.getlist("item")) if number is not None]
    try:
        ids = _whole(wanted) if form.scope.data == "whole" else ticked
        number = service.record_many(
            session,
            ids,
            state=form.state.data or "",
            done_on=typed_day(form.done_on.data),
            document_no=form.document_no.data or "",
            amount=form.amount.data or "",
            reason=form.reason.data or "",
            at=at,
        )
    except (Forbidden, NotFound):
        raise
    except DandangError as error:
        db.session.rollback()
        return list_page(wanted, form, ticked, _told(form, error)), error.status
    flash(f"已登记 {number} 项。" if number else "所选事项都已经登记过，没有改动。", "done")
    address = f"{url_for('.listing')}?{urlencode(wanted.address)}"
    db.session.commit()
    return redirect(address, 303)


def _whole(wanted: Wanted) -> list[int]:
    session = db.session()
    rows = whole_list(session, wanted, service.staffed_senders(session, clock.today()))
    if not wanted.kind:
        raise Refused("登记所列全部时，应当先选定一类保障事项。请在上方选择类别。")
    if not rows:
        return []
    if service.digest_of(rows) != request.form.get("seen"):
        raise Conflict("所列事项在您打开页面后有变动，没有登记。请看过最新列表再登记。")
    return [row.id for row in rows]


@pages.post("/support/<int:item_id>")
@requires("support.record")
def record(item_id: int) -> Any:
    """Record one item, or correct it."""
    form, typed = RecordForm(), request.form
    try:
        service.record(
            db.session(),
            item_id,
            state=form.state.data or "",
            version=number_or_none(typed.get("version")) or 0,
            done_on=typed_day(form.done_on.data),
            document_no=form.document_no.data or "",
            amount=form.amount.data or "",
            reason=form.reason.data or "",
            correction=form.correction.data or "",
            at=clock.now(),
        )
    except (Forbidden, NotFound):
        raise
    except DandangError as error:
        db.session.rollback()
        return item_page(queries.one(db.session(), item_id), form, _told(form, error)), error.status
    flash("已登记，本人可以看到。", "done")
    db.session.commit()
    return redirect(url_for(".show", item_id=item_id), 303)


@pages.post("/support/check")
@requires("support.record")
def answer_check() -> Any:
    """Answer the county's yearly check with the ledger as it stands."""
    code, year = held(request.form.get("unit", "")), number_or_none(request.form.get("year")) or 0
    found = duty.answer(db.session(), code, year, clock.now())
    flash("已以台账反馈驻村保障落实核对任务。", "done")
    address = url_for("accountability.assignment", assignment_id=found.id)
    db.session.commit()
    return redirect(address, 303)


def _told(form: RecordForm, error: DandangError) -> str:
    return form.tell(error.faults) if isinstance(error, Faulty) else error.sentence
