"""Forms of reports: subscribing a person, presenting a code or a file for verification."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, Length


class SubscriptionForm(FlaskForm):
    """Who receives the monthly report of which unit, from which month on."""

    unit_code = SelectField("报告单位", validators=[DataRequired("请选择报告单位。")])
    recipient_id = SelectField("收件人", coerce=int, validators=[DataRequired("请选择收件人。")])
    first_window = StringField(
        "起始月份",
        validators=[DataRequired("请填写起始月份，例如 2026-11。"), Length(max=7)],
        description="例如 2026-11",
    )


class EndSubscriptionForm(FlaskForm):
    """Only the token; the row is named by the address."""

    confirmed = HiddenField()


class VerifyForm(FlaskForm):
    """A printed code."""

    code = StringField(
        "核验码",
        validators=[DataRequired("请填写报告上的核验码。"), Length(max=40, message="核验码过长，请核对后重新填写。")],
        description="印在报告末页，共16位，不分大小写",
    )


class VerifyFileForm(FlaskForm):
    """A PDF to be compared with the archive."""

    file = FileField("PDF 文件")
