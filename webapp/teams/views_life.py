"""Selection for a village, and the life of one posting: arrival, extension, adjustment, end-of-term assessment."""

import uuid
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from webapp import clock
from webapp.errors import DandangError, Faulty, Forbidden, NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org import listing
from webapp.org import queries as org
from webapp.org.forms import NEW, number_or_none
from webapp.org.models import Division
from webapp.org.pages_views import unit_at
from webapp.org.rules import STATIONED, WrongPosting
from webapp.org.service import Appointment, clean_name
from webapp.permissions import ROLE_NAMES
from webapp.teams import life, life_queries, selecting
from webapp.teams.forms import faults_of
from webapp.teams.models import STEPS
from webapp.teams.queries import VILLAGE
from webapp.teams.recalls import PROPOSE
from webapp.teams.selecting import CHECKS, Selection
from webapp.teams.stepping import seen
from webapp.teams.views_pages import pages
from webapp.words import typed_day

DONE = {"arrive": "已登记到村。", "extend": "已登记延长任期。", "adjust": "已登记调整。", "assess": "已开设期满考核。"}


@pages.get("/teams/<code>/select")
@requires("posting.write")
def select_form(code: str) -> Redirect | str:
    """The form of a selection: the village stands already, the person is asked."""
    return _select_page(_village(code))


@pages.post("/teams/<code>/select")
@requires("posting.write")
def select_person(code: str) -> Any:
    """Start the posting with the decision as its first step."""
    unit = _village(code)
    try:
        posting = selecting.select_person(db.session(), _selection(unit), at=clock.now())
    except NotFound:
        raise
    except DandangError as error:
        db.session.rollback()
        return _select_page(_village(code), faults_of(error)), error.status
    flash(f"已登记选派{posting.person.name}到{unit.name}。", "done")
    target = url_for(".posting", posting_id=posting.id)
    db.session.commit()
    return redirect(target, 303)


@pages.get("/teams/postings/<int:posting_id>")
@requires("team.read")
def posting(posting_id: int) -> Redirect | str:
    """One posting: what happened to it, how long its term runs, what can be done."""
    return _posting_page(posting_id)


@pages.post("/teams/postings/<int:posting_id>/<any(arrive,extend,adjust,assess):kind>")
@requires("posting.write")
def act(posting_id: int, kind: str) -> Any:
    """One step of a posting; what was typed stays when it is refused."""
    try:
        after = _do(posting_id, kind)
    except (NotFound, Forbidden):
        raise
    except DandangError as error:
        db.session.rollback()
        return _posting_page(posting_id, kind, faults_of(error)), error.status
    flash(DONE[kind], "done")
    db.session.commit()
    return redirect(url_for(".posting", posting_id=after), 303)


def _do(posting_id: int, kind: str) -> int:
    """Do it, and give the posting to be shown then: after an adjustment the new one."""
    typed, session, now = request.form, db.session(), clock.now()
    day, version, number = typed_day(typed.get("day")), typed.get("version", ""), typed.get("document_no", "")
    if kind == "arrive":
        return life.arrive(session, posting_id, day=day, version=version, at=now).id
    if kind == "extend":
        return life.extend(session, posting_id, until=day, document_no=number, version=version, at=now).id
    if kind == "adjust":
        to = _village_typed(typed.get("to", ""))
        return life.adjust(
            session,
            posting_id,
            to_code=to,
            day=day,
            document_no=number,
            reason=typed.get("text", ""),
            version=version,
            at=now,
        ).id
    life.open_assessment(
        session,
        posting_id,
        plan_number=typed.get("plan", ""),
        due_on=typed_day(typed.get("due_on")),
        request_id=typed.get("request_id", ""),
        at=now,
    )
    return posting_id


def _village_typed(text: str) -> str:
    try:
        found = org.find(db.session(), text)
    except DandangError as error:
        raise Faulty({"to": error.sentence}) from None
    if found.level != VILLAGE or not g.viewer.reaches(found.code):
        raise Faulty({"to": f"{found.name}不是您管辖的村。请填写 12 位村代码。"})
    return found.code


def _selection(unit: Division) -> Selection:
    typed = request.form
    faults = {}
    starts_on, decided_on = typed_day(typed.get("starts_on")), typed_day(typed.get("decided_on"))
    if starts_on is None:
        faults["starts_on"] = "到村日期没有填写，或者写法不正确。请选择日期。"
    if decided_on is None:
        faults["decided_on"] = "选派决定日期没有填写，或者写法不正确。请选择日期。"
    name, person = typed.get("name", ""), typed.get("person", "")
    try:
        if not person and listing.namesakes(db.session(), clean_name(name)):
            faults["person"] = "已有同名人员。请选择是哪一位；都不是的，选“新登记一人”。"
    except WrongPosting as wrong:
        faults |= wrong.faults
    if faults or starts_on is None or decided_on is None:
        raise Faulty(faults)
    appointment = Appointment(
        person_id=None if person in ("", NEW) else number_or_none(person) or 0,
        name=name,
        role=typed.get("role", ""),
        unit_code=unit.code,
        starts_on=starts_on,
        ends_on=None,
        document_no=typed.get("document_no", "").replace("\0", "").strip(),
    )
    sender = number_or_none(typed.get("sending_unit"))
    return Selection(appointment, sender, decided_on, tuple(typed.getlist("confirmed")), typed.get("note", ""))


def _select_page(unit: Division, faults: dict[str, str] | None = None) -> str:
    name = " ".join(request.form.get("name", request.args.get("name", "")).replace("\0", "").split())
    return render_template(
        "teams/select.html",
        unit=unit,
        faults=faults or {},
        checks=CHECKS,
        roles={role: ROLE_NAMES[role] for role in STATIONED},
        senders=life_queries.senders(db.session(), unit.code, clock.today()),
        people=listing.namesakes(db.session(), name) if name else [],
        name=name,
        new=NEW,
    )


def _posting_page(posting_id: int, tried: str = "", faults: dict[str, str] | None = None) -> Redirect | str:
    reads_recalls = g.viewer.may("recall.read")
    shown = life_queries.life(db.session(), posting_id, clock.today(), with_recall=reads_recalls)
    if not life_queries.is_stationed(shown.posting):
        return redirect(url_for("org.person", person_id=shown.posting.person_id))
    unit = shown.posting.unit_code
    others = [step.other_posting_id for step in shown.steps if step.other_posting_id]
    return render_template(
        "teams/posting.html",
        life=shown,
        steps=STEPS,
        roles=ROLE_NAMES,
        checks=CHECKS,
        others=others,
        writes=any(unit.startswith(own) for own in g.viewer.units_with("posting.write"))
        and shown.posting.person_id != g.viewer.person_id,
        assesses=unit[:6] in g.viewer.units_with("task.issue"),
        proposes=unit[:9] in g.viewer.units_with(PROPOSE),
        version=seen(db.session(), shown.posting),
        request_id=request.form.get("request_id") or str(uuid.uuid4()),
        tried=tried,
        faults=faults or {},
    )


def _village(code: str) -> Division:
    unit = unit_at(code)
    if unit.level != VILLAGE:
        raise Refused("先定村、再定人：请先选择一个村，再登记选派人员。")
    return unit
