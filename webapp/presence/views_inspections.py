"""Spot checks: the list, the record with its steps, and the files of the person concerned."""

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import attachments
from webapp.accountability.attachments import Kept, Upload
from webapp.downloads import asked_format
from webapp.errors import Conflict, Faulty, NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.leave.halves import HALVES
from webapp.org.codes import prefix_of
from webapp.org.views_files import send_headed
from webapp.paging import number_from, paged
from webapp.presence import inspection_queries as queries
from webapp.presence import inspections as service
from webapp.presence.drawing import DRAW
from webapp.presence.forms import moment_from, span_from
from webapp.presence.inspection_queries import Sought
from webapp.presence.inspection_rules import LABELS, TEXT_LIMIT, possible
from webapp.presence.models import DECISIONS, FINDINGS, OPINIONS, STATES, Inspection
from webapp.presence.views_pages import pages

HEADINGS = ("单位", "姓名", "抽查人", "抽查时间", "状态")


@pages.get("/inspections/")
@requires("inspection.read")
def inspections() -> Response | str:
    """Spot checks in scope; to a person on post, only the own ones and only once they are made."""
    typed = request.args
    state, sort = typed.get("state", ""), typed.get("sort", "")
    wanted = Sought(
        state=state if state in STATES or state == "open" else "",
        unit_code=prefix_of(typed.get("unit", "")),
        sort=sort if sort in queries.SORTS else "unit",
    )
    if asked_format():
        return _file(wanted)
    page = paged(db.session(), queries.sought(wanted), number_from(typed.get("page")))
    return render_template(
        "presence/inspections.html",
        page=page,
        states=STATES,
        words=queries.state_words,
        lamps=_lamp,
        filtered=bool(wanted.state or wanted.unit_code),
        wide=any(len(prefix) <= 9 for prefix in g.viewer.prefixes),
    )


@pages.get("/inspections/<int:inspection_id>")
@requires("inspection.read")
def inspection(inspection_id: int) -> str:
    """One spot check: what was found, what the person says, what was decided, and what the viewer can do."""
    return _record(inspection_id)


@pages.post("/inspections/<int:inspection_id>/find")
@requires("inspection.find")
def find(inspection_id: int) -> Any:
    """The inspector's finding."""
    typed = request.form
    try:
        span = span_from(
            (typed.get("first_on", ""), typed.get("first_half", "")),
            (typed.get("last_on", ""), typed.get("last_half", "")),
        )
    except Faulty as error:
        return _record(inspection_id, error, "find"), error.status
    return _take(
        "find",
        inspection_id,
        service.find,
        finding=typed.get("finding", ""),
        inspected_at=moment_from(typed.get("inspected_at")),
        span=span,
    )


@pages.post("/inspections/<int:inspection_id>/cancel")
@requires("inspection.draw")
def cancel(inspection_id: int) -> Any:
    """The unit that drew does without it, and says why."""
    return _take("cancel", inspection_id, service.cancel)


@pages.post("/inspections/<int:inspection_id>/<any(state,reply):kind>")
@requires("inspection.answer")
def speak(inspection_id: int, kind: str) -> Any:
    """The person's statement or reply, with files where there are any."""
    queries.one(db.session(), inspection_id)
    db.session.rollback()  # pictures are worked on while nobody waits for the database
    try:
        files = _files()
    except Refused as error:
        return _record(inspection_id, error, kind), error.status
    return _take(kind, inspection_id, service.speak, kind=kind, files=files)


@pages.post("/inspections/<int:inspection_id>/opine")
@requires("inspection.opine")
def opine(inspection_id: int) -> Any:
    """The township's opinion."""
    return _take("opine", inspection_id, service.opine, opinion=request.form.get("opinion", ""))


@pages.post("/inspections/<int:inspection_id>/decide")
@requires("inspection.decide")
def decide(inspection_id: int) -> Any:
    """The county's decision."""
    return _take("decide", inspection_id, service.decide, decision=request.form.get("decision", ""))


@pages.post("/inspections/<int:inspection_id>/revoke")
@requires("inspection.decide")
def revoke(inspection_id: int) -> Any:
    """The county takes its decision back."""
    return _take("revoke", inspection_id, service.revoke)


@pages.get("/inspections/<int:inspection_id>/files/<int:file_id>")
@requires("inspection.read")
def inspection_file(inspection_id: int, file_id: int) -> Response:
    """One file, for saving only: nothing in it may run here."""
    found = next((one for one in queries.one(db.session(), inspection_id).files if one.id == file_id), None)
    path = attachments.path_of(current_app.config["SETTINGS"], found.sha256) if found else None
    if found is None or path is None or not path.is_file():
        raise NotFound("没有找到这份材料。请返回抽查记录重新选择。")
    response = send_file(path, mimetype=attachments.KINDS.get(found.kind), as_attachment=True, download_name=found.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _take(kind: str, inspection_id: int, verb: Callable[..., Inspection], /, **said: Any) -> Any:
    """Take a step with the typed words; a refusal shows the record again with what was typed."""
    text, version = request.form.get("text", ""), request.form.get("version", type=int)
    try:
        verb(db.session(), inspection_id, text=text, at=clock.now(), version=version, **said)
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _record(inspection_id, error, kind), error.status
    flash(f"已办理：{LABELS[kind]}。", "done")
    db.session.commit()
    return redirect(url_for(".inspection", inspection_id=inspection_id), 303)


def _files() -> list[Kept]:
    sent = [one for one in request.files.getlist("files") if one.filename]
    uploads = [Upload(one.filename or "", one.stream.read(attachments.BYTES_LIMIT + 1)) for one in sent]
    return attachments.keep(current_app.config["SETTINGS"], uploads) if uploads else []


def _record(inspection_id: int, problem: Refused | Conflict | None = None, tried: str | None = None) -> str:
    row = queries.one(db.session(), inspection_id)
    return render_template(
        "presence/inspection.html",
        row=row,
        words=queries.state_words(row),
        lamp_kind=_lamp(row),
        steps=_steps(row),
        labels=LABELS,
        findings=FINDINGS,
        opinions=OPINIONS,
        decisions=DECISIONS,
        halves=HALVES,
        away=queries.away(db.session(), row),
        proposal=queries.proposal(db.session(), row),
        faults=problem.faults if isinstance(problem, Faulty) else {"": problem.sentence} if problem else {},
        tried=tried,
        longest=TEXT_LIMIT,
        now=clock.local(clock.now()),
    )


def _steps(row: Inspection) -> set[str]:
    """The steps that the viewer may take today."""
    viewer, me = g.viewer, g.viewer.person_id
    mine, judged = me == row.person_id, {row.person_id, row.inspector_id}
    may = {
        "find": me == row.inspector_id,
        "cancel": row.root_code in viewer.units_with(DRAW),
        "state": mine,
        "reply": mine,
        "opine": row.unit_code[:9] in viewer.units_with(service.OPINE) and me not in judged,
        "decide": row.unit_code[:6] in viewer.units_with(service.DECIDE) and me not in judged | {row.opined_by_id},
    }
    may["revoke"] = may["decide"]
    return {kind for kind, right in may.items() if right and possible(kind, service.standing(row), clock.today())}


def _lamp(row: Inspection) -> str:
    return "done" if row.state == "closed" else "waiting" if row.state == "drawn" else "doing"


def _file(wanted: Sought) -> Response:
    """The list in code order."""
    rows = [_cells(row) for row in db.session.scalars(queries.sought(wanted))]
    return send_headed("抽查情况", HEADINGS, rows, ("inspection.export", "list", wanted.state or "all"), len(rows))


def _cells(row: Inspection) -> tuple[object, ...]:
    at = f"{clock.local(row.inspected_at):%Y-%m-%d %H:%M}" if row.inspected_at else ""
    return row.unit.name, row.person.name, row.inspector_name, at, queries.state_words(row)
