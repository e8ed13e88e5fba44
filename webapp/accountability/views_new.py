"""下达任务 in three steps: what, whom, check. Each step is a page of its own: what is sent is kept, then shown again.

So Back shows the former step with everything in it, also after a step was shown again because of a mistake.
"""

from typing import Any
from uuid import UUID, uuid4

from flask import flash, g, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import drafts, entries, forms_choosing, issuing, targets, views_steps
from webapp.accountability.entries import Told, entry_of, told_by
from webapp.accountability.forms_choosing import Choice
from webapp.accountability.forms_new import TaskForm, one_line_more, written
from webapp.accountability.forms_weights import HEAVIEST, odd_weights, read_weights, written_weights
from webapp.accountability.judging import own_faults
from webapp.accountability.models import AccountabilityTask
from webapp.accountability.views_pages import master_key, pages
from webapp.errors import DandangError, Faulty
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.codes import LEVEL_OF
from webapp.org.units import by_codes
from webapp.paging import number_from

AT_ONCE = 2000
"""A task for more units is issued by the scheduler; until then its page says since when, and whether that broke off."""
WHAT = {"title", "content", "basis", "document_no", "evidence", "minutes", "due_on", "regular", "lead", "assist"}
WHAT |= {"fields", "urgent", "urgent_approver", "issuer"}
# Names that say what to do with the units; what came of it is kept as `units`, `root` and `pasted`.
ACTING = {"csrf_token", "go", "choosing", "unit", "under", "outside", "units", "root", "pasted", "level", "level_root"}
ACTING |= {"group", "page"}
UNREAD = {"minutes": "预计用时", "due_on": "截止日期", "scheduled_for": "定时下达", "pasted": "没有认出的名单"}


@pages.get("/tasks/new")
@requires("task.issue")
def new() -> Response | str | tuple[str, int]:
    """A step of the form named in the address, as it stands; without one a new form gets its address first."""
    request_id, session = _form_id(), db.session()
    if request_id is None:
        return redirect(url_for(".new", form=str(uuid4()), copy=request.args.get("copy") or None))
    entry = entry_of(session, master_key(), request_id)
    row = drafts.already(session, request_id) if entry is None else None
    if row is not None and (row.state != "drafted" or row.scheduled_for is not None):
        return redirect(url_for(".draft", number=row.number))
    if entry is not None:
        typed = [(name, text) for name, text in entry.typed if name != "request_id"]
    elif row is not None:
        typed = _draft(row)
    else:
        typed = _copy(request.args.get("copy", ""))
    pairs = MultiDict([*typed, ("request_id", request_id)])
    form = _form(pairs)
    choice = forms_choosing.read(session, pairs, form.issuer.data, clock.today())
    step = request.args.get("step", "what")
    told = told_by(entry, step)
    if entry is None and row is not None:
        form.validate()
        told.faults = {name: str(form[name].errors[0]) for name in row.unread if name in form and form[name].errors}
        told.problem = row.refusal
    form.take(told.faults)
    return _step(form, choice, pairs, step, told, entry is not None and bool(pairs.get("version")))


def _step(
    form: TaskForm, choice: Choice, typed: MultiDict[str, str], step: str, told: Told, draft: bool
) -> str | tuple[str, int]:
    choice.said, choice.problems = told.said, told.problems
    if step != "what" and not (form.title.data and form.due_on.data):  # opened by its address
        step = "what"
    if step == "check":
        try:
            chosen = targets.targets(db.session(), choice.codes, form.issuer.data, clock.now())
        except DandangError as error:  # the step was opened by its address, or a unit was closed meanwhile
            choice.problems = [error.sentence]
            return views_steps.whom(form, choice, typed), error.status
        number = number_from(request.args.get("page"))
        return views_steps.check(form, choice, chosen, typed, told.problem, number, AT_ONCE), told.status
    if step == "whom":
        return views_steps.whom(form, choice, typed), told.status
    return views_steps.what(form, choice, typed, told.problem, draft), told.status


@pages.post("/tasks/new")
@requires("task.issue")
def issue() -> Response:
    """Go to the step that was asked for, keep a draft, set a moment, or issue."""
    typed, today, session = request.form, clock.today(), db.session()
    form = _form(typed)
    drafts.already(session, form.request_id.data or "")  # a form that is none of ours is refused
    form.validate()
    choice = forms_choosing.read(session, typed, form.issuer.data, today)
    go, _, rest = typed.get("go", "what").partition(":")
    if go == "revert":
        entries.forget(session, str(form.request_id.data))
        db.session.commit()
        return redirect(url_for(".new", form=form.request_id.data))
    if go in ("what", "more"):
        return _show(form, choice, Told("what"), more=go == "more")
    if go == "draft":
        return _attempt(form, choice, "draft")
    if go != "schedule":
        form.scheduled_for.errors = []
    rest_faults = form.take(own_faults(session, form.terms(), form.issuer.data, clock.now(), g.viewer.person_id))
    if any(name in WHAT for name in form.errors):
        return _show(form, choice, Told("what", 400, "".join(rest_faults) or None))
    if go == "whom":
        _change(choice, rest)
        return _show(form, choice, _about(choice))
    if go == "check":
        if forms_choosing.waiting_words(typed):
            forms_choosing.change(session, choice, "pasted", True, typed, today)
        if rest == "without":
            choice.text, choice.problems = "", []
        return _check(form, choice, rest)
    return _attempt(form, choice, go)


def _check(form: TaskForm, choice: Choice, page: str) -> Response:
    """Go to the last step, where the units can be asked at all."""
    try:
        targets.targets(db.session(), choice.codes, form.issuer.data, clock.now())
    except DandangError as error:
        if not choice.problems:
            choice.problems.append(error.sentence)
        return _show(form, choice, Told("whom", error.status, said=choice.said, problems=choice.problems))
    if choice.problems:
        return _show(form, choice, _about(choice))
    odd = _odd_weights()
    return _show(form, choice, Told("check", 400 if odd else 200, odd), page=page)


def _attempt(form: TaskForm, choice: Choice, go: str) -> Response:
    """What may be refused: whatever was typed and chosen is shown again where it can be mended."""
    try:
        if form.scheduled_for.errors and go == "schedule":
            raise Faulty({"scheduled_for": str(form.scheduled_for.errors[0])})
        odd = _odd_weights()
        if odd and go != "draft":
            raise Faulty({"weights": odd})
        row = _kept(form, choice, go)
    except DandangError as error:
        db.session.rollback()
        return _show(form, choice, _refused(form, choice, error, go))
    place, words = _done(row, len(row.targets) or len(choice.units))
    entries.forget(db.session(), row.request_id)
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
        unread = form.unread() | ({"pasted": choice.text} if choice.text.strip() else {})
        return drafts.save(session, form.terms(), choice.codes, unread=unread, **same)
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
    said = f"草稿“{row.title}”已保存，只有本单位经办人看得到。"
    return url_for("accountability.draft_list"), said + unread_words(row)


def unread_words(row: AccountabilityTask) -> str:
    """What a draft holds that could not be read: "还没有认出：预计用时“三十”。…"; "" where all was read."""
    missing = "尚未填写截止日期，下达前请补填。" if row.unread.get("due_on") == "" else ""
    named = [f"{UNREAD[name]}“{text}”" for name, text in row.unread.items() if text and name != "scheduled_for"]
    if not named:
        return missing
    return f"还没有认出：{'、'.join(named)}，已原样保留，下达前请改正。{missing}"


def _refused(form: TaskForm, choice: Choice, error: DandangError, go: str) -> Told:
    """The step where it can be mended, and what is said there."""
    rest = [error.sentence]
    if isinstance(error, Faulty):
        rest = form.take(error.faults)
        if go == "draft" or any(name in WHAT for name in form.errors):
            return Told("what", error.status, "".join(rest) or None)
    elif go == "draft":
        return Told("what", error.status, error.sentence)
    problem = "".join([*rest, *map(str, form.scheduled_for.errors)]) or error.sentence
    chosen = targets.by_codes(db.session(), choice.codes)
    if choice.units and len(chosen) == len(choice.units) and error.status != 403:
        return Told("check", error.status, problem)
    return Told("whom", error.status, problems=[problem])


def _change(choice: Choice, rest: str) -> None:
    """Open a branch, or add or take out units."""
    act, _, which = rest.partition(":")
    if act == "open" and which.startswith(choice.issuer) and len(which) in LEVEL_OF:
        choice.root = which
    elif act in ("level", "group", "pasted", "all"):
        forms_choosing.change(db.session(), choice, act, which == "add", request.form, clock.today())


def _about(choice: Choice) -> Told:
    return Told("whom", 400 if choice.problems else 200, said=choice.said, problems=choice.problems)


def _show(form: TaskForm, choice: Choice, told: Told, *, more: bool = False, page: str = "") -> Response:
    """Keep what was sent and go to the page of a step, which shows it again."""
    told.faults = {name: str(errors[0]) for name, errors in form.errors.items() if name and told.status != 200}
    typed = [(name, text) for name, text in request.form.items(multi=True) if name not in ACTING]
    typed += [("units", ",".join(choice.codes)), ("root", choice.root), ("pasted", choice.text)]
    typed = [pair for pair in typed if pair[0] != "weights"] + [
        ("weights", written_weights(read_weights(request.form)))
    ]
    typed = one_line_more(typed) if more else typed
    entries.keep(db.session(), master_key(), str(form.request_id.data), typed, told, clock.now())
    db.session.commit()
    which = page if page.isascii() and page.isdigit() else None
    step = None if told.step == "what" else told.step
    return redirect(url_for(".new", form=form.request_id.data, step=step, page=which), 303)


def _odd_weights() -> str | None:
    """What is wrong with shares in the progress."""
    odd = odd_weights(request.form)
    if not odd:
        return None
    names = {unit.code: unit.name for unit in by_codes(db.session(), odd)}
    said = "、".join(f"{names.get(code, code)}“{text[:10]}”" for code, text in list(odd.items())[:5])
    return f"进度权重应是 1 至 {HEAVIEST} 的整数，{said}不能用。请改正。"


def _form(typed: MultiDict[str, str]) -> TaskForm:
    form = TaskForm(formdata=typed, meta={"csrf": False})  # the application asks every POST for its token
    form.offer(by_codes(db.session(), g.viewer.units_with("task.issue")))
    return form


def _form_id() -> str | None:
    """The UUID in the address."""
    try:
        return str(UUID(request.args.get("form", "")))
    except ValueError:
        return None


def _draft(row: AccountabilityTask) -> list[tuple[str, str]]:
    """A stored draft as the form would send it; what could not be read stands as it was typed."""
    typed = dict(row.unread)
    held = [pair for pair in written(drafts.terms_of(row)) if pair[0] not in typed] + list(typed.items())
    held += [("issuer", row.issuer_code), ("version", str(row.version)), ("units", ",".join(row.targets))]
    return [*held, ("copied_from", str(row.copied_from_id or "")), ("weights", written_weights(row.weights))]


def _copy(number: str) -> list[tuple[str, str]]:
    """What an earlier task asked, to start from; nothing without one."""
    if not number:
        return []
    row = drafts.own(db.session(), number)
    units = ",".join(drafts.units_of(db.session(), row, clock.today()))
    held = written(drafts.terms_to_copy(row), dates=False)
    return [*held, ("issuer", row.issuer_code), ("copied_from", str(row.id)), ("units", units)]
