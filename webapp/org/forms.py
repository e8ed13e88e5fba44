"""The shape of the forms on posts. What a post may be is judged by the service."""

import unicodedata
from collections.abc import Iterable
from datetime import date

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, StringField

from webapp.org.models import Organisation
from webapp.org.rules import END_REASONS, LEVELS_OF_ROLE, WrongPosting
from webapp.permissions import ROLE_NAMES
from webapp.words import typed_day

NEW = "new"


class StartForm(FlaskForm):
    """One post to be started; `person` is asked once people of the same name are found."""

    name = StringField("姓名")
    person = RadioField("是哪一位", choices=[], validate_choice=False)
    unit_code = StringField("区划代码")
    role = SelectField("岗位", validate_choice=False)
    organisation_id = SelectField("所在机构", validate_choice=False)
    starts_on = StringField("任职开始日")
    ends_on = StringField("最后任职日")
    document_no = StringField("任免或选派文号")

    def offer(self, level: int | None, organisations: Iterable[Organisation]) -> None:
        """Set what can be chosen at a division of a level."""
        fitting = [role for role, levels in LEVELS_OF_ROLE.items() if level is None or level in levels]
        self.role.choices = [SelectChoice("", "请选择"), *(SelectChoice(role, ROLE_NAMES[role]) for role in fitting)]
        self.organisation_id.choices = [SelectChoice("", "不填")]
        self.organisation_id.choices += [SelectChoice(str(one.id), one.name) for one in organisations]


class EndForm(FlaskForm):
    """The end of a post."""

    version = HiddenField()
    ends_on = StringField("最后任职日")
    reason = RadioField(
        "离任原因", choices=[SelectChoice(reason, reason) for reason in END_REASONS], validate_choice=False
    )
    document_no = StringField("任免文号")


def day_from(field: str, label: str, text: str | None, *, required: bool = True) -> date | None:
    """A day as people type it: 2026-11-04, 2026/11/4, 2026年11月4日. Raises `WrongPosting` for anything else."""
    typed = unicodedata.normalize("NFKC", text or "").strip()
    if not typed and not required:
        return None
    if not typed:
        raise WrongPosting(field, f"没有填写{label}。请选择日期。")
    day = typed_day(typed)
    if day is None:
        raise WrongPosting(field, f"{label}“{typed[:20]}”不正确。请按“2026-11-04”的样子填写。")
    return day


def number_or_none(text: str | None) -> int | None:
    """A row's id as a form sends it; anything else is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
