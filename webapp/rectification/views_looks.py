"""回头看: what own units have closed, the drawing of the sample, and what was found."""

from uuid import uuid4

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.errors import Conflict, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.queries import names
from webapp.paging import number_from, paged
from webapp.rectification import queries, second_looks
from webapp.rectification.models import RESULTS
from webapp.rectification.views_pages import pages

STATES = {"": "待回头看", "undrawn": "待抽取", "done": "已有结果", "every": "全部"}
_ASKED = {"": "waiting", "undrawn": "undrawn", "done": "done", "every": ""}


@pages.get("/rectification/second-looks")
@requires("task.verify")
def looks() -> str:
    """Second looks of what own units have closed, by their last day."""
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


def _page(problem: str | None = None) -> str:
    units = g.viewer.units_with("task.verify")
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    page = paged(db.session(), queries.looks(units, _ASKED[state]), number_from(request.args.get("page")))
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
