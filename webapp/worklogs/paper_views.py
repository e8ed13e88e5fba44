"""The township's pages for logs that came on paper: whose, and what it says."""

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.errors import DandangError
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.models import Posting
from webapp.org.queries import stationed_on
from webapp.permissions import ROLE_NAMES
from webapp.words import form_id_from
from webapp.worklogs import bindings, paper, queries
from webapp.worklogs.forms import TYPED, LogForm, log_form
from webapp.worklogs.pages import pages
from webapp.worklogs.rules import TEXT_LIMIT, WrongEntry


@pages.get("/worklogs/paper")
@requires("worklog.paper")
def paper_people() -> str:
    """The stationed people of the township's villages."""
    return render_template(
        "worklogs/paper_people.html", posts=db.session().scalars(stationed_on(clock.today())).all(), roles=ROLE_NAMES
    )


@pages.get("/worklogs/paper/<int:posting_id>")
@requires("worklog.paper")
def paper_form(posting_id: int) -> Response:
    """The form for one person's paper."""
    post = paper.post_of(db.session(), posting_id, clock.today())
    form = log_form(formdata=None)
    form.id.data = form_id_from(None)
    return _page(post, form)


@pages.post("/worklogs/paper/<int:posting_id>")
@requires("worklog.paper")
def enter_paper(posting_id: int) -> Response:
    """Enter it once, however often the form is sent."""
    post = paper.post_of(db.session(), posting_id, clock.today())
    form = log_form()
    form.id.data = log_id = form_id_from(form.id.data)
    try:
        entry = form.entry([post.unit_code])
        paper.enter(db.session(), post, log_id=log_id, entry=entry, at=clock.now())
    except DandangError as error:
        db.session.rollback()
        return _page(paper.post_of(db.session(), posting_id, clock.today()), form, error)
    flash(f"已代录{post.person.name}同志的日志，标明为纸质代录。", "done")
    db.session.commit()
    return redirect(url_for(".paper_people"), 303)


def _page(post: Posting, form: LogForm, error: DandangError | None = None) -> Response:
    own, today = db.session(), clock.today()
    with acting_as(own, Viewer.system("纸质代录", post.unit_code)):
        tasks = queries.tasks_to_link(own, (post.unit_code,))
        form.offer(today, {}, tasks, bindings.to_offer(own, (post.unit_code,), {}))
    if isinstance(error, WrongEntry):
        form[TYPED.get(error.field, error.field)].errors = [error.sentence]
    page = render_template(
        "worklogs/paper_form.html",
        form=form,
        post=post,
        text_limit=TEXT_LIMIT,
        sentence=error.sentence if error is not None and not isinstance(error, WrongEntry) else None,
    )
    return make_response(page, error.status if error else 200)
