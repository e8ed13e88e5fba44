"""Replies to one task: the list, the collected table, the evidence as one archive; and entering what came on paper."""

from flask import current_app, flash, g, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import asked, evidence_zip, paper, queries, replies, reply_template
from webapp.accountability.brought_out import brought_out
from webapp.accountability.drill import task_by_number
from webapp.accountability.export import state_words
from webapp.accountability.models import AccountabilityTask
from webapp.accountability.reply_template import Plan
from webapp.accountability.rules import BY_PAPER, OPEN, SHEET
from webapp.accountability.views_pages import pages
from webapp.downloads import asked_format, note_export, send_table
from webapp.errors import Conflict, DandangError, Refused
from webapp.extensions import db, limiter
from webapp.guards import requires
from webapp.org.codes import prefix_of
from webapp.paging import number_from, paged
from webapp.table_files import LARGEST_FILE, Faults

PACKED = "10 per hour"
"""An archive may hold 1 GB: it is packed while its reader waits, and no more often than a person can use."""


@pages.get("/tasks/<number>/replies")
@requires("task.read")
def task_replies(number: str) -> Response | tuple[str, int]:
    """The replies in code order; with `?format=` all of them as one table, a column for each asked field."""
    task = task_by_number(db.session(), number)
    if asked_format():
        which, prefix = _narrowed()
        note_export("task.replies", "task", task.number, g.viewer, {"format": asked_format()})
        task = task_by_number(db.session(), number)
        rows = replies.table(db.session(), task, g.viewer, clock.today(), which, prefix)
        return send_table(rows, f"反馈汇总-{number}-{clock.today():%Y%m%d}", asked_format())
    return _list(task), 200


@pages.get("/tasks/<number>/evidence")
@requires("task.read")
@limiter.limit(PACKED, key_func=lambda: f"evidence:{g.viewer.person_id}")
def task_evidence(number: str) -> Response | tuple[str, int]:
    """The files beside the replies as one ZIP."""
    task = task_by_number(db.session(), number)
    _, prefix = _narrowed()
    try:
        files, size = evidence_zip.size_of(db.session(), task, prefix)
    except Refused as refused:
        return _list(task, refused.sentence), refused.status
    note_export("task.evidence", "task", task.number, g.viewer, {"files": files, "bytes": size})
    task = task_by_number(db.session(), number)
    settings = current_app.config["SETTINGS"]
    handle = evidence_zip.archive(db.session(), settings, task, g.viewer, clock.today(), prefix)
    return send_file(handle, mimetype="application/zip", as_attachment=True, download_name=f"佐证材料-{number}.zip")


@pages.get("/tasks/<number>/paper")
@requires("task.paper")
def paper_replies(number: str) -> Response | tuple[str, int]:
    """Step one of entering replies from paper; with `?format=xlsx` the table to fill in."""
    task = task_by_number(db.session(), number)
    if not asked_format():
        return _paper(task), 200
    try:
        paper.refuse_sheets(task)
        rows = list(reply_template.table(db.session(), task, g.viewer.prefixes, clock.today()))
    except Refused as refused:
        return _paper(task, refused), refused.status
    note_export("task.paper_table", "task", number, g.viewer, {"rows": len(rows) - 1})
    return send_table(rows, f"代录表-{number}", asked_format())


@pages.post("/tasks/<number>/paper")
@requires("task.paper")
def judge_paper(number: str) -> tuple[str, int]:
    """The dry run: what would be entered, or the errors by row. Changes nothing."""
    task = task_by_number(db.session(), number)
    sent = request.files.get("table")
    try:
        paper.refuse_sheets(task)
        if sent is None or not sent.filename:
            raise Refused("没有选择文件。请选择填好的代录表。")
        faults = Faults()
        typed, empty, notes = reply_template.entries(task, sent.stream.read(LARGEST_FILE + 1), faults)
        ready = reply_template.judged(db.session(), task, g.viewer.prefixes, typed, clock.now(), faults)
        plan = Plan(ready, empty, notes)
    except Refused as refused:
        return _paper(task, refused), refused.status
    return (
        render_template(
            "accountability/paper_check.html",
            task=task,
            plan=plan,
            fields=reply_template.fields_of(task),
            packed=reply_template.packed(plan),
            heading=asked.heading,
            cell=asked.cell,
        ),
        200,
    )


@pages.post("/tasks/<number>/paper/enter")
@requires("task.paper")
def enter_paper(number: str) -> Response | tuple[str, int]:
    """Enter all that the dry run showed, or nothing."""
    task = task_by_number(db.session(), number)
    try:
        entries = reply_template.unpacked(request.form.get("rows", ""))
        entered = paper.enter(db.session(), task, g.viewer.prefixes, entries, at=clock.now())
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _paper(task_by_number(db.session(), number), error), error.status
    db.session.commit()
    words = f"已代录 {entered} 个村的反馈，记录中注明“{BY_PAPER}”。" if entered else "这些村已代录，没有重复办理。"
    flash(words + _verified_by(task, {one.code for one in entries}), "done")
    return redirect(url_for(".task_replies", number=number), 303)


def _verified_by(task: AccountabilityTask, codes: set[str]) -> str:
    """Who verifies what was entered: each level what it handed down (T-4)."""
    rows = [row for row in reply_template.villages(db.session(), task, g.viewer.prefixes) if row.unit_code in codes]
    own = {row.issuer_code in g.viewer.prefixes for row in rows}
    if own == {True}:
        return "请由本单位其他同志核验。"
    return "请由下达单位核验。" if own == {False} else "本单位分解的请由本单位其他同志核验，其余由下达单位核验。"


def _narrowed() -> tuple[str, str]:
    return request.args.get("which", ""), prefix_of(request.args.get("unit", ""))


def _list(task: AccountabilityTask, problem: str | None = None) -> str:
    which, prefix = _narrowed()
    session = db.session()
    page = paged(session, replies.of_task(task.id, which, prefix), number_from(request.args.get("page")))
    ids = [row.id for row in page.rows]
    return render_template(
        "accountability/replies.html",
        task=task,
        page=page,
        problem=problem,
        which=replies.WHICH,
        prefix=prefix,
        units=queries.branches(session, g.viewer.prefixes),
        fields=reply_template.fields_of(task),
        brought=brought_out(session, task, [row.unit_code for row in page.rows]),
        files=replies.file_counts(session, ids),
        archived=evidence_zip.any_of(session, task, prefix),
        paper=replies.on_paper(session, ids),
        by_paper=BY_PAPER,
        state_words=state_words,
        cell=asked.cell,
        heading=asked.heading,
        lamps=any(prefix.startswith(task.issuer_code) for prefix in g.viewer.prefixes),
        enters=g.viewer.may("task.paper") and task.via != SHEET,
    )


def _paper(task: AccountabilityTask, error: DandangError | None = None) -> str:
    rows = reply_template.villages(db.session(), task, g.viewer.prefixes)
    return render_template(
        "accountability/paper.html",
        task=task,
        problem=error.sentence if error else None,
        total=len(rows),
        owing=[row for row in rows if row.state in OPEN],
    )
