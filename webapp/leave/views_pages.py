"""The blueprint that the modules of pages share, and what several of them ask."""

from flask import Blueprint, g
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import SelectChoice

from webapp.errors import AlreadySent, Conflict, Faulty, Refused
from webapp.extensions import db
from webapp.leave import service
from webapp.leave.forms import SpanForm
from webapp.org.models import Posting
from webapp.permissions import ROLE_NAMES
from webapp.words import form_id_from

pages = Blueprint("leave", __name__)


def own_posts() -> list[SelectChoice]:
    """The viewer's own posts of today that may ask for leave, as choices of a form."""
    own = service.own_posts(g.viewer)
    statement = select(Posting).where(Posting.id.in_(own)).options(joinedload(Posting.division)).order_by(Posting.id)
    return [
        SelectChoice(str(one.id), f"{one.division.name}{ROLE_NAMES[one.role]}")
        for one in db.session().scalars(statement)
    ]


def told(form: SpanForm, error: Refused | Conflict) -> str | None:
    """What a form that was not taken says on top; faults go to their fields.

    A form that had been taken before with other words leads there, and sent once more it is a new one.
    """
    if isinstance(error, Faulty):
        form.tell(error.faults)
        return None
    if isinstance(error, AlreadySent):
        form.form_id.data = form_id_from(None)
        return Markup('{} <a href="{}">查看已提交的内容</a>').format(error.sentence, error.path)
    return error.sentence
