"""Shapes of the calendar forms; what a list may hold is judged by the service."""

from datetime import date

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, StringField

from webapp.words import typed_day


class DayForm(FlaskForm):
    """One day that differs from the week's rule."""

    day = StringField("日期")
    kind = RadioField(
        "类别", choices=[SelectChoice("off", "放假"), SelectChoice("work", "上班（调休）")], validate_choice=False
    )
    name = StringField("名称")
    source = StringField("发布文件")
    reason = StringField("理由")

    def typed_day(self) -> date | None:
        """The day, or None where it cannot be read."""
        return typed_day(self.day.data)


class RemoveForm(FlaskForm):
    """Why a day is to follow the week's rule again."""

    source = StringField("发布文件")
    reason = StringField("理由")


class ImportForm(FlaskForm):
    """A year's list as a file, or as it was read from the file in the step before."""

    file = FileField("节假日安排（XLSX 或 CSV）")
    rows = HiddenField()
    whole = BooleanField("这是全年安排")
    source = StringField("发布文件")
