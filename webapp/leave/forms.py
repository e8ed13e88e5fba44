"""The shapes of the forms for leave; what they may say is judged by the rules."""

from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectField, StringField

from webapp.leave.halves import HALVES
from webapp.leave.models import KINDS, REASONS, TRIP_KINDS, LeaveRequest
from webapp.leave.rules import Asking
from webapp.leave.trips import Reporting
from webapp.typed_forms import TypedForm
from webapp.words import form_id_from

_HALVES = [SelectChoice(*pair) for pair in HALVES.items()]


class SpanForm(TypedForm):
    """Half-days from … to …, of one post."""

    form_id = HiddenField()
    posting = SelectField("岗位", validate_choice=False, coerce=str)
    first_day = StringField("开始日期")
    first_half = RadioField("开始于", choices=_HALVES, validate_choice=False)
    last_day = StringField("结束日期")
    last_half = RadioField("结束于", choices=_HALVES, validate_choice=False)

    def number(self) -> str:
        return form_id_from(self.form_id.data)

    @property
    def posting_id(self) -> int:
        typed = self.posting.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() else 0


class LeaveForm(SpanForm):
    """A request for leave, or with `extends` for going on from one."""

    extends = HiddenField()
    kind = RadioField("请假种类", choices=[SelectChoice(*p) for p in KINDS.items()], validate_choice=False)
    reason = SelectField(
        "病假原因类别",
        choices=[SelectChoice("", "不是病假，不选"), *(SelectChoice(*p) for p in REASONS.items())],
        validate_choice=False,
    )
    urgent = BooleanField("紧急情况，事后补办")
    paper_on = StringField("假条日期")

    def go_on_from(self, parent: LeaveRequest, posting_id: int) -> None:
        """Fill in what 续假 takes over from the leave before; of what kind that is, not everybody who enters may see."""
        self.extends.data, self.posting.data = str(parent.id), str(posting_id)
        self.last_day.data = parent.span.following[0].isoformat()

    def asking(self) -> Asking:
        """What was typed."""
        extends = self.extends.data or ""
        return Asking(
            posting_id=self.posting_id,
            kind=self.kind.data or "",
            first_day=self.day("first_day"),
            first_half=self.first_half.data or "",
            last_day=self.day("last_day"),
            last_half=self.last_half.data or "",
            reason=self.reason.data or "",
            urgent=bool(self.urgent.data),
            extends_id=int(extends) if extends.isascii() and extends.isdigit() else None,
        )


class TripForm(SpanForm):
    """A report of an official trip, or with `reason` the correction of one."""

    version = HiddenField()
    kind = RadioField("外出事由", choices=[SelectChoice(*p) for p in TRIP_KINDS.items()], validate_choice=False)
    subject = StringField("会议、培训或者项目工作的名称")
    document_no = StringField("文号")
    reason = StringField("更正原因")
    paper_on = StringField("报备单日期")

    def reporting(self) -> Reporting:
        """What was typed."""
        return Reporting(
            posting_id=self.posting_id,
            kind=self.kind.data or "",
            first_day=self.day("first_day"),
            first_half=self.first_half.data or "",
            last_day=self.day("last_day"),
            last_half=self.last_half.data or "",
            subject=self.subject.data or "",
            document_no=self.document_no.data or "",
        )
