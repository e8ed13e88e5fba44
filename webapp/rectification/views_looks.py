"""回头看: what own units have closed, the drawing of the sample, and what was found."""

from uuid import uuid4

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import Select
from werkzeug.wrappers import Response

from webapp import clock
from webapp.downloads import asked_format
from webapp.errors import Conflict, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.queries import names
from webapp.org.views_files import send_list
from webapp.paging import number_from, paged
from webapp.rectification import look_table, queries, second_looks
from webapp.rectification.models import RESULTS, SecondLook
from webapp.rectification.views_pages import pages

STATES = {"": "待回头看", "undrawn": "待抽取", "done": "已有结果", "every": "全部"}
_ASKED = {"": "waiting", "undrawn": "undrawn", "done": "done", "every": ""}


@pages.get("/rectification/second-looks")
@requires("task.verify")
def looks() -> Response | str:
    """Second looks of what own units have closed, by their last day."""
    if asked_format():
        audited = ("rectification.export", "list", "second-looks")
        return send_list("回头看", look_table.HEADINGS, _statement(_state()), look_table.rows, audited)
    return _page()


@pages.post("/rectification/second-looks")
@requires("task.verify")
def draw() -> Response | tuple[str, int]:
    """Draw the sample of one own unit, once."""
    try:
        unit = request.form.get("unit", "")
        sample = second_looks.draw(db.session(), unit, request.form.get("request_id", ""), clock.now())
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _page(error.sentence), error.status
    flash(
        f"已从 {sample.population} 个已销号问题中抽出 {sample.size} 个，请在期限内逐个回头看。抽取结果不能重抽。",
        "done",
    )
    db.session.commit()
    return redirect(url_for(".looks"))


def _state() -> str:
    state = request.args.get("state", "")
    return state if state in STATES else ""


def _statement(state: str) -> Select[tuple[SecondLook]]:
    return queries.looks(g.viewer.units_with("task.verify"), _ASKED[state])


def _page(problem: str | None = None) -> str:
    units = g.viewer.units_with("task.verify")
    state = _state()
    page = paged(db.session(), _statement(state), number_from(request.args.get("page")))
    return render_template(
        "rectification/looks.html",
        page=page,
        state=state,
        states=STATES,
        results=RESULTS,
        undrawn=queries.undrawn(db.session(), units),
        units=names(db.session(), units),
        request_id=str(uuid4()),
        problem=problem,
    )
