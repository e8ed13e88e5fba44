"""The shape of the form that enters dates: one date a unit, and beside it the date that the form had shown."""

from datetime import date

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField

from webapp.coverage.service import Entry
from webapp.errors import Faulty

DAY, SEEN = "day-", "seen-"


class ImportForm(FlaskForm):
    """A table as a file, or as it was read from the file in the step before."""

    file = FileField("表格（XLSX 或 CSV）")
    rows = HiddenField()


def entries_of(typed: MultiDict[str, str]) -> list[Entry]:
    """The lines of the form. Raises `Faulty` for dates that cannot be read."""
    found, faults = [], {}
    for name, text in typed.items():
        if not name.startswith(DAY):
            continue
        key = name.removeprefix(DAY)
        try:
            found.append(Entry(key, _day(text), _day(typed.get(SEEN + key, ""))))
        except ValueError:
            faults[key] = f"日期“{text[:20]}”不正确。请写成 2026-03-05，或者清空。"
    if faults:
        raise Faulty(faults)
    return found


def _day(text: str) -> date | None:
    typed = text.strip().replace("/", "-").replace(".", "-")
    return date.fromisoformat(typed) if typed else None
