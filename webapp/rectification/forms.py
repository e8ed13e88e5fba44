"""Shapes of the forms of issues. What an issue or a move needs is judged by the services."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)

from webapp.accountability.forms import ActForm, DayField, MinutesField
from webapp.org.models import Division
from webapp.rectification.models import CLASSES, SOURCES, Issue
from webapp.rectification.service import NOT_PUT_RIGHT
from webapp.table_files import Line
from webapp.words import clean


class IssueForm(FlaskForm):
    """登记问题; units are named by name or code, as in a table that is imported."""

    request_id = HiddenField()
    version = HiddenField()
    issuer = SelectField("登记单位", validate_choice=False)
    source = SelectField("问题来源", choices=[SelectChoice("", "请选择"), *SOURCES.values()], validate_choice=False)
    source_document = StringField("来源文件")
    source_number = StringField("原编号")
    issue_class = RadioField("问题性质", choices=list(CLASSES.values()), validate_choice=False)
    description = TextAreaField("问题描述")
    leader = StringField("责任领导")
    unit = StringField("牵头单位")
    supports = StringField("配合单位")
    measure = TextAreaField("整改措施")
    due_on = StringField("整改期限")
    evidence = TextAreaField("佐证要求")
    closer = StringField("销号单位")

    FIELDS = (
        "source",
        "source_document",
        "source_number",
        "issue_class",
        "description",
        "leader",
        "unit",
        "supports",
        "measure",
        "due_on",
        "evidence",
        "closer",
    )

    def offer(self, units: Iterable[Division]) -> None:
        """Offer the viewer's entering units, and a fresh id on the first showing."""
        self.issuer.choices = [(unit.code, unit.name) for unit in units]
        if self.issuer.data not in dict(self.issuer.choices):
            self.issuer.data = self.issuer.choices[0][0]
        self.request_id.data = self.request_id.data or str(uuid4())

    def line(self) -> Line:
        """What was typed, as a row of a table."""
        return Line(0, {name: self[name].data or "" for name in self.FIELDS})

    def take(self, faults: dict[str, str]) -> None:
        """Show sentences at their fields."""
        take(self, faults)


def as_typed(row: Issue, units: dict[str, str]) -> dict[str, str]:
    """An issue as its form shows it; `units` holds how its units are written."""
    return {
        "source": SOURCES[row.source],
        "source_document": row.source_document,
        "source_number": row.source_number or "",
        "issue_class": CLASSES[row.issue_class],
        "description": row.description,
        "leader": row.leader,
        "unit": units[row.unit_code],
        "supports": "、".join(units[support.unit_code] for support in row.supports),
        "measure": row.measure or "",
        "due_on": row.due_on.isoformat(),
        "evidence": "\n".join(row.evidence),
        "closer": units[row.closer_code],
        "version": str(row.version),
    }


def take(form: FlaskForm, faults: dict[str, str]) -> None:
    """Show the services' sentences at their fields; a field that could not be read keeps its own."""
    for name, sentence in faults.items():
        if name in form and not form[name].errors:
            form[name].errors = [sentence]


class StartForm(ActForm):
    """开始整改."""

    text = TextAreaField("整改措施")


class WordsForm(ActForm):
    """A word on how far it is, or on what a second look found."""

    text = TextAreaField("情况")


class ReasonForm(ActForm):
    """A reason, or a note."""

    reason = TextAreaField("说明")


class DueForm(ActForm):
    """A reason and a new deadline."""

    reason = TextAreaField("理由")
    due_on = DayField("整改期限")

    def validate_reason(self, field: Any) -> None:
        """Beside the deadline, so that both are named at once when both are missing."""
        if not clean(field.data):
            raise ValidationError(f"没有填写{field.label.text}。请补填。")


class RelapseForm(DueForm):
    """反弹: what was found, and by when it is put right again."""

    reason = TextAreaField("反弹情况")


class ReturnForm(ActForm):
    """退回: which of the named evidence is lacking, and why."""

    lacking = SelectMultipleField("缺少哪一项", validate_choice=False)
    reason = TextAreaField("理由")


class RequestForm(ActForm):
    """申请销号; one field for each item of evidence is added by `request_form`."""

    outcome = TextAreaField("整改结果")

    def proofs(self) -> list[Any]:
        """The fields of the items, in their order."""
        return [field for field in self if field.short_name.startswith("proof_")]


class LateralForm(FlaskForm):
    """举一反三: what it costs each unit and by when it answers; the units are chosen beside it."""

    minutes = MinutesField("预计用时（分钟）")
    due_on = DayField("答复期限")


class ImportForm(FlaskForm):
    """The file of an import, and the unit that enters its issues."""

    issuer = SelectField("登记单位", validate_choice=False)
    file = FileField("表格文件")


def request_form(evidence: Sequence[str], **given: Any) -> RequestForm:
    """申请销号 with a field for each item that the issue named at its start."""
    fields = {f"proof_{place}": StringField(item) for place, item in enumerate(evidence)}
    made: RequestForm = type("RequestForm", (RequestForm,), fields)(**given)
    return made


def return_form(evidence: Sequence[str], **given: Any) -> ReturnForm:
    """退回 with the items that may be called lacking: those named at the start, and the matter itself (R-7)."""
    form = ReturnForm(**given)
    form.lacking.choices = [*evidence, NOT_PUT_RIGHT]
    return form
