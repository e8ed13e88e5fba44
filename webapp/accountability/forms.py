"""Shapes of the task forms. What a demand or a move needs is judged by the service."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import uuid4

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField

from webapp.accountability.rules import TaskTerms
from webapp.org.models import Division
from webapp.words import clean


class DayField(DateField):
    """A day as browsers send it and as people type it; the error is a sentence."""

    def __init__(self, label: str, **others: Any) -> None:
        super().__init__(label, format=["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"], **others)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not any(text.strip() for text in valuelist):
            self.data = None
            raise ValueError(f"没有填写{self.label.text}。请补填。")
        try:
            super().process_formdata([text.strip() for text in valuelist])
        except ValueError:
            self.data = None
            raise ValueError("日期不正确。请按“2026-11-24”的样子填写。") from None


class MinutesField(IntegerField):
    """Whole minutes; the error is a sentence."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        if not (text.isascii() and text.isdigit() and len(text) < 6):
            self.data = None
            raise ValueError("用时应是整数分钟，例如 30。请改正。")
        self.data = int(text)


class OptionalMinutesField(MinutesField):
    """Whole minutes, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if any(text.strip() for text in valuelist):
            super().process_formdata(valuelist)


class DemandForm(FlaskForm):
    """Step one: what is asked. The units are chosen beside it."""

    request_id = HiddenField()
    issuer = SelectField("下达单位", validate_choice=False)
    title = StringField("任务名称")
    content = TextAreaField("任务内容")
    basis = StringField("依据文件")
    evidence = StringField("佐证要求")
    minutes = MinutesField("预计用时（分钟）")
    due_on = DayField("截止日期")
    regular = BooleanField("属于每月（季、年）都要报的常规事项")

    FIELDS = ("request_id", "issuer", "title", "content", "basis", "evidence", "minutes", "due_on", "regular")

    def offer(self, units: Iterable[Division]) -> None:
        """Offer the viewer's issuing units, and a fresh id on the first showing."""
        self.issuer.choices = [(unit.code, unit.name) for unit in units]
        if self.issuer.data not in dict(self.issuer.choices):
            self.issuer.data = self.issuer.choices[0][0]
        self.request_id.data = self.request_id.data or str(uuid4())

    def terms(self) -> TaskTerms:
        """What was typed; a field that could not be read has a value that the rules refuse."""
        return TaskTerms(
            title=clean(self.title.data),
            content=clean(self.content.data),
            basis=clean(self.basis.data),
            evidence=clean(self.evidence.data),
            minutes=self.minutes.data or 0,
            due_on=self.due_on.data or date.min,
            regular=bool(self.regular.data),
        )

    def take(self, faults: dict[str, str]) -> None:
        """Show the rules' sentences at their fields; a field that could not be read keeps its own."""
        for name, sentence in faults.items():
            field = self[name]
            if not field.errors:
                field.errors = [sentence]

    def kept(self) -> list[tuple[str, str]]:
        """Everything that was typed, for the hidden fields of the later steps."""
        return [(name, _raw(self, name)) for name in self.FIELDS if name != "regular" or self.regular.data]


def _raw(form: FlaskForm, name: str) -> str:
    field = form[name]
    return str(field.raw_data[0]) if field.raw_data else ("" if field.data is None else str(field.data))


class ActForm(FlaskForm):
    """A form of one act; several stand on one page, each under its own prefix. The page's token guards them all."""

    class Meta:
        csrf = False


class ReportForm(ActForm):
    """反馈."""

    text = TextAreaField("完成情况")
    document_no = StringField("文号")
    evidence = StringField("佐证材料")
    minutes_taken = OptionalMinutesField("实际用时（分钟）")


class ExtensionForm(ActForm):
    """申请延期."""

    wanted_due_on = DayField("希望延到")
    reason = TextAreaField("延期理由")


class ReasonForm(ActForm):
    """The reason, or a note, of any other act."""

    reason = TextAreaField("理由")
