"""What a sheet's form sends, in plain values."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import MultiDict

from webapp.errors import Faulty, Refused
from webapp.sheets.rules import Answer
from webapp.words import clean


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
        """The day of the paper. Raises `Faulty` for words that are no day."""
        if not self.paper_on_text:
            return None
        try:
            return date.fromisoformat(self.paper_on_text)
        except ValueError:
            raise Faulty({"paper_on": "收到纸质回复的日期不正确。请按“2026-11-27”的样子填写。"}) from None

    @property
    def minutes_taken(self) -> int | None:
        """Stated minutes; stating them is voluntary (X-35). Raises `Faulty`."""
        text = self.minutes_text
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 4):  # noqa: PLR2004 - three digits
            raise Faulty({"minutes_taken": "实际用时应是整数分钟，也可以不填。请改正。"})
        return int(text)


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
