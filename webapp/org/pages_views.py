"""The blueprint of the pages on divisions and people, the unit in an address, and what the pages ask of the rule pack."""

from typing import Any

from flask import Blueprint, current_app, g

from webapp import clock
from webapp.access import Viewer
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.org.codes import full, held
from webapp.org.models import Division
from webapp.org.queries import division

pages = Blueprint("org", __name__)


def unit_at(code: str) -> Division:
    """A unit in scope; the address holds 12 digits or fewer. Raises `NotFound`."""
    own = held(code)
    if not own or not g.viewer.reaches(own) or code not in (own, full(own)):
        raise NotFound()
    return division(db.session(), own)


def rule_value(key: str, unit_code: str) -> Any:
    """A value of the rule pack in force today at a unit; the pack stands above this feature and is handed in."""
    return current_app.extensions["rule_value"](db.session(), key, on=clock.today(), unit_code=unit_code)


def people_reader() -> Viewer:
    """The viewer behind the door of people's rows: names of divisions are public, who sits there is not."""
    viewer: Viewer = g.viewer
    return viewer.through("people.read")


def may_appoint(unit_code: str) -> bool:
    """Whether the viewer may start and end posts at a unit."""
    viewer: Viewer = g.viewer
    return any(unit_code.startswith(own) for own in viewer.units_with("posting.write"))
