"""Drawing a spot check: the desk says when, how many and who looks; the server says whom."""

import secrets
from typing import Any

from flask import flash, g, redirect, render_template, url_for

from webapp import clock
from webapp.errors import Conflict, Faulty, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.queries import names
from webapp.presence import drawing
from webapp.presence.forms import DrawForm
from webapp.presence.rules import last_day
from webapp.presence.views_pages import pages


@pages.get("/inspections/draw")
@requires("inspection.draw")
def draw_form() -> str:
    """The form, with the rest of this month filled in."""
    form = DrawForm(formdata=None)
    today = clock.today()
    form.request_id.data = form.number()
    form.unit.data = g.viewer.units_with(drawing.DRAW)[0]
    form.first_on.data, form.last_on.data = today.isoformat(), last_day(today).isoformat()
    return _form(form)


@pages.post("/inspections/draw")
@requires("inspection.draw")
def draw() -> Any:
    """Draw once; the same form sent twice draws nothing more. The seed is the server's, nobody chooses it."""
    form = DrawForm()
    form.request_id.data = form.number()
    try:
        plan = drawing.draw(db.session(), form.drawing(secrets.token_hex(16)), clock.now())
    except Faulty as error:
        db.session.rollback()
        form.tell(error.faults)
        return _form(form), error.status
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _form(form, error.sentence), error.status
    flash(f"已从 {plan.population} 人中抽取 {plan.size} 人。名单只有抽查单位和上级可见，登记情况后本人可见。", "done")
    db.session.commit()
    return redirect(url_for(".inspections", state="drawn"), 303)


def _form(form: DrawForm, problem: str | None = None) -> str:
    units = names(db.session(), g.viewer.units_with(drawing.DRAW))
    chosen = form.unit.data if form.unit.data in units else next(iter(units))
    form.unit.choices = list(units.items())
    people = drawing.inspectors(db.session(), chosen, clock.today())
    form.inspector.choices = [("", "请选择"), *((str(person.id), person.name) for person in people)]
    return render_template("presence/draw.html", form=form, units=units, unit=chosen, problem=problem)
