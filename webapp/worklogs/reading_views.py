"""Reading: the author's and the team's list, one log with its versions, the export, and the way in through a task."""

import re
from collections.abc import Sequence
from datetime import date

from flask import Response, g, render_template, request, session
from werkzeug.datastructures import MultiDict

from webapp import clock
from webapp.accountability.panels import panels
from webapp.downloads import asked_format, note_export, send_table
from webapp.errors import DandangError, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.queries import names, own_names
from webapp.paging import number_from
from webapp.sheets.models import SheetLine
from webapp.sheets.panels import sheet_panels
from webapp.spreadsheets import headed
from webapp.worklogs import bindings, draft_views, on_sheet, queries
from webapp.worklogs.export import HEADINGS, rows_of
from webapp.worklogs.models import DUTY_AREAS, WorkLog
from webapp.worklogs.pages import pages
from webapp.worklogs.queries import Sought
from webapp.worklogs.rules import parse_day

__all__ = ["on_sheet", "serving_lines_panel", "serving_panel"]
WORDS_LIMIT = 50
_MONTH = re.compile(r"(\d{4})-(\d{1,2})", re.ASCII)


@pages.get("/worklogs/")
@requires("worklog.read")
def listing() -> Response | str:
    """Own and team logs by day, month, area and village, with a search in the text (X-17); also as a file."""
    sought, problem = Sought(), None
    try:
        sought = _sought(request.args)
    except DandangError as error:
        problem = error.sentence
    if asked_format() and problem is None:
        return _file(sought)
    return render_template(
        "worklogs/listing.html",
        page=queries.listed(db.session(), sought, number_from(request.args.get("page"))),
        sought=sought,
        typed={name: request.args.get(name, "") for name in ("day", "month", "area", "unit", "q", "sort")},
        problem=problem,
        areas=DUTY_AREAS,
        villages=names(db.session(), g.viewer.team_villages),
    )


def _file(sought: Sought) -> Response:
    """The listed logs for the team's own use; the export is audited without how many there were (X-1)."""
    rows = rows_of(db.session(), sought)
    head = headed("工作日志", own_names(db.session(), g.viewer), g.viewer.name, clock.today(), HEADINGS, rows)
    note_export("worklog.export", "work_log", sought.month or "", g.viewer, {})
    return send_table(head, f"工作日志-{clock.today():%Y%m%d}", asked_format())


@pages.get("/worklogs/<log_id>")
@requires("worklog.read")
def show(log_id: str) -> str:
    """One log with all its versions. After a save the page names the drafts that may go."""
    log = queries.one(db.session(), log_id)
    confirmed = session.pop("saved_logs", []) if log_id in session.get("saved_logs", []) else []
    return _log_page(log, confirmed=confirmed)


@pages.get("/tasks/assignments/<int:assignment_id>/worklogs/<log_id>")
@requires("task.read")
def show_serving(assignment_id: int, log_id: str) -> str:
    """A log opened through a task that it serves, which is the only way for those outside the team (X-17)."""
    return _log_page(queries.one_serving(db.session(), assignment_id, log_id), assignment_id=assignment_id)


def serving_panel(assignment_id: int) -> str:
    """The logs that serve a task, as a part of the task's page."""
    logs = queries.serving(db.session(), assignment_id)
    return render_template("worklogs/serving.html", logs=logs, assignment_id=assignment_id, areas=DUTY_AREAS)


panels.append(serving_panel)


def serving_lines_panel(lines: Sequence[SheetLine]) -> str:
    """The team's logs that serve lines of a month sheet, for those who read the team's logs and for nobody else (X-17)."""
    if not g.viewer.may("worklog.read"):
        return ""
    titles = {line.id: line.title for line in lines}
    logs = queries.serving_lines(db.session(), list(titles), g.viewer.team_villages)
    shown = [(titles[line_id], log) for line_id, log in logs]
    return render_template("worklogs/serving_lines.html", logs=shown, areas=DUTY_AREAS)


sheet_panels.append(serving_lines_panel)


def _log_page(log: WorkLog, *, confirmed: list[str] | None = None, assignment_id: int | None = None) -> str:
    own, bound = log.author_id == g.viewer.person_id, bindings.bound_to(log)
    return render_template(
        "worklogs/show.html",
        log=log,
        version=log.versions[-1],
        earlier=log.versions[-2::-1],
        areas=DUTY_AREAS,
        assignment_id=assignment_id,
        editable=own and assignment_id is None and _writable(log.unit_code),
        serves={
            kind.label: bindings.titles_in(db.session(), log.unit_code, kind.name, bound.get(kind.name, ())).values()
            for kind in bindings.others()
        },
        confirmed=confirmed or [],
        slot=draft_views.slot() if own else "",
    )


def _writable(unit_code: str) -> bool:
    return unit_code in queries.villages_to_write(db.session(), g.viewer.person_id, clock.today())


def _sought(typed: MultiDict[str, str]) -> Sought:
    """What the address or the form asks for. Raises `Refused` with what to put right."""
    text = {name: typed.get(name, "").strip() for name in ("day", "month", "area", "unit", "q", "sort")}
    if len(text["q"]) > WORDS_LIMIT:
        raise Refused(f"查找的内容超过 {WORDS_LIMIT} 字。请缩短后再查。")
    return Sought(
        day=parse_day(text["day"]) if text["day"] else None,
        month=_month(text["month"]) if text["month"] else None,
        duty_area=text["area"] if text["area"] in DUTY_AREAS else None,
        unit_code=text["unit"] if text["unit"] in g.viewer.team_villages else None,
        words=text["q"].replace("\0", ""),
        sort=text["sort"] if text["sort"] in queries.SORTS else "-day",
    )


def _month(text: str) -> date:
    found = _MONTH.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        return date(int(found[1]), int(found[2]), 1)
    except ValueError:
        raise Refused(f"月份“{text[:20]}”不正确。请按“2026-11”的样子填写。") from None
