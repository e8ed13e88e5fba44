"""The shapes of the forms for drawing and for the finding."""

from datetime import datetime

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField

from webapp import clock
from webapp.leave.forms import day_from
from webapp.leave.halves import HALVES, Span
from webapp.presence.drawing import Drawing
from webapp.words import form_id_from


def moment_from(typed: str | None) -> datetime | None:
    """The moment in China that was typed as a local date and time; None for anything else."""
    try:
        return datetime.fromisoformat((typed or "").strip()).replace(tzinfo=clock.CHINA)
    except ValueError:
        return None


def span_from(first: tuple[str, str], last: tuple[str, str]) -> Span | None:
    """The half-days that were chosen; None where no days were typed."""
    first_on, last_on = day_from(first[0]), day_from(last[0])
    if first_on is None or last_on is None or first[1] not in HALVES or last[1] not in HALVES:
        return None
    return Span.of(first_on, first[1], last_on, last[1])


class DrawForm(FlaskForm):
    """What a draw is to be."""

    request_id = HiddenField()
    unit = SelectField("抽查单位", validate_choice=False)
    first_on = StringField("开始日期")
    last_on = StringField("结束日期")
    size = StringField("抽查人数")
    inspector = SelectField("抽查人", validate_choice=False)

    def number(self) -> str:
        return form_id_from(self.request_id.data)

    def drawing(self, seed: str) -> Drawing:
        """What was typed; a size that is no number is no size that can be drawn."""
        typed, who = (self.size.data or "").strip(), self.inspector.data or ""
        size = None if not typed else int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 0
        return Drawing(
            unit_code=self.unit.data or "",
            seed=seed,
            request_id=self.number(),
            first_on=day_from(self.first_on.data),
            last_on=day_from(self.last_on.data),
            size=size,
            inspector_id=int(who) if who.isascii() and who.isdigit() else None,
        )

    def tell(self, faults: dict[str, str]) -> None:
        """Put each sentence beside its field."""
        for name, sentence in faults.items():
            self[name].errors = [sentence]
