"""Forms of runs and assessments: shape only; what may be compiled or opened is the service's to say."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from webapp.evaluation.models import REPORT_KINDS


def choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """(value, words) pairs as the choices of a field."""
    return [SelectChoice(value, words) for value, words in pairs]


class RunForm(FlaskForm):
    """Which period of which unit, inside which assessment, with which report."""

    token = HiddenField(validators=[DataRequired("页面已过期。请刷新后重新填写。"), Length(min=36, max=36)])
    period = StringField(
        "周期",
        validators=[
            DataRequired("请填写周期，例如 2026-10。"),
            Length(max=10, message="周期过长。请写成 2026-10、2026Q3、2026H1 或 2026。"),
        ],
    )
    unit = StringField(
        "单位",
        validators=[
            DataRequired("请填写区划代码。"),
            Length(max=12, message="区划代码过长。请填写 2、4、6、9 或 12 位数字代码。"),
        ],
    )
    assessment = SelectField("考核", validate_choice=True)
    report_kind = SelectField("报告", choices=choices([("", "不生成报告"), *REPORT_KINDS.items()]))


class AssessmentForm(FlaskForm):
    """What an approved yearly plan says."""

    plan_number = StringField(
        "年度考核计划文号",
        validators=[DataRequired("请填写已批准的年度考核计划文号。"), Length(max=60, message="文号请控制在60字以内。")],
    )
    plan_approved_on = DateField("计划批准日期", validators=[DataRequired("请填写批准日期，例如 2026-03-20。")])
    title = StringField(
        "考核名称",
        validators=[DataRequired("请填写考核名称。"), Length(max=120, message="考核名称请控制在120字以内。")],
    )
    unit = SelectField("单位", validators=[DataRequired("请选择单位。")])
    period = StringField(
        "周期",
        validators=[DataRequired("请填写周期，例如 2026H1。"), Length(max=10, message="周期请写成 2026H1 或 2026。")],
    )
    scheme = SelectField("指标体系", validators=[DataRequired("请选择指标体系。")])
