"""Shape of the form of a new task. What a task needs is judged by the service and the gate."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateTimeField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from webapp import clock
from webapp.accountability.asked import FIELD_KINDS
from webapp.accountability.forms import DayField, MinutesField
from webapp.accountability.rules import TaskTerms
from webapp.accountability.urgency import Approver
from webapp.burden.asking import MOST_FIELDS
from webapp.burden.proposals import AskedField, field_name
from webapp.org.models import Division, Organisation
from webapp.words import clean


class AskedForm(Form):
    """One figure or word that is asked for beside the report."""

    label = StringField("填报项名称")
    kind = SelectField("类型", choices=[SelectChoice(*one) for one in FIELD_KINDS.items()], validate_choice=False)
    unit = StringField("计量单位")
    values = StringField("选项")


class MomentField(DateTimeField):
    """A moment in China, as browsers send it and as people type it; may stay empty."""

    def __init__(self, label: str, **others: Any) -> None:
        super().__init__(label, format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y年%m月%d日 %H:%M"], **others)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: datetime | None = None
        if not any(text.strip() for text in valuelist):
            return
        try:
            super().process_formdata([text.strip() for text in valuelist])
        except ValueError:
            self.data = None
            raise ValueError("时间不正确。请按“2026-11-24 09:00”的样子填写。") from None
        if self.data is not None:
            self.data = self.data.replace(tzinfo=clock.CHINA)


class TaskForm(FlaskForm):
    """Step one: what is asked. The units are chosen beside it."""

    request_id = HiddenField()
    version = HiddenField()
    copied_from = HiddenField()
    issuer = SelectField("下达单位", validate_choice=False)
    title = StringField("任务名称")
    content = TextAreaField("任务内容")
    basis = StringField("依据文件")
    document_no = StringField("来源文号")
    evidence = StringField("佐证要求")
    minutes = MinutesField("预计用时（分钟）")
    due_on = DayField("截止日期")
    regular = BooleanField("属于每月（季、年）都要报的常规事项")
    lead = SelectField("牵头部门", validate_choice=False)
    assist = SelectMultipleField("配合部门", validate_choice=False)
    fields = FieldList(FormField(AskedForm), label="填报项", min_entries=1, max_entries=MOST_FIELDS)
    urgent = BooleanField("应急：确需当日或在规定答复时间以内反馈")
    urgent_approver = SelectField("应急批准人", validate_choice=False)
    scheduled_for = MomentField("定时下达")

    KEPT = (
        "request_id",
        "version",
        "copied_from",
        "issuer",
        "title",
        "content",
        "basis",
        "document_no",
        "evidence",
        "minutes",
        "due_on",
        "regular",
        "lead",
        "assist",
        "urgent",
        "urgent_approver",
    )

    def offer(self, units: Sequence[Division]) -> None:
        """Offer the viewer's issuing units, and a fresh id on the first showing."""
        self.issuer.choices = [SelectChoice(unit.code, unit.name) for unit in units]
        if self.issuer.data not in {unit.code for unit in units}:
            self.issuer.data = units[0].code
        self.request_id.data = self.request_id.data or str(uuid4())

    def offer_people(self, organisations: Iterable[Organisation], approvers: Iterable[Approver]) -> None:
        """Offer what depends on the issuing unit: its departments, and who may approve an urgent task."""
        named = [SelectChoice(str(one.id), one.name) for one in organisations]
        self.lead.choices = [SelectChoice("", "不指定"), *named]
        self.assist.choices = named
        self.urgent_approver.choices = [
            SelectChoice("", "请选择"),
            *(SelectChoice(str(one.person_id), one.words) for one in approvers),
        ]

    def terms(self) -> TaskTerms:
        """What was typed; a field that could not be read has a value that the rules refuse."""
        return TaskTerms(
            title=clean(self.title.data),
            content=clean(self.content.data),
            basis=clean(self.basis.data),
            document_no=clean(self.document_no.data),
            evidence=clean(self.evidence.data),
            minutes=self.minutes.data or 0,
            due_on=self.due_on.data or date.min,
            regular=bool(self.regular.data),
            fields=tuple(asked_in(self.fields)),
            lead_id=_number(self.lead.data),
            assist_ids=tuple(filter(None, (_number(text) for text in self.assist.data or []))),
            urgent=bool(self.urgent.data),
            approver_id=_number(self.urgent_approver.data),
        )

    def take(self, faults: dict[str, str]) -> list[str]:
        """Show sentences at their fields, one that could not be read keeps its own; gives those that have no field."""
        rest = []
        for name, sentence in faults.items():
            if name not in self._fields:
                rest.append(sentence)
            elif not self[name].errors:
                self[name].errors = [sentence]
        return rest

    def unread(self) -> dict[str, str]:
        """What was typed into fields that could not be read: a draft keeps it as it is. After `validate`."""
        held = (self.minutes, self.due_on, self.scheduled_for)
        texts = {one.name: " ".join(text.strip() for text in one.raw_data or [] if text.strip()) for one in held}
        return {
            one.name: texts[one.name] for one in held if texts[one.name] and (one.errors or one is self.scheduled_for)
        }

    def kept(self, typed: MultiDict[str, str]) -> list[tuple[str, str]]:
        """Everything that was typed, for the hidden fields of the later steps."""
        held = [(name, text) for name in self.KEPT if name in typed for text in typed.getlist(name)]
        if "request_id" not in typed:
            held.append(("request_id", str(self.request_id.data)))
        return held + [(name, text) for name in sorted(typed) if name.startswith("fields-") for text in [typed[name]]]


def written(terms: TaskTerms, *, dates: bool = True) -> list[tuple[str, str]]:
    """What a draft or an earlier task asks, as the form would send it; `dates` False leaves the deadline to be typed."""
    names = ("title", "content", "basis", "document_no", "evidence")
    held = [(name, str(getattr(terms, name))) for name in names]
    held += [(name, "y") for name in ("regular", "urgent") if getattr(terms, name)]
    held.append(("minutes", str(terms.minutes or "")))
    if dates:
        held.append(("due_on", terms.due_on.isoformat()))
    held.append(("lead", str(terms.lead_id or "")))
    held += [("assist", str(one)) for one in terms.assist_ids]
    held.append(("urgent_approver", str(terms.approver_id or "")))
    for number, asked in enumerate(terms.fields):
        line = {"label": asked.label, "kind": asked.kind, "unit": asked.unit, "values": "、".join(asked.values)}
        held += [(f"fields-{number}-{name}", text) for name, text in line.items()]
    return held


def one_line_more(typed: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What was typed with one more empty line for a field, as far as there may be more."""
    numbers = {int(name.split("-")[1]) for name, _ in typed if re.fullmatch(r"fields-\d{1,3}-label", name)}
    following = max(numbers, default=0) + 1
    return [*typed, (f"fields-{following}-label", "")] if len(numbers) < MOST_FIELDS else typed


def asked_in(lines: FieldList) -> Iterator[AskedField]:
    """The fields that lines of a form ask for; lines left empty are passed over."""
    for entry in lines.entries:
        line = entry.form
        label, unit, values = (clean(text.data) for text in (line.label, line.unit, line["values"]))
        if label or unit or values:
            kind = line.kind.data if line.kind.data in FIELD_KINDS else "text"
            options = tuple(word.strip() for word in values.replace("，", "、").split("、") if word.strip())
            yield AskedField(field_name(label), label, kind, unit, options if kind == "code" else ())


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
