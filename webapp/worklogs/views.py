"""Writing: the form for a new log and for an edit, and the page that shows two bodies under one id."""

from flask import current_app, flash, g, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.auth.sending import SUBMIT
from webapp.errors import DandangError
from webapp.extensions import db
from webapp.guards import requires, wants_json
from webapp.org.queries import names
from webapp.words import form_id_from
from webapp.worklogs import (
    api_views,
    bindings,
    draft_views,
    outbox_views,
    paper_views,
    photo_views,
    photos,
    plan_views,
    queries,
    reading_views,
    service,
    upload_views,
)
from webapp.worklogs.forms import TYPED, LogForm, log_form
from webapp.worklogs.models import DUTY_AREAS, WorkLog
from webapp.worklogs.pages import pages
from webapp.worklogs.photos import StoredPhoto
from webapp.worklogs.rules import TEXT_LIMIT, Entry, WrongEntry

__all__ = [
    "api_views",
    "outbox_views",
    "pages",
    "paper_views",
    "photo_views",
    "plan_views",
    "reading_views",
    "upload_views",
]


@pages.get("/worklogs/new")
@requires(SUBMIT)
def new() -> Response:
    """The form for a new log; with `?after=` it goes on from an own one."""
    form = log_form(formdata=None)
    form.id.data = form_id_from(None)
    before = None
    if request.args.get("after"):
        before = queries.one(db.session(), request.args["after"])
        service.refuse_others(before, g.viewer.person_id)
        form.go_on_from(before)
    return _form_page(form, before=before)


@pages.post("/worklogs/new")
@requires(SUBMIT)
def create() -> Response:
    """Save a log once, however often the form is sent; also one of a post that has ended, as a phone sends it."""
    form = log_form()
    form.id.data = log_id = form_id_from(form.id.data)
    try:
        entry, kept = _sent(form, queries.villages_to_write(db.session(), g.viewer.person_id, clock.today()))
        saved = service.write(
            db.session(), log_id=log_id, author_id=g.viewer.person_id, entry=entry, photos=kept, at=clock.now()
        )
    except service.LogConflict as conflict:
        return _conflict_page(form, conflict)
    except DandangError as error:
        return _form_page(form, error)
    _tell_saved(saved)
    db.session.commit()
    return _saved(form)


@pages.get("/worklogs/<log_id>/edit")
@requires("worklog.write")
def edit(log_id: str) -> Response:
    """The form filled with the present version."""
    log = queries.one(db.session(), log_id)
    service.refuse_others(log, g.viewer.person_id)
    form = log_form(formdata=None)
    form.show(log)
    return _form_page(form, log=log)


@pages.post("/worklogs/<log_id>/edit")
@requires("worklog.write")
def save(log_id: str) -> Response:
    """Save an edit as the next version."""
    form = log_form()
    form.id.data = log_id
    log = queries.one(db.session(), log_id)
    base = form.base_version.data or ""
    try:
        entry, kept = _sent(form, [log.unit_code])
        saved = service.edit(
            db.session(),
            log_id=log_id,
            base_version=int(base) if base.isascii() and base.isdigit() else 0,
            editor_id=g.viewer.person_id,
            entry=entry,
            photos=kept,
            at=clock.now(),
        )
    except service.LogConflict as conflict:
        return _conflict_page(form, conflict)
    except DandangError as error:
        return _form_page(form, error, log=queries.one(db.session(), log_id))
    _tell_saved(saved)
    db.session.commit()
    return _saved(form)


def _sent(form: LogForm, units: list[str] | tuple[str, ...]) -> tuple[Entry, list[StoredPhoto]]:
    """The entry and its photos, stored. Pictures are worked on while nobody waits for the database's lock."""
    uploads = form.uploads()
    if uploads:
        db.session.rollback()
    entry = form.entry(units)
    return entry, photos.keep(current_app.config["SETTINGS"], uploads)


def _tell_saved(saved: service.Saved) -> None:
    """Say that the log is saved, and what need not be typed again because of it."""
    flash(f"工作日志已保存。{bindings.saved_typing(bindings.saves_of(db.session(), saved.log))}", "done")


def _saved(form: LogForm) -> Response:
    """Answer to a form whose log is committed; the log's page then tells the browser which drafts may go."""
    session["saved_logs"] = [one for one in (form.id.data, form.draft_id.data) if one]
    # Whose post has ended sends the log and reads the village's logs no more.
    target = url_for(".show", log_id=form.id.data) if g.viewer.may("worklog.read") else url_for("dashboard.home")
    if wants_json():
        return make_response({"location": target})
    return redirect(target, 303)


def _form_page(
    form: LogForm, error: DandangError | None = None, *, log: WorkLog | None = None, before: WorkLog | None = None
) -> Response:
    """The form with what was typed; an error stands at its field and in the summary."""
    if error is not None and wants_json():
        field = TYPED.get(error.field, error.field) if isinstance(error, WrongEntry) else None
        return make_response({"error": error.sentence, "field": field}, error.status)
    own, today = db.session(), clock.today()
    codes = (log.unit_code,) if log else queries.villages_to_write(own, g.viewer.person_id, today)
    units = names(db.session(), codes)
    linked = tuple(one for one in form.tasks.data or [] if one is not None)
    tasks = queries.tasks_to_link(db.session(), codes, linked)
    form.offer(today, units, tasks, bindings.to_offer(own, codes, form.named()))
    if isinstance(error, WrongEntry):
        form[TYPED.get(error.field, error.field)].errors = [error.sentence]
    page = render_template(
        "worklogs/form.html",
        form=form,
        log=log,
        before=before,
        latest=queries.latest_before(own, g.viewer.person_id, today) if log is None and before is None else None,
        areas=DUTY_AREAS,
        sentence=error.sentence if error and not isinstance(error, WrongEntry) else None,
        most=photos.MOST,
        text_limit=TEXT_LIMIT,
        slot=draft_views.slot(),
    )
    return make_response(page, error.status if error else 200)


def _conflict_page(form: LogForm, conflict: service.LogConflict) -> Response:
    """Both bodies beside each other and what can be done; nothing typed is lost."""
    held = queries.one(db.session(), conflict.log.id) if conflict.log is not None else None
    page = render_template(
        "worklogs/conflict.html",
        form=form,
        sentence=conflict.sentence,
        held=held,
        day=form.chosen_day(),
        areas=DUTY_AREAS,
        fresh_id=form_id_from(None),
        slot=draft_views.slot(),
    )
    return make_response(page, conflict.status)
