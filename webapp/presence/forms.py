"""The shapes of the forms for drawing and for the finding."""

from datetime import datetime

from wtforms import HiddenField, SelectField, StringField

from webapp import clock
from webapp.errors import Faulty
from webapp.leave.halves import HALVES, Span
from webapp.presence.drawing import Drawing
from webapp.typed_forms import TypedForm
from webapp.words import form_id_from, typed_day


def moment_from(typed: str | None) -> datetime | None:
    """The moment in China that was typed as a local date and time; None for anything else."""
    try:
        return datetime.fromisoformat((typed or "").strip()).replace(tzinfo=clock.CHINA)
    except ValueError:
        return None


def span_from(first: tuple[str, str], last: tuple[str, str]) -> Span | None:
    """The half-days that were chosen; None where no days were typed. Raises `Faulty` for one of both, or no day."""
    if not first[0].strip() and not last[0].strip():
        return None
    first_on, last_on = typed_day(first[0]), typed_day(last[0])
    if first_on is None or last_on is None or first[1] not in HALVES or last[1] not in HALVES:
        raise Faulty(
            {"first_on": "未在岗的起止日期没有填全，或者日期不正确。请改正；只指抽查的半天的，两个日期都不填。"}
        )
    return Span.of(first_on, first[1], last_on, last[1])


class DrawForm(TypedForm):
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
            first_on=self.day("first_on"),
            last_on=self.day("last_on"),
            size=size,
            inspector_id=int(who) if who.isascii() and who.isdigit() else None,
        )
