"""The township's pages for leave that came on paper: whose, what it says, and the steps that followed on paper."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for

from webapp import clock
from webapp.errors import Conflict, Faulty, NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.leave import acts, paper, queries
from webapp.leave.forms import LeaveForm
from webapp.leave.models import LeaveRequest
from webapp.leave.routing import limits_of
from webapp.leave.views_acts import returned
from webapp.leave.views_pages import pages, told
from webapp.leave.views_record import record
from webapp.org.models import Posting
from webapp.org.queries import stationed_on
from webapp.paging import number_from, paged
from webapp.permissions import ROLE_NAMES

DONE = {"return": "已代录销假，本人会收到提示。", "withdraw": "已代录撤回，本人会收到提示。"}
DONE |= {"cancel": "已代录取消，本人会收到提示。"}


@pages.get("/leave/paper")
@requires("leave.paper")
def paper_people() -> str:
    """The stationed people of the township's villages."""
    page = paged(db.session(), stationed_on(clock.today()), number_from(request.args.get("page")))
    return render_template("leave/paper_people.html", page=page, roles=ROLE_NAMES)


@pages.get("/leave/paper/<int:posting_id>")
@requires("leave.paper")
def paper_new(posting_id: int) -> str:
    """The form for one person's paper, also for going on from leave that was granted."""
    form = LeaveForm(formdata=None)
    form.form_id.data = form.number()
    form.first_half.data, form.last_half.data = "am", "pm"
    form.paper_on.data = clock.today().isoformat()
    post = paper.post_of(db.session(), posting_id, clock.today())
    extends = request.args.get("extends", type=int)
    if extends is not None:
        parent = queries.one(db.session(), extends)
        if parent.person_id != post.person_id:
            raise NotFound()
        form.go_on_from(parent, post.id)
    return _form(post, form)


@pages.post("/leave/paper/<int:posting_id>")
@requires("leave.paper")
def paper_create(posting_id: int) -> Any:
    """Enter it once, however often the form is sent."""
    form = LeaveForm()
    form.form_id.data = form.number()
    try:
        row = paper.ask_for(
            db.session(),
            posting_id,
            form.form_id.data,
            form.asking(),
            paper_on=form.day("paper_on"),
            master=current_app.config["SETTINGS"].master_key(),
            at=clock.now(),
        )
    except (Refused, Conflict) as error:
        db.session.rollback()
        problem = told(form, error)
        return _form(paper.post_of(db.session(), posting_id, clock.today()), form, problem), error.status
    who = f"由{row.approver_name}审批" if row.approver_name else "目前没有审批人"
    return _back(row, f"已代录，标明为纸质代录，{who}。本人会收到提示。")


@pages.post("/leave/<int:request_id>/paper/<any(withdraw,cancel,return):verb>")
@requires("leave.paper")
def paper_step(request_id: int, verb: str) -> Any:
    """A later step of the person that came on paper."""
    session, version = db.session(), request.form.get("version", type=int)
    try:
        if verb == "return":
            row = acts.report_return(session, request_id, **returned(), at=clock.now(), version=version)
        else:
            act = acts.withdraw if verb == "withdraw" else acts.cancel
            row = act(session, request_id, at=clock.now(), version=version)
    except (Faulty, Refused, Conflict) as error:
        db.session.rollback()
        return record(request_id, error, verb), error.status
    return _back(row, DONE[verb])


def _form(post: Posting, form: LeaveForm, problem: str | None = None) -> str:
    return render_template(
        "leave/paper.html",
        form=form,
        post=post,
        parent=queries.parent_of(db.session(), form.extends.data, post.person_id),
        limits=limits_of(db.session(), clock.today(), post.unit_code),
        problem=problem,
    )


def _back(row: LeaveRequest, words: str) -> Any:
    flash(words, "done")
    number = row.id
    db.session.commit()
    return redirect(url_for("leave.show", request_id=number), 303)
