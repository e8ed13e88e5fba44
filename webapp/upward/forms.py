"""The shape of the form for an upward request; what it may say is judged by the rules."""

from wtforms import HiddenField, RadioField, SelectChoice, SelectField, StringField, TextAreaField

from webapp.typed_forms import TypedForm
from webapp.upward.models import KINDS
from webapp.upward.rules import Asking


class RequestForm(TypedForm):
    """One request."""

    form_id = HiddenField()
    unit = SelectField("请示单位", validate_choice=False)
    asked = SelectField("向哪个单位请示", validate_choice=False)
    kind = RadioField("类别", choices=[SelectChoice(*pair) for pair in KINDS.items()], validate_choice=False)
    title = StringField("请示事项")
    content = TextAreaField("理由和具体请求")
    amount = StringField("金额（元）")
    basis = StringField("依据")
    due_on = StringField("希望答复的日期")

    def asking(self) -> Asking:
        """What was typed."""
        return Asking(
            unit_code=self.unit.data or "",
            asked_code=self.asked.data or "",
            kind=self.kind.data or "",
            title=self.title.data or "",
            content=self.content.data or "",
            basis=self.basis.data or "",
            amount=self.amount.data or "",
            due_on=self.day("due_on"),
        )
