"""核验: what a unit handed down in a task, decided many at once, undone within ten seconds, with the unit's stored reasons."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import asked, bulk, drill, entries, reasons, sampling
from webapp.accountability.brought_out import answerable
from webapp.accountability.bulk import NotAll, Picked
from webapp.accountability.models import STATES, AccountabilityTask
from webapp.accountability.rules import REASON_LIMIT
from webapp.accountability.views_pages import master_key, pages
from webapp.errors import Conflict, Forbidden, NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.codes import full, held
from webapp.org.queries import names
from webapp.paging import number_from, paged
from webapp.words import form_id_from

STEP = "verify"


@pages.get("/tasks/<number>/verify")
@requires("task.verify")
def verify_page(number: str) -> str:
    """Reports that wait for the unit's decision, 25 a page in code order, and what can still be undone.

    With the form of a refusal in the address, what was ticked and typed in it, and why it was refused.
    """
    task = drill.task_by_number(db.session(), number)
    return _page(task, _unit(task))


@pages.post("/tasks/<number>/verify")
@requires("task.verify")
def verify_many(number: str) -> Response:
    """Decide on all ticked rows or on none; each that hinders is named with its reason, the ticks stay."""
    task = drill.task_by_number(db.session(), number)
    unit, kind = _unit(task), request.form.get("decision", "")
    said, key = _reason(), request.form.get("key", "")
    picked = _picked(request.form)
    try:
        batch = bulk.decide(db.session(), task.id, unit, picked, kind, key=key, reason=said, at=clock.now())
        if request.form.get("keep") and said:
            reasons.store(db.session(), unit, said)
    except (Refused, Conflict, NotFound) as error:
        db.session.rollback()
        told = entries.refused_by(STEP, error)
        if isinstance(error, NotAll):
            told.faults = {str(one): f"{name}：{why}" for one, name, why in error.lines}
        typed = [pair for pair in request.form.items(multi=True) if pair[0] not in ("csrf_token", "all")]
        typed += [("tick", f"{one.assignment_id}") for one in picked if str(one.assignment_id) not in told.faults]
        form = form_id_from(key)
        entries.keep(db.session(), master_key(), form, typed, told, clock.now())
        db.session.commit()
        page = request.args.get("page") or None
        return redirect(url_for(".verify_page", number=number, unit=full(unit), form=form, page=page), 303)
    flash(
        f"已对 {batch.chosen} 个单位办理“{bulk.LABELS[batch.kind]}”，并已通知对方。{bulk.UNDO_SECONDS} 秒内可以撤销。",
        "done",
    )
    entries.forget(db.session(), key)
    db.session.commit()
    return redirect(url_for(".verify_page", number=number, unit=full(unit)), 303)


@pages.post("/tasks/<number>/verify/undo")
@requires("task.verify")
def undo(number: str) -> Response:
    """Take a batch of one's own back as a whole."""
    task = drill.task_by_number(db.session(), number)
    unit = _unit(task)
    try:
        batch = bulk.undo(db.session(), request.form.get("key", ""), at=clock.now())
        flash(f"已撤销对 {batch.chosen} 个单位的办理。先前的通知已经送达，不能收回，已另发更正通知。", "done")
        db.session.commit()
    except (Refused, Conflict, NotFound) as error:
        db.session.rollback()
        flash(f"没有撤销。{error.sentence}", "problem")
    return redirect(url_for(".verify_page", number=number, unit=full(unit)), 303)


@pages.post("/tasks/<number>/verify/reasons")
@requires("task.verify")
def drop_reasons(number: str) -> Response:
    """Take stored reasons of the unit out."""
    unit = _unit(drill.task_by_number(db.session(), number))
    gone = reasons.drop(db.session(), unit, request.form.getlist("stored", type=int))
    flash(f"已删除 {gone} 条常用理由。" if gone else "没有选择常用理由，没有删除。", "done")
    db.session.commit()
    return redirect(url_for(".verify_page", number=number, unit=full(unit)))


def _unit(task: AccountabilityTask) -> str:
    """The own unit for which the page works: the one in the address, else the issuer's or the first own."""
    own = g.viewer.units_with("task.verify")
    typed = request.values.get("unit", "")
    wanted = held(typed) or typed
    if wanted and wanted not in own:
        raise Forbidden("这一步由下达或分解这项任务的单位办理，您现任岗位不能代办。请与该单位联系。")
    return wanted or (task.issuer_code if task.issuer_code in own else own[0])


def _picked(form: MultiDict[str, str]) -> list[Picked]:
    """The ticked rows, or all that the page offered as a whole, each "id:version"; what cannot be read is left out.

    All are those that the page held, also on its other pages: nothing that came since is decided on unseen.
    """
    whole = form.get("scope") == "all"
    pairs = [text.split(":") for text in (form.get("all", "").split() if whole else form.getlist("row"))]
    return [
        Picked(int(pair[0]), int(pair[1]))
        for pair in pairs
        if len(pair) == 2 and all(part.isascii() and part.isdigit() and len(part) < 10 for part in pair)
    ]


def _reason() -> str:
    """What was typed, else the stored reason that was chosen."""
    return request.form.get("reason", "").strip() or request.form.get("chosen", "").strip()


def _page(task: AccountabilityTask, unit: str) -> str:
    session, at = db.session(), clock.now()
    key = form_id_from(request.args.get("form"))
    held, told = entries.at_step(session, master_key(), key, STEP)
    typed = MultiDict(held)
    return render_template(
        "accountability/verify.html",
        task=task,
        unit=unit,
        unit_name=names(session, [unit]).get(unit, unit),
        page=paged(session, bulk.waiting(task.id, unit), number_from(request.args.get("page"))),
        sample=sampling.sample_of(session, task.id, unit),
        undoable=bulk.undoable(session, task.id, unit, at),
        reasons=reasons.reasons_of(session, unit),
        whole=bulk.whole(session, task.id, unit),
        fields=answerable(task),
        key=key,
        problem=told.problem,
        hindrances=list(told.faults.values()),
        ticked=set(typed.getlist("tick", int)),
        typed=typed,
        decisions=bulk.LABELS,
        seconds=bulk.UNDO_SECONDS,
        states=STATES,
        full=full,
        reason_limit=REASON_LIMIT,
        heading=asked.heading,
        cell_of=asked.cell,
    )
