"""Every act on an assignment by its name: the page and the command make the same moves through here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from webapp.accountability import deadlines, parts, service
from webapp.accountability.models import Assignment

_PLAIN: dict[str, Callable[..., Assignment]] = {
    "acknowledge": service.acknowledge,
    "start": service.start,
    "withdraw": service.withdraw,
    "close": service.close,
}
_WITH_REASON: dict[str, Callable[..., Assignment]] = {
    "return": service.return_for_revision,
    "recall": service.recall,
    "exempt": service.exempt,
    "suspend": service.suspend,
    "resume": deadlines.resume,
    "extend_refuse": deadlines.refuse_extension,
}
_WITH_NOTE: dict[str, Callable[..., Assignment]] = {
    "verify": service.verify,
    "extend_grant": deadlines.grant_extension,
}
NAMES = (*_PLAIN, *_WITH_REASON, *_WITH_NOTE, "progress", "report", "extend_ask")
"""Acts that concern one assignment and need nothing but words; splitting has a page and a command's option of its own."""


@dataclass(frozen=True)
class Said:
    """What somebody typed to an act; each act takes what it needs."""

    words: str = ""
    """The report, the word on progress, the reason or the note."""
    document_no: str | None = None
    document_on: date | None = None
    evidence: str | None = None
    minutes_taken: int | None = None
    wanted_due_on: date | None = None
    answers: Mapping[str, str] | None = None
    """What is entered for the asked fields, by name."""
    holder: str = ""
    """The unit below to which a return goes; "" for the unit itself."""


def perform(
    session: Session, kind: str, assignment_id: int, said: Said, *, at: datetime, version: int | None = None
) -> Assignment:
    """Make one move. Raises what the move raises: `NotFound`, `Forbidden`, `Refused`, `WrongState`, `Outdated`."""
    if kind == "report":
        return service.report(
            session,
            assignment_id,
            text=said.words,
            document_no=said.document_no,
            document_on=said.document_on,
            evidence=said.evidence,
            minutes_taken=said.minutes_taken,
            answers=said.answers,
            at=at,
            version=version,
        )
    if kind == "extend_ask":
        return deadlines.ask_extension(
            session, assignment_id, wanted_due_on=said.wanted_due_on, reason=said.words, at=at, version=version
        )
    if kind == "progress":
        return service.note_progress(session, assignment_id, text=said.words, at=at, version=version)
    if kind == "return" and said.holder:
        return parts.return_to(session, assignment_id, said.holder, reason=said.words, at=at, version=version)
    if kind in _WITH_NOTE:
        return _WITH_NOTE[kind](session, assignment_id, note=said.words, at=at, version=version)
    if kind in _WITH_REASON:
        return _WITH_REASON[kind](session, assignment_id, reason=said.words, at=at, version=version)
    return _PLAIN[kind](session, assignment_id, at=at, version=version)
