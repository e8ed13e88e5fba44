"""The blueprint of the feature, and what its pages share: the units from which a viewer enters issues."""

from flask import Blueprint, g

from webapp.errors import Forbidden
from webapp.extensions import db
from webapp.org.models import Division
from webapp.org.units import by_codes

pages = Blueprint("rectification", __name__)


def entering_units() -> list[Division]:
    """Units for which the viewer may enter issues, in code order."""
    found = by_codes(db.session(), g.viewer.units_with("task.issue"))
    if not found:
        raise Forbidden()
    return found
