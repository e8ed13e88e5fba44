"""Keeping what was typed on an assignment's page, and showing a refusal once after the way back to it.

A refused act answers with the way to the page (303), never with a page of its own: the browser's Back and its reload
then always find pages that can be read again.
"""

from dataclasses import asdict, dataclass

from flask import current_app, flash, redirect, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import attachments, kept_words
from webapp.accountability.attachments import Upload
from webapp.accountability.models import Assignment
from webapp.accountability.queries import bare
from webapp.accountability.rules import MOVES
from webapp.accountability.views_pages import master_key, pages
from webapp.errors import Conflict, Faulty, Refused
from webapp.extensions import db
from webapp.guards import requires

_TRIED = "tried_act"
_ON = {"remarks": ".remark_list", "split": ".split_form"}
"""Where a button of the page leads that only goes on: endpoint by its value."""


@dataclass(frozen=True)
class Tried:
    """An act that was refused: why, at which fields, and the last event that the page had shown."""

    assignment_id: int
    kind: str
    sentence: str
    faults: dict[str, str]
    seen: int | None


@pages.post("/tasks/assignments/<int:assignment_id>/kept")
@requires("task.read")
def keep_page(assignment_id: int) -> Response:
    """Keep what is typed, for now: back to the page, on to another step, or nowhere where a script asks for it."""
    keep_typed(assignment_id)
    db.session.commit()
    then = request.form.get("then", "")
    if then == "stay":
        return Response(status=204)
    if then not in _ON:
        flash("已暂存，尚未提交。暂存的内容只有您本人能看到。", "done")
    return redirect(url_for(_ON.get(then, ".assignment"), assignment_id=assignment_id), 303)


@pages.post("/tasks/assignments/<int:assignment_id>/kept/drop")
@requires("task.read")
def drop_page(assignment_id: int) -> Response:
    """Throw away what was kept."""
    bare(db.session(), assignment_id)
    kept_words.forget(db.session(), master_key(), assignment_id, clock.now())
    db.session.commit()
    flash("已删除暂存的内容。", "done")
    return redirect(url_for(".assignment", assignment_id=assignment_id), 303)


def take_files(assignment_id: int) -> bool:
    """Lay the files of the form beside the report, whichever button sent it; False where none was chosen.

    Raises `Refused` for the first that is unfit; none is kept then.
    """
    sent = [one for one in request.files.getlist("files") if one.filename]
    if not sent:
        return False
    attachments.answerable(db.session(), assignment_id)
    db.session.rollback()  # pictures are worked on while nobody waits for the database
    uploads = [Upload(one.filename or "", one.stream.read(attachments.BYTES_LIMIT + 1)) for one in sent]
    kept = attachments.keep(current_app.config["SETTINGS"], uploads)
    fresh = attachments.add(db.session(), assignment_id, kept, at=clock.now())
    same = len(kept) - fresh
    flash(f"已上传 {fresh} 份材料。" + (f"另有 {same} 份先前已上传，没有重复保存。" if same else ""), "done")
    return True


def keep_typed(assignment_id: int) -> None:
    """Keep what the form of the page holds, and lay chosen files beside the report; for acts that do something else."""
    try:
        take_files(assignment_id)
    except Refused as refused:
        db.session.rollback()
        flash(refused.sentence, "problem")
    keep_words(assignment_id)


def keep_words(assignment_id: int, *sent: str) -> None:
    """The same without files; `sent` are the acts whose words have just been sent and are not kept."""
    row = bare(db.session(), assignment_id)
    typed = {name: text for name, text in request.form.items() if name.partition("-")[0] not in sent}
    kept_words.keep(db.session(), master_key(), assignment_id, typed, held_of(row), clock.now())
    if sent:
        kept_words.forget(db.session(), master_key(), assignment_id, clock.now(), *sent)


def held_of(row: Assignment) -> dict[str, str]:
    """What the form of a record holds before anybody types: the report that was given before."""
    held = {
        "report-text": row.report_text,
        "report-document_no": row.report_document_no,
        "report-document_on": row.report_document_on.isoformat() if row.report_document_on else None,
        "report-evidence": row.report_evidence,
        **{f"{kept_words.ANSWER}{name}": text for name, text in (row.answers or {}).items()},
    }
    return {name: text for name, text in held.items() if text}


def refuse(assignment_id: int, kind: str, error: Refused | Conflict) -> Response:
    """Keep what was typed and go back to the page, which says once why the act was refused."""
    db.session.rollback()
    keep_words(assignment_id)
    db.session.commit()
    faults = error.faults if isinstance(error, Faulty) else {}
    session[_TRIED] = asdict(Tried(assignment_id, kind, error.sentence, faults, request.form.get("seen", type=int)))
    return redirect(url_for(".assignment", assignment_id=assignment_id), 303)


def take_tried(assignment_id: int) -> Tried | None:
    """The refusal of which this page has not told yet."""
    held = session.pop(_TRIED, None)
    if not held or held["assignment_id"] != assignment_id or held["kind"] not in MOVES:
        return None
    return Tried(**held)


def as_form(row: Assignment, kind: str, kept: dict[str, str]) -> MultiDict[str, str] | None:
    """The kept words of an act as its form brings them, beside what the record holds; None where none were kept."""
    words = held_of(row) | kept
    own = {name: text for name, text in words.items() if name.startswith(f"{kind}-")}
    return MultiDict(own) if own.keys() & kept.keys() else None


def stranded(row: Assignment, words: dict[str, str], possible: set[str]) -> list[tuple[str, str]]:
    """What was kept for acts that are not possible now, with the act's name; it can be copied, and is not lost."""
    kinds = possible | ({"answer"} if "report" in possible else set())
    fields = {f"{kept_words.ANSWER}{one['name']}": one["label"] for one in row.task.fields}
    return [
        (fields.get(name) or MOVES[name.partition("-")[0]].label, text)
        for name, text in words.items()
        if (name in fields or name.partition("-")[0] in MOVES) and name.partition("-")[0] not in kinds
    ]
