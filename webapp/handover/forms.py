"""The shape of the forms on hand-overs."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectChoice, StringField, TextAreaField

from webapp.handover.models import TYPED


class LineForm(FlaskForm):
    """One row that the system cannot know."""

    form_id = HiddenField()
    kind = RadioField("类别", choices=[SelectChoice(*pair) for pair in TYPED.items()], validate_choice=False)
    title = StringField("交接事项")
    detail = TextAreaField("说明")


class PaperForm(FlaskForm):
    """A hand-over that was signed on paper."""

    done_on = StringField("交接完成日")
    note = TextAreaField("交接说明")
