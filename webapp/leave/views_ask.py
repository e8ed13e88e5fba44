"""The form for leave and for going on from leave."""

from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for

from webapp import clock
from webapp.errors import Conflict, NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.leave import queries, service
from webapp.leave.forms import LeaveForm
from webapp.leave.posts import post_on
from webapp.leave.routing import limits_of
from webapp.leave.views_pages import own_posts, pages, told


@pages.get("/leave/new")
@requires("leave.ask")
def new() -> str:
    """The form; whole days from today are filled in, for going on from leave the half-day after it."""
    form = LeaveForm(formdata=None)
    form.form_id.data = form.number()
    posts = own_posts()
    form.posting.data = posts[0].value if posts else ""
    form.first_day.data = form.last_day.data = clock.today().isoformat()
    form.first_half.data, form.last_half.data = "am", "pm"
    extends = request.args.get("extends", type=int)
    if extends is not None:
        parent = queries.one(db.session(), extends)
        if parent.person_id != g.viewer.person_id:
            raise NotFound()
        held = post_on(db.session(), parent, clock.today())
        form.go_on_from(parent, held.id if held is not None else parent.posting_id)
        form.kind.data = parent.kind
    return _form(form)


@pages.post("/leave/new")
@requires("leave.ask")
def create() -> Any:
    """Ask; the same form sent twice asks once."""
    form = LeaveForm()
    form.form_id.data = form.number()
    try:
        row = service.ask(
            db.session(),
            form.form_id.data,
            form.asking(),
            master=current_app.config["SETTINGS"].master_key(),
            at=clock.now(),
        )
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _form(form, told(form, error)), error.status
    who = f"由{row.approver_name}办理" if row.approver_name else "目前没有审批人，已转请县级处理"
    flash(f"请假已提交，{who}。有结果时收件箱会通知您。", "done")
    number = row.id
    db.session.commit()
    return redirect(url_for("leave.show", request_id=number), 303)


def _form(form: LeaveForm, problem: str | None = None) -> str:
    form.posting.choices = own_posts()
    return render_template(
        "leave/new.html",
        form=form,
        parent=queries.parent_of(db.session(), form.extends.data, g.viewer.person_id),
        limits=limits_of(db.session(), clock.today(), g.viewer.prefixes[0]),
        unit=g.viewer.prefixes[0],
        problem=problem,
    )
