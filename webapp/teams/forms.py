"""The shape of the forms on teams; what is typed stays as it was when something is wrong."""

from datetime import date

from webapp.errors import DandangError, Faulty
from webapp.org.forms import day_from
from webapp.org.rules import WrongPosting


def typed_day(text: str | None) -> date | None:
    """A day as people type it; None where nothing is typed or no day can be read."""
    try:
        return day_from("day", "日期", text, required=False)
    except WrongPosting:
        return None


def faults_of(error: DandangError) -> dict[str, str]:
    """What is wrong, by field; "" for what concerns the whole form."""
    if isinstance(error, Faulty):
        return error.faults
    if isinstance(error, WrongPosting):
        return {error.field: error.sentence}
    return {"": error.sentence}
