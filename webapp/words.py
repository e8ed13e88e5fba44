"""Plain text, in one wording for all features: days as they are said, typed text as it is held."""

import re
import unicodedata
import uuid
from datetime import date

WEEKDAYS = "一二三四五六日"
"""By `date.weekday()`."""

_DAY = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})\D?")


def day_words(day: date) -> str:
    """2026年11月4日."""
    return f"{day.year}年{day.month}月{day.day}日"


def typed_day(text: str | None) -> date | None:
    """A day as people type it: 2026-11-04, 2026/11/4, 2026年11月4日; None where no day can be read."""
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text or "").strip())
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def clean(text: str | None) -> str:
    """Text without control characters (PostgreSQL cannot hold NUL) and blank ends; line breaks stay."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def canonical(text: str) -> str | None:
    """A UUID in the form in which it is held; None for anything else."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None


def form_id_from(text: str | None) -> str:
    """A form's UUID in its canonical form; a fresh one where the form brought none that can be read."""
    return canonical(text or "") or str(uuid.uuid4())
