"""The blueprint that the modules of pages share, and what several of them ask."""

from flask import Blueprint, g
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import SelectChoice

from webapp.extensions import db
from webapp.leave import service
from webapp.org.models import Posting
from webapp.permissions import ROLE_NAMES

pages = Blueprint("leave", __name__)


def own_posts() -> list[SelectChoice]:
    """The viewer's own posts of today that may ask for leave, as choices of a form."""
    own = service.own_posts(g.viewer)
    statement = select(Posting).where(Posting.id.in_(own)).options(joinedload(Posting.division)).order_by(Posting.id)
    return [
        SelectChoice(str(one.id), f"{one.division.name}{ROLE_NAMES[one.role]}")
        for one in db.session().scalars(statement)
    ]
