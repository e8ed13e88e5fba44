"""Shapes of the 督办 forms; what a step needs is judged by the service."""

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from webapp.accountability.forms import OptionalDayField
from webapp.supervision.ladder import Typed


class StepForm(FlaskForm):
    """One step of the ladder."""

    decided_on = OptionalDayField("决定日期")
    reason = TextAreaField("理由")
    document_no = StringField("文号")
    leader_name = StringField("牵头领导")
    ends_on = OptionalDayField("办结期限")

    def typed(self) -> Typed:
        """What was typed; a day that could not be read is none, which the service refuses where one is needed."""
        return Typed(
            reason=self.reason.data or "",
            decided_on=self.decided_on.data,
            leader_name=self.leader_name.data or "",
            document_no=self.document_no.data or "",
            ends_on=self.ends_on.data,
        )

    def take(self, faults: dict[str, str]) -> None:
        """Show the service's sentences at their fields; a field that could not be read keeps its own."""
        for name, sentence in faults.items():
            field = self[name]
            if not field.errors:
                field.errors = [sentence]
