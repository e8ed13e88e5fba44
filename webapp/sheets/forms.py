"""What a sheet's form sends, in plain values."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import MultiDict

from webapp.errors import Refused
from webapp.sheets.rules import Answer
from webapp.words import clean, typed_day


@dataclass(frozen=True)
class Sent:
    """One form: the answers by line, and what stands around them."""

    answers: dict[int, Answer]
    request_id: str
    seen: int
    reason: str
    paper_on_text: str
    minutes_text: str

    @property
    def paper_on(self) -> date | None:
        """The day of the paper; None where there is none or it cannot be read."""
        return typed_day(self.paper_on_text)

    @property
    def minutes_taken(self) -> int | None:
        """Stated minutes; stating them is voluntary (X-35). None where there are none or they cannot be read."""
        text = self.minutes_text
        readable = text.isascii() and text.isdigit() and len(text) < 4  # noqa: PLR2004 - three digits
        return int(text) if readable else None

    @property
    def unread(self) -> dict[str, str]:
        """Sentences on what cannot be read, by field."""
        faults = {}
        if self.paper_on_text and self.paper_on is None:
            faults["paper_on"] = "收到纸质回复的日期不正确。请按“2026-11-27”的样子填写。"
        if self.minutes_text and self.minutes_taken is None:
            faults["minutes_taken"] = "实际用时应是整数分钟，也可以不填。请改正。"
        return faults


def sent(form: MultiDict[str, str], line_ids: Iterable[int]) -> Sent:
    """What was sent for the lines of a sheet. Raises `Refused` for a form that is not ours."""
    try:
        request_id = str(uuid.UUID(form.get("request_id", "")))
        seen = int(form.get("seen", "")[:9])
    except ValueError:
        raise Refused("表单已失效。请重新打开月报单填写。") from None
    answers = {
        line_id: Answer(form.get(f"unchanged-{line_id}") == "1", form.get(f"line-{line_id}", ""))
        for line_id in line_ids
    }
    return Sent(
        answers,
        request_id,
        seen,
        form.get("reason", ""),
        clean(form.get("paper_on")),
        clean(form.get("minutes_taken")),
    )
