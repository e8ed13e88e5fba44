"""下达任务 in three steps: what, whom, check. Back keeps everything; a draft keeps it for another day."""

from collections.abc import Mapping
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import checking, drafts, forms_choosing, issuing, targets
from webapp.accountability.forms_choosing import Choice
from webapp.accountability.forms_new import TaskForm
from webapp.accountability.forms_weights import read_weights, written_weights
from webapp.accountability.judging import judged, organisations, own_faults
from webapp.accountability.models import AccountabilityTask
from webapp.accountability.thresholds import thresholds
from webapp.accountability.urgency import approvers
from webapp.accountability.views_pages import pages
from webapp.errors import DandangError, Faulty
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.codes import LEVEL_OF
from webapp.org.models import Division
from webapp.org.units import by_codes
from webapp.paging import SIZE, Page, number_from
from webapp.policy.calendar import work_calendar

AT_ONCE = 2000
"""A task for more units is issued by the scheduler, and its page says how far it is."""
WHAT = {"title", "content", "basis", "document_no", "evidence", "minutes", "due_on", "regular", "lead", "assist"}
WHAT |= {"fields", "urgent", "urgent_approver", "issuer"}


@pages.get("/tasks/new")
@requires("task.issue")
def new() -> str:
    """Step one: empty, or with what an earlier task asked (`?copy=`)."""
    form = TaskForm(formdata=None)
    form.offer(_issuing_units())
    units: list[str] = []
    earlier = request.args.get("copy", "")
    if earlier:
        row = drafts.own(db.session(), earlier)
        form.fill(drafts.terms_to_copy(row), dates=False)
        form.issuer.data, form.copied_from.data = row.issuer_code, str(row.id)
        units = drafts.units_of(db.session(), row, clock.today())
    return what(form, Choice(form.issuer.data, set(units), form.issuer.data))


@pages.post("/tasks/new")
@requires("task.issue")
def issue() -> Response | str | tuple[str, int]:
    """Go to the step that was asked for, keep a draft, set a moment, or issue."""
    form = TaskForm()
    form.offer(_issuing_units())
    form.validate()
    typed, today = request.form, clock.today()
    choice = forms_choosing.read(db.session(), typed, form.issuer.data, today)
    go, _, rest = typed.get("go", "what").partition(":")
    if go in ("what", "more"):
        _forget_errors(form)
        if go == "more":
            form.one_line_more()
        return what(form, choice)
    if go == "draft":
        return _attempt(form, choice, "draft")
    form.scheduled_for.errors = form.scheduled_for.errors if go == "schedule" else []
    faults = own_faults(db.session(), form.terms(), form.issuer.data, clock.now(), g.viewer.person_id)
    rest_faults = form.take(faults)
    if form.errors and any(name in WHAT for name in form.errors):
        return what(form, choice, "".join(rest_faults) or None), 400
    if go == "whom":
        return _step_two(form, choice, rest)
    if go == "check" and forms_choosing.waiting_words(typed):
        forms_choosing.change(db.session(), choice, "pasted", True, typed, today)
        if choice.problems:
            return whom(form, choice), 400
    return _attempt(form, choice, go)


def _attempt(form: TaskForm, choice: Choice, go: str) -> Response | str | tuple[str, int]:
    """What may be refused: whatever was typed and chosen is shown again where it can be mended."""
    try:
        if go == "check":
            chosen = targets.targets(db.session(), choice.codes, form.issuer.data, clock.now())
            return check(form, chosen)
        if form.scheduled_for.errors:
            raise Faulty({"scheduled_for": str(form.scheduled_for.errors[0])})
        row = _kept(form, choice, go)
    except DandangError as error:
        db.session.rollback()
        return _refused(form, choice, error, go), error.status
    place, words = _done(row, len(row.targets) or len(choice.units))
    db.session.commit()
    flash(words, "done")
    return redirect(place)


def _kept(form: TaskForm, choice: Choice, go: str) -> AccountabilityTask:
    """Store the task in the way that was asked for."""
    session, at = db.session(), clock.now()
    same: dict[str, Any] = {
        "issuer_code": form.issuer.data,
        "request_id": form.request_id.data,
        "at": at,
        "weights": read_weights(request.form),
        "version": request.form.get("version", type=int),
        "copied_from_id": request.form.get("copied_from", type=int),
    }
    if go == "draft":
        return drafts.save(session, form.terms(), choice.codes, **same)
    if go == "schedule":
        if form.scheduled_for.data is None:
            raise Faulty({"scheduled_for": "没有填写定时下达的时间。请补填，或者立即下达。"})
        when = form.scheduled_for.data
        return drafts.schedule(session, form.terms(), choice.codes, scheduled_for=when, **same)
    if len(choice.units) > AT_ONCE:
        known = drafts.already(session, form.request_id.data or "")
        if known is not None and known.state != "drafted":
            return known  # a second click
        return drafts.schedule(session, form.terms(), choice.codes, scheduled_for=at, **same)
    return issuing.issue(session, form.terms(), choice.codes, **same)


def _done(row: AccountabilityTask, units: int) -> tuple[str, str]:
    """Where to go on, and what to say."""
    if row.state == "issued":
        said = f"已下达给 {units} 个单位，并已送到各单位收件箱。请在本页查看签收和反馈情况。"
        return url_for("accountability.task", number=row.number), said
    if row.scheduled_for is not None:
        place = url_for("accountability.draft", number=row.number)
        if row.scheduled_for <= clock.now():
            return place, f"单位较多，正由系统下达给 {units:,} 个单位。可以离开本页，完成后收件箱有提示。"
        return place, f"已定于{drafts.scheduled_words(row)}下达。到时还要再审核一次，结果送到您的收件箱。"
    return url_for("accountability.draft_list"), f"草稿“{row.title}”已保存，只有本单位经办人看得到。"


def _refused(form: TaskForm, choice: Choice, error: DandangError, go: str) -> str:
    """The step where it can be mended, with everything that was typed and chosen."""
    rest = [error.sentence]
    if isinstance(error, Faulty):
        rest = form.take(error.faults)
        if go == "draft" or any(name in WHAT for name in form.errors):
            return what(form, choice, "".join(rest) or None)
    elif go == "draft":
        return what(form, choice, error.sentence)
    problem = "".join([*rest, *form.scheduled_for.errors]) or None
    chosen = targets.by_codes(db.session(), choice.codes)
    if go in ("issue", "schedule") and choice.units and len(chosen) == len(choice.units) and error.status != 403:
        return check(form, chosen, problem)
    choice.problems.append(problem or error.sentence)
    return whom(form, choice)


def what(form: TaskForm, choice: Choice, problem: str | None = None, weights: Mapping[str, int] | None = None) -> str:
    """The page of step one."""
    session, today, issuer = db.session(), clock.today(), form.issuer.data
    form.offer_people(
        organisations(session, issuer, today),
        approvers(session, issuer, today, besides=g.viewer.person_id),
    )
    return render_template(
        "accountability/new_what.html",
        form=form,
        units=choice.codes,
        weights=written_weights(weights or read_weights(request.form)),
        problem=problem,
    )


def _step_two(form: TaskForm, choice: Choice, rest: str) -> str | tuple[str, int]:
    """Step two, after a branch was opened or units were added or taken out."""
    act, _, which = rest.partition(":")
    if act == "open" and which.startswith(choice.issuer) and len(which) in LEVEL_OF:
        choice.root = which
    elif act in ("level", "group", "pasted", "all"):
        forms_choosing.change(db.session(), choice, act, which == "add", request.form, clock.today())
    return (whom(form, choice), 400) if choice.problems else whom(form, choice)


def whom(form: TaskForm, choice: Choice) -> str:
    """The page of step two: whole levels, groups, a pasted list, and the open part of the tree."""
    session, today = db.session(), clock.today()
    tree = forms_choosing.tree(session, choice, today)
    return render_template(
        "accountability/new_whom.html",
        form=form,
        kept=form.kept(request.form),
        choice=choice,
        tree=tree,
        outside=[code for code in choice.codes if code not in tree.shown],
        listed=forms_choosing.listed(session, choice),
        roots=forms_choosing.roots(session, choice, today),
        levels=targets.levels_below(choice.issuer),
        groups=targets.groups_for(session, choice.issuer, today),
        weights=written_weights(read_weights(request.form)),
    )


def check(form: TaskForm, chosen: list[Division], problem: str | None = None) -> str:
    """下达前核对: who is asked what in the month, this task included, and which fields somebody holds already (X-5)."""
    session, today, issuer, codes = db.session(), clock.today(), form.issuer.data, [unit.code for unit in chosen]
    terms, calendar = form.terms(), work_calendar(session)
    verdict = judged(session, terms, codes, issuer, form.request_id.data or "", clock.now(), g.viewer.person_id)
    ceilings = thresholds(session, today, issuer).ceilings
    named = organisations(session, issuer, today) if terms.lead_id or terms.assist_ids else []
    parties = {one.id: one.name for one in named}
    may_approve = approvers(session, issuer, today, besides=g.viewer.person_id) if terms.urgent else []
    number = number_from(request.form.get("go", "").partition(":")[2] or request.form.get("page"))
    page = Page([], min(number, max(1, -(-len(codes) // SIZE))), len(codes))
    start = (page.number - 1) * SIZE
    return render_template(
        "accountability/new_check.html",
        form=form,
        kept=form.kept(request.form),
        asked=terms,
        parties=parties,
        assisting=[parties[one] for one in terms.assist_ids if one in parties],
        holders={held.field.name: held.holder for held in verdict.held},
        approver=next((one.words for one in may_approve if one.person_id == terms.approver_id), None),
        lines=checking.lines(session, chosen[start : start + SIZE], verdict.costs, terms.due_on, issuer),
        page=page,
        units=codes,
        units_fault=verdict.faults.get("units"),
        weights=read_weights(request.form),
        written=written_weights(read_weights(request.form)),
        issuer={choice.value: choice.label for choice in form.issuer.choices}[issuer],
        ceilings=ceilings,
        at_once=AT_ONCE,
        workdays=calendar.workdays_between(today, terms.due_on),
        provisional=calendar.provisional(terms.due_on),
        problem=problem,
    )


def _forget_errors(form: TaskForm) -> None:
    for one in form:
        one.errors = []


def _issuing_units() -> list[Any]:
    return by_codes(db.session(), g.viewer.units_with("task.issue"))


def refill(row: AccountabilityTask) -> str:
    """Step one with a stored draft in it."""
    form = TaskForm(formdata=None)
    form.offer(_issuing_units())
    form.fill(drafts.terms_of(row))
    form.request_id.data, form.version.data, form.issuer.data = row.request_id, str(row.version), row.issuer_code
    form.copied_from.data = str(row.copied_from_id or "")
    choice = Choice(row.issuer_code, set(row.targets), row.issuer_code)
    return what(form, choice, row.refusal, row.weights)
