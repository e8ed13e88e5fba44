"""What other pages show of the ledger: the county's yearly check, and the page of a sending unit."""

from flask import g, render_template

from webapp import clock
from webapp.accountability.models import Assignment
from webapp.accountability.panels import panels
from webapp.extensions import db
from webapp.support import duty, queries
from webapp.support.models import KINDS
from webapp.teams.panels import sending_panels


def check_panel(assignment_id: int) -> str:
    """On the page of WA31-T3: the ledger is the list that is asked for."""
    row = db.session().get(Assignment, assignment_id)
    if row is None or row.task.template_code != duty.DUTY or not g.viewer.may("support.read"):
        return ""
    return render_template("support/duty_panel.html", year=row.task.period or clock.today().year)


def sending_panel() -> str:
    """On the page of a sending unit: what it owes those it has sent, by kind."""
    today = clock.today()
    owing = queries.to_record(db.session(), g.viewer, today.replace(month=12, day=31))
    return render_template("support/sending_panel.html", owing=owing, today=today, kinds=KINDS)


panels.append(check_panel)
sending_panels.append(sending_panel)
