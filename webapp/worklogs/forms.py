"""The shape of the log form. What a day or a task may be is judged by the service."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import HiddenField, RadioField, SelectChoice, SelectMultipleField, StringField, TextAreaField

from webapp.words import clean, day_words
from webapp.worklogs.bindings import KINDS, TASK, Target, bound_to, others
from webapp.worklogs.models import DUTY_AREAS, WorkLog
from webapp.worklogs.photos import Upload
from webapp.worklogs.rules import Entry, WrongEntry, parse_day

OTHER = "other"
TYPED = {"assignment_ids": "tasks"}
"""Fields that are called otherwise in the form than in what a device sends."""


def _choices(named: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in named.items()]


def _id_or_none(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


class LogForm(FlaskForm):
    """One log. `day` is a date by itself for 今天 and 昨天, so that a form sent after midnight means what it said.

    `log_form` adds a field for each kind of row that logs serve besides tasks.
    """

    id = HiddenField()
    base_version = HiddenField()
    draft_id = HiddenField()
    day = RadioField("哪一天", validate_choice=False)
    other_day = StringField("其他日期")
    unit_code = RadioField("哪个村", validate_choice=False)
    duty_area = RadioField("哪方面的工作", choices=_choices(DUTY_AREAS), validate_choice=False)
    text = TextAreaField("做了什么")
    tasks = SelectMultipleField(KINDS[TASK].asks, coerce=_id_or_none, validate_choice=False)
    photos = MultipleFileField("照片")

    @property
    def bound(self) -> dict[str, SelectMultipleField]:
        """Kind besides tasks → its field."""
        return {kind.name: self[kind.field] for kind in others()}

    def named(self) -> dict[str, list[int]]:
        """Kind besides tasks → the ids that were chosen."""
        return {name: [one for one in field.data or [] if one is not None] for name, field in self.bound.items()}

    def offer(
        self,
        today: date,
        units: dict[str, str],
        tasks: Sequence[tuple[int, str, date]],
        rows: Mapping[str, Sequence[Target]],
    ) -> None:
        """Set what can be chosen: the two days, the villages of the person's posts, the tasks and whatever else there."""
        yesterday = today - timedelta(days=1)
        self.day.choices = _choices({today.isoformat(): "今天", yesterday.isoformat(): "昨天", OTHER: "其他日期"})
        if self.day.data is None:
            self.day.data = today.isoformat()
        elif self.day.data not in (today.isoformat(), yesterday.isoformat(), OTHER):
            self.other_day.data, self.day.data = self.day.data, OTHER
        self.unit_code.choices = _choices(units)
        if self.unit_code.data not in units and len(units) == 1:
            self.unit_code.data = next(iter(units))
        self.tasks.choices = [
            SelectChoice(str(number), f"{title}（{day_words(due_on)}前完成）") for number, title, due_on in tasks
        ]
        for name, field in self.bound.items():
            field.choices = [
                SelectChoice(str(one.id), f"{one.title}（{one.detail}）" if one.detail else one.title)
                for one in rows[name]
            ]

    def show(self, log: WorkLog) -> None:
        """Fill in the present version of a log for an edit."""
        version = log.versions[-1]
        self.id.data, self.base_version.data = log.id, str(log.version)
        self.day.data = version.day.isoformat()
        self.text.data = version.text
        self.go_on_from(log)

    def go_on_from(self, log: WorkLog) -> None:
        """Take over village, duty area and what was served, so that only the sentence is left to write."""
        self.unit_code.data, self.duty_area.data = log.unit_code, log.duty_area
        bound = bound_to(log)
        self.tasks.data = list(bound[TASK])
        for name, field in self.bound.items():
            field.data = list(bound.get(name, ()))

    def entry(self, units: Sequence[str]) -> Entry:
        """What was sent, in plain values. The only village needs no choice. Raises `WrongEntry`."""
        unit_code = units[0] if len(units) == 1 else self.unit_code.data
        if not unit_code:
            raise WrongEntry("unit_code", "没有选择村。请选择这条日志是哪个村的。")
        return Entry(
            unit_code,
            self.chosen_day(),
            self.duty_area.data or "",
            clean(self.text.data or ""),
            tuple(one for one in self.tasks.data or [] if one is not None),
            tuple((name, one) for name, ids in self.named().items() for one in ids),
        )

    def chosen_day(self) -> date:
        """The day that was chosen or typed. Raises `WrongEntry`."""
        return parse_day((self.other_day.data if self.day.data == OTHER else self.day.data) or "")

    def uploads(self) -> list[Upload]:
        """The files that were chosen; browsers send one empty part where none was."""
        return [Upload(file.filename, file.stream) for file in self.photos.data or [] if file and file.filename]


def log_form(**more: Any) -> LogForm:
    """The form with all that a log can serve; it reads what was sent unless told otherwise."""
    fields = {
        kind.field: SelectMultipleField(kind.asks, coerce=_id_or_none, validate_choice=False) for kind in others()
    }
    form: LogForm = type("LogForm", (LogForm,), fields)(**more)
    return form
