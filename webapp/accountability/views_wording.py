"""What an issuer may still do to an issued task: change its words, or take it back with a reason."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import FieldList, FormField, HiddenField, StringField, TextAreaField

from webapp import clock
from webapp.accountability import drafts, wording
from webapp.accountability.forms_new import AskedForm, asked_in
from webapp.accountability.issue_models import TaskRevision
from webapp.accountability.models import AccountabilityTask
from webapp.accountability.recalling import recall_task
from webapp.accountability.views_pages import pages
from webapp.burden.asking import MOST_FIELDS
from webapp.errors import Conflict, DandangError, Faulty, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.words import clean


class WordingForm(FlaskForm):
    """What may change after issue."""

    version = HiddenField()
    title = StringField("任务名称")
    content = TextAreaField("任务内容")
    evidence = StringField("佐证要求")
    fields = FieldList(FormField(AskedForm), label="增加的填报项", min_entries=1, max_entries=MOST_FIELDS)
    more_minutes = StringField("增加的用时（分钟）")
    reason = TextAreaField("修改理由")


@pages.get("/tasks/<number>/wording")
@requires("task.issue")
def wording_form(number: str) -> str:
    """The present words, to be changed."""
    row = drafts.own(db.session(), number)
    form = WordingForm(formdata=None)
    form.title.data, form.content.data, form.evidence.data = row.title, row.content, row.evidence
    form.version.data = str(row.version)
    return _page(row, form)


@pages.post("/tasks/<number>/wording")
@requires("task.issue")
def change_wording(number: str) -> Response | str | tuple[str, int]:
    """Change the words, or show the form again with one more line."""
    row = drafts.own(db.session(), number)
    form = WordingForm()
    if request.form.get("go") == "more":
        if len(form.fields.entries) < MOST_FIELDS:
            form.fields.append_entry()
        return _page(row, form)
    minutes = form.more_minutes.data or ""
    try:
        changed = wording.revise(
            db.session(),
            number,
            title=clean(form.title.data),
            content=clean(form.content.data),
            evidence=clean(form.evidence.data),
            more_fields=tuple(asked_in(form.fields)),
            more_minutes=int(minutes) if minutes.isascii() and minutes.isdigit() and len(minutes) < 6 else 0,
            reason=form.reason.data or "",
            at=clock.now(),
            version=request.form.get("version", type=int),
        )
    except (Refused, Conflict) as error:
        db.session.rollback()
        problem = error.sentence
        if isinstance(error, Faulty):
            problem = "".join(form_take(form, error.faults))
        row = drafts.own(db.session(), number)
        if isinstance(error, Conflict) and row.state == "issued":
            form.version.data = str(row.version)  # both wordings stand on the page; sent again, the second one counts
            return _page(row, form, problem, wording.shown(row)[:1]), error.status
        return _page(row, form, problem or None), error.status
    db.session.commit()
    flash("文字已修改，并已通知尚未反馈的单位。" if changed else "文字没有变化，未作修改。", "done")
    return redirect(url_for("accountability.task", number=number))


def form_take(form: WordingForm, faults: dict[str, str]) -> list[str]:
    """Show sentences at their fields; gives those that have none."""
    rest = []
    for name, sentence in faults.items():
        if name in form:
            form[name].errors = [sentence]
        else:
            rest.append(sentence)
    return rest


def _page(
    row: AccountabilityTask,
    form: WordingForm,
    problem: str | None = None,
    newest: Sequence[tuple[TaskRevision, list[wording.Change]]] = (),
) -> str:
    return render_template("accountability/wording.html", task=row, form=form, problem=problem, newest=newest)


@pages.get("/tasks/<number>/recall")
@requires("task.issue")
def recall_form(number: str) -> str:
    """Ask for the reason why a whole task is taken back."""
    return _recall_page(drafts.own(db.session(), number))


@pages.post("/tasks/<number>/recall")
@requires("task.issue")
def recall_whole(number: str) -> Response | tuple[str, int]:
    """Take back a whole task."""
    try:
        taken = recall_task(db.session(), number, request.form.get("reason", ""), clock.now())
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _recall_page(drafts.own(db.session(), number), error), error.status
    db.session.commit()
    flash(f"任务已撤回，{taken} 个单位不需再办理，并已通知。" if taken else "任务已撤回。", "done")
    return redirect(url_for("accountability.task", number=number))


def _recall_page(row: AccountabilityTask, error: DandangError | None = None) -> str:
    return render_template(
        "accountability/recall.html",
        task=row,
        reason=request.form.get("reason", ""),
        problem=error.sentence if error else None,
    )
