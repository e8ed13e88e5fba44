"""Shapes of the task forms. What a demand or a move needs is judged by the service."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, StringField, TextAreaField


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
            typed = " ".join(text.strip() for text in valuelist)[:20]
            raise ValueError(f"日期不正确，没有认出“{typed}”。请按“2026-11-24”的样子填写。") from None


class OptionalDayField(DayField):
    """A day that may be left out."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if any(text.strip() for text in valuelist):
            super().process_formdata(valuelist)
        else:
            self.data = None


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


class ActForm(FlaskForm):
    """A form of one act; several stand on one page, each under its own prefix. The page's token guards them all."""

    class Meta:
        csrf = False


class ReportForm(ActForm):
    """反馈."""

    text = TextAreaField("完成情况")
    document_no = StringField("文号")
    document_on = OptionalDayField("文件日期")
    evidence = StringField("佐证材料")
    minutes_taken = OptionalMinutesField("实际用时（分钟）")


class ExtensionForm(ActForm):
    """申请延期."""

    wanted_due_on = DayField("希望延到")
    reason = TextAreaField("延期理由")


class ReasonForm(ActForm):
    """The reason, or a note, of any other act."""

    reason = TextAreaField("理由")


class ProgressForm(ReasonForm):
    """登记进展: how far it is."""

    reason = TextAreaField("办理进展")
