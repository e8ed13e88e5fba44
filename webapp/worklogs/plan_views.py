"""Pages of plans and summaries: a list, one with its form, and the draft of a summary from the logs."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import date

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.downloads import asked_format
from webapp.errors import DandangError, Faulty
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.queries import names
from webapp.org.views_files import send_list
from webapp.paging import number_from, paged
from webapp.words import form_id_from
from webapp.worklogs import plans
from webapp.worklogs.pages import pages
from webapp.worklogs.plan_models import PAPER_KINDS, TeamPaper
from webapp.worklogs.plans import Written

KINDS = {"plans": "plan", "summaries": "summary"}
WORDS_LIMIT = 50
LIST = "/worklogs/<any(plans, summaries):kind>/"


@dataclass
class Filled:
    """What the form shows, and what is wrong with it."""

    written: Written
    request_id: str = ""
    version: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    sentence: str | None = None


@pages.get(LIST)
@requires("worklog.read")
def papers(kind: str) -> Response | str:
    """The team's plans, or its summaries, by words and month."""
    name = PAPER_KINDS[KINDS[kind]]
    words = request.args.get("q", "").replace("\x00", "").strip()[:WORDS_LIMIT]
    month = _month(request.args.get("month", ""))
    statement = plans.listed(KINDS[kind], words, month)
    if asked_format():
        return send_list(name, plans.HEADINGS, statement, plans.table_rows, ("worklog.export", "list", kind))
    return render_template(
        "worklogs/papers.html",
        page=paged(db.session(), statement, number_from(request.args.get("page"))),
        kind=kind,
        name=name,
        words=words,
        month=f"{month:%Y-%m}" if month else "",
        filtered=bool(words or month),
    )


def _month(text: str) -> date | None:
    """The first day of a month typed as "2026-11"; anything odd asks for no month."""
    try:
        return date.fromisoformat(f"{text.strip()}-01")
    except ValueError:
        return None


@pages.get(f"{LIST}new")
@requires("worklog.write")
def new_paper(kind: str) -> Response:
    """The form, with this month as the time."""
    today = clock.today()
    villages = g.viewer.units_with("worklog.write")
    written = Written(villages[0], "", today.replace(day=1).isoformat(), today.isoformat(), "")
    return _form(kind, Filled(written, str(uuid.uuid4())))


@pages.post(f"{LIST}new")
@requires("worklog.write")
def write_paper(kind: str) -> Response:
    """Keep it once, however often the form is sent; or only draft a summary from the logs of its time."""
    filled = Filled(_written(), form_id_from(request.form.get("request_id")))
    villages = g.viewer.units_with("worklog.write")
    if KINDS[kind] == "summary" and request.form.get("act") == "draft":
        return _form(kind, _drafted(filled, villages))
    try:
        checked = plans.check(filled.written, villages)
        row = plans.write(
            db.session(),
            KINDS[kind],
            checked,
            request_id=filled.request_id,
            person_id=g.viewer.person_id,
            at=clock.now(),
        )
    except DandangError as error:
        return _refused(kind, filled, error)
    number = row.id
    flash(f"{PAPER_KINDS[KINDS[kind]]}已保存。", "done")
    db.session.commit()
    return redirect(url_for(".one_paper", kind=kind, paper_id=number), 303)


@pages.get(f"{LIST}<int:paper_id>")
@requires("worklog.write")
def one_paper(kind: str, paper_id: int) -> Response:
    """One plan or summary, to be read and edited by the team."""
    row = plans.one(db.session(), KINDS[kind], paper_id)
    return _form(kind, _of(row), row)


@pages.post(f"{LIST}<int:paper_id>")
@requires("worklog.write")
def save_paper(kind: str, paper_id: int) -> Response:
    """Save the team's changes."""
    row = plans.one(db.session(), KINDS[kind], paper_id)
    seen = request.form.get("version", "")
    filled = Filled(_written(row.unit_code), version=int(seen) if seen.isascii() and seen.isdigit() else 0)
    try:
        checked = plans.check(filled.written, [row.unit_code])
        plans.edit(db.session(), row, checked, seen=filled.version, person_id=g.viewer.person_id, at=clock.now())
    except DandangError as error:
        db.session.rollback()
        row = plans.one(db.session(), KINDS[kind], paper_id)
        filled.version = row.version
        return _refused(kind, filled, error, row)
    flash(f"{PAPER_KINDS[KINDS[kind]]}已保存。", "done")
    db.session.commit()
    return redirect(url_for(".one_paper", kind=kind, paper_id=paper_id), 303)


@pages.post(f"{LIST}<int:paper_id>/remove")
@requires("worklog.write")
def remove_paper(kind: str, paper_id: int) -> Response:
    """Take one away."""
    plans.remove(db.session(), plans.one(db.session(), KINDS[kind], paper_id))
    flash(f"{PAPER_KINDS[KINDS[kind]]}已删除。", "done")
    db.session.commit()
    return redirect(url_for(".papers", kind=kind), 303)


def _written(unit_code: str | None = None) -> Written:
    typed = {name: request.form.get(name, "") for name in ("title", "starts_on", "ends_on", "text")}
    villages = g.viewer.units_with("worklog.write")
    only = villages[0] if len(villages) == 1 else request.form.get("unit_code", "")
    return Written(unit_code or only, **typed)


def _of(row: TeamPaper) -> Filled:
    days = row.starts_on.isoformat(), row.ends_on.isoformat()
    return Filled(Written(row.unit_code, row.title, *days, row.text), version=row.version)


def _drafted(filled: Filled, villages: tuple[str, ...]) -> Filled:
    """The form with a draft behind what was typed, or with what is wrong with the time that was asked for."""
    written = filled.written
    try:
        checked = plans.check(replace(written, title="小结", text="小结"), villages)
    except Faulty as faulty:
        filled.faults = faulty.faults
        return filled
    text = plans.draft(db.session(), checked.unit_code, checked.starts_on, checked.ends_on)
    if not text:
        filled.sentence = "这段时间没有可供起草的日志。可以改选时段，也可以直接写。"
    filled.written = replace(written, text="\n\n".join(part for part in (written.text.strip(), text) if part))
    return filled


def _refused(kind: str, filled: Filled, error: DandangError, row: TeamPaper | None = None) -> Response:
    if isinstance(error, Faulty):
        filled.faults = error.faults
    else:
        filled.sentence = error.sentence
    return _form(kind, filled, row, error.status)


def _form(kind: str, filled: Filled, row: TeamPaper | None = None, status: int = 200) -> Response:
    villages = names(db.session(), g.viewer.units_with("worklog.write"))
    page = render_template(
        "worklogs/paper.html",
        kind=kind,
        name=PAPER_KINDS[KINDS[kind]],
        filled=filled,
        row=row,
        villages=villages,
        drafts=KINDS[kind] == "summary" and row is None,
        limits=(plans.TITLE_LIMIT, plans.TEXT_LIMIT),
    )
    return make_response(page, status)
