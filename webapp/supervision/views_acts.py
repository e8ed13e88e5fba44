"""Acts of 督办: reminding one or several, taking a step of the ladder, withdrawing one."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability.entries import Told, refused_by
from webapp.errors import Conflict, Faulty, Forbidden, NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.supervision import ladder, reminding
from webapp.supervision.forms import StepForm
from webapp.supervision.models import STEPS, Reminder
from webapp.supervision.subjects import TASK, of_rows
from webapp.supervision.views_pages import WITHDRAW, address, back_refused, named, pages

MOST_AT_ONCE = 200
_STEP = "<any(remind,talk,circular,listed_supervision,accountability):kind>"


@pages.post("/supervision/<int:assignment_id>/remind")
@requires("task.remind")
def remind(assignment_id: int) -> Response:
    """催办 of one assignment; back to its page."""
    try:
        made, fresh = reminding.remind(db.session(), assignment_id, at=clock.now())
    except Refused as error:
        db.session.rollback()
        flash(error.sentence, "problem")
        return redirect(address(".item", TASK, assignment_id), 303)
    flash(told(made, fresh), "done")
    db.session.commit()
    return redirect(url_for("accountability.assignment", assignment_id=assignment_id))


@pages.post("/supervision/remind")
@requires("task.remind")
def remind_several() -> Response:
    """催办 of the ticked assignments; what cannot be reminded of is named, the others go out. Back to the task where it was pressed there."""
    chosen = list(dict.fromkeys(request.form.getlist("assignment", type=int)))
    if not chosen or len(chosen) > MOST_AT_ONCE:
        raise Refused(f"请勾选要催办的任务，一次最多 {MOST_AT_ONCE} 项。")
    done, refused = 0, []
    for assignment_id in chosen:
        try:
            with db.session.begin_nested():
                done += reminding.remind(db.session(), assignment_id, at=clock.now())[1]
        except NotFound:
            refused.append("有一项不在您的管辖范围内。")
        except (Refused, Forbidden) as error:
            refused.append(error.sentence)
    flash(f"已催办 {done} 项，共勾选 {len(chosen)} 项。", "done")
    for sentence in dict.fromkeys(refused):
        flash(sentence, "problem")
    db.session.commit()
    number = request.form.get("task", "")
    return redirect(url_for("accountability.task", number=number) if number else url_for(".listing"))


@pages.post(f"/supervision/<int:assignment_id>/desk/{_STEP}")
@pages.post(f"/supervision/issues/<int:issue_id>/desk/{_STEP}")
@requires("task.issue")
def step_by_desk(kind: str, assignment_id: int | None = None, issue_id: int | None = None) -> Response:
    """A step that the pack gives to the desk of the deciding level."""
    return _take(*named(assignment_id, issue_id), kind, "desk")


@pages.post(f"/supervision/<int:assignment_id>/secretary/{_STEP}")
@pages.post(f"/supervision/issues/<int:issue_id>/secretary/{_STEP}")
@requires("task.decide")
def step_by_secretary(kind: str, assignment_id: int | None = None, issue_id: int | None = None) -> Response:
    """A step that the pack gives to the secretary of the deciding level."""
    return _take(*named(assignment_id, issue_id), kind, "secretary")


@pages.post("/supervision/<int:assignment_id>/desk/<int:step_id>/withdraw")
@pages.post("/supervision/issues/<int:issue_id>/desk/<int:step_id>/withdraw")
@requires("task.issue")
def withdraw_by_desk(step_id: int, assignment_id: int | None = None, issue_id: int | None = None) -> Response:
    """Take back a step of the desk."""
    return _withdraw(*named(assignment_id, issue_id), step_id, "desk")


@pages.post("/supervision/<int:assignment_id>/secretary/<int:step_id>/withdraw")
@pages.post("/supervision/issues/<int:issue_id>/secretary/<int:step_id>/withdraw")
@requires("task.decide")
def withdraw_by_secretary(step_id: int, assignment_id: int | None = None, issue_id: int | None = None) -> Response:
    """Take back a step of the secretary."""
    return _withdraw(*named(assignment_id, issue_id), step_id, "secretary")


def _take(column: str, row_id: int, kind: str, door: str) -> Response:
    form = StepForm(prefix=kind)
    form.validate()  # only notes days that could not be read; what is needed is judged by the service
    seen = request.form.get("seen", type=int)
    try:
        ladder.take(db.session(), row_id, kind, form.typed(), at=clock.now(), by=door, seen=seen, column=column)
    except Faulty as error:
        return back_refused(column, row_id, Told(kind, error.status, faults=error.faults))
    except (Refused, Conflict) as error:
        return back_refused(column, row_id, refused_by(kind, error))
    flash(f"已登记“{STEPS[kind]}”，并已通知承办单位。", "done")
    db.session.commit()
    return redirect(address(".item", column, row_id))


def _withdraw(column: str, row_id: int, step_id: int, door: str) -> Response:
    reason = request.form.get("reason", "")
    try:
        step = ladder.withdraw(db.session(), row_id, step_id, reason=reason, at=clock.now(), by=door, column=column)
    except (Refused, Conflict) as error:
        return back_refused(column, row_id, refused_by(WITHDRAW, error))
    flash(f"已撤销“{STEPS[step.kind]}”，并已通知承办单位。", "done")
    db.session.commit()
    return redirect(address(".item", column, row_id))


def told(made: Reminder, fresh: bool) -> str:
    """What became of a press of the button, in words."""
    if not fresh:
        one = of_rows([made])[made.id]
        return f"{one.this}今天已经催办，不重复发送。" if made.sent_at else "已有一条催办等待发出，不重复发送。"
    if made.sent_at is None:
        return "已受理。现在不在规定的提醒时段，将在下一个工作日时段内发出。"
    return "已催办，承办单位会在收件箱看到。"
