"""Remarks and watching: a part of the assignment's page, and the acts on it."""

import uuid
from dataclasses import dataclass

from flask import flash, g, redirect, render_template, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import drill, kept_words, remarks, watching
from webapp.accountability.models import Assignment
from webapp.accountability.panels import panels
from webapp.accountability.queries import bare
from webapp.accountability.views_kept import keep_typed
from webapp.accountability.views_pages import master_key, pages
from webapp.errors import Conflict, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.paging import number_from, paged

_TRIED = "tried_remark"
_MOST_KEPT = 100
"""People whose ticks go back to the page with a refusal: they travel in the browser's cookie."""


@dataclass(frozen=True)
class Tried:
    """What was typed and why it could not be kept; `remark_id` is None for a new remark."""

    remark_id: int | None
    text: str
    chosen: frozenset[int]
    problem: str


@pages.get("/tasks/assignments/<int:assignment_id>/remarks")
@requires("task.read")
def remark_list(assignment_id: int) -> str:
    """All remarks, newest first, and the form for one more."""
    return _page(assignment_id)


@pages.post("/tasks/assignments/<int:assignment_id>/remarks")
@requires("task.read")
def write_remark(assignment_id: int) -> Response:
    """Keep a new remark."""
    return _kept(assignment_id, None)


@pages.post("/tasks/assignments/<int:assignment_id>/remarks/<int:remark_id>")
@requires("task.read")
def correct_remark(assignment_id: int, remark_id: int) -> Response:
    """Correct one's own remark."""
    return _kept(assignment_id, remark_id)


@pages.post("/tasks/assignments/<int:assignment_id>/watch/<any(on,off):act>")
@requires("task.read")
def watch_assignment(assignment_id: int, act: str) -> Response:
    """Hear of this assignment, or not any more."""
    keep_typed(assignment_id)
    session = db.session()
    row = bare(session, assignment_id)
    if act == "on":
        watching.watch(session, g.viewer.person_id, row.task, row, clock.now())
    else:
        watching.unwatch(session, g.viewer.person_id, row.task, row)
    flash("已关注，有新进展时收件箱会告诉您。" if act == "on" else "已取消关注。", "done")
    db.session.commit()
    return redirect(url_for(".assignment", assignment_id=assignment_id) + "#remarks", 303)


@pages.post("/tasks/<number>/watch/<any(on,off):act>")
@requires("task.read")
def watch_task(number: str, act: str) -> Response:
    """Hear of every assignment of the task within the own units, or not any more."""
    session = db.session()
    back = request.form.get("assignment", type=int)
    if back:
        keep_typed(back)
    task = drill.task_by_number(session, number)
    if act == "on":
        watching.watch(session, g.viewer.person_id, task, None, clock.now())
    else:
        watching.unwatch(session, g.viewer.person_id, task, None)
    flash("已关注整项任务，有新进展时收件箱会告诉您。" if act == "on" else "已取消关注整项任务。", "done")
    db.session.commit()
    path = url_for(".assignment", assignment_id=back) if back else url_for(".task", number=number)
    return redirect(path, 303)


def remark_panel(assignment_id: int) -> str:
    """How many remarks there are and the buttons to watch, for the assignment's page; all else has a page of its own."""
    session = db.session()
    row = session.get_one(Assignment, assignment_id)  # the page has just read it
    number, own, whole = remarks.beside(session, g.viewer.person_id, row)
    return render_template("accountability/remark_panel.html", row=row, number=number, watches=own, watches_task=whole)


def _page(assignment_id: int) -> str:
    session = db.session()
    row, tried = bare(session, assignment_id), _take_tried(assignment_id)
    return render_template(
        "accountability/remarks.html",
        row=row,
        page=paged(session, remarks.of_assignment(assignment_id), number_from(request.args.get("page"))),
        people=remarks.mentionable(session, row, clock.today()),
        me=g.viewer.person_id,
        tried=tried,
        limit=remarks.LIMIT,
        request_id=str(uuid.uuid4()),
    )


def _take_tried(assignment_id: int) -> Tried | None:
    """The refusal of which this page has not told yet, with the words that were kept."""
    held = browser.pop(_TRIED, None)
    if not held or held["assignment_id"] != assignment_id:
        return None
    text = kept_words.of(db.session(), master_key(), assignment_id).get(_kept_as(held["remark_id"]), "")
    return Tried(held["remark_id"], text, frozenset(held["chosen"]), held["problem"])


def _kept_as(remark_id: int | None) -> str:
    return f"{kept_words.REMARK}{remark_id or 'new'}"


def _kept(assignment_id: int, remark_id: int | None) -> Response:
    """Back to the remarks; what was refused is kept, and the page says once why."""
    session, text = db.session(), request.form.get("text", "")
    chosen = frozenset(int(one) for one in request.form.getlist("person") if one.isascii() and one.isdigit())
    try:
        if remark_id is None:
            form_id = request.form.get("request_id", "")[:36] or str(uuid.uuid4())
            said = remarks.write(session, assignment_id, request_id=form_id, text=text, chosen=chosen, at=clock.now())
        else:
            version = request.form.get("version", type=int)
            said = remarks.correct(
                session, assignment_id, remark_id, text=text, chosen=chosen, version=version, at=clock.now()
            )
    except (Refused, Conflict) as error:
        db.session.rollback()
        kept_words.keep(session, master_key(), assignment_id, {_kept_as(remark_id): text}, {}, clock.now())
        db.session.commit()
        held = {"assignment_id": assignment_id, "remark_id": remark_id, "problem": error.sentence}
        browser[_TRIED] = {**held, "chosen": sorted(chosen)[:_MOST_KEPT]}
        return redirect(url_for(".remark_list", assignment_id=assignment_id), 303)
    kept_words.forget(session, master_key(), assignment_id, clock.now(), _kept_as(remark_id))
    flash("留言已保存。" if remark_id is None else "留言已更正，原来的文字仍可查看。", "done")
    for note in said.notes:
        flash(note, "due")
    db.session.commit()
    return redirect(url_for(".remark_list", assignment_id=assignment_id), 303)


panels.append(remark_panel)
