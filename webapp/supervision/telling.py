"""Reminders and 督办 reach a person gathered: one message a person, day and kind, however many tasks it names (X-15)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import acting_as
from webapp.accountability.parties import posted
from webapp.notices.service import POST_OFFICE, notify_gathered
from webapp.org.models import Organisation, Posting
from webapp.org.queries import valid_on
from webapp.policy.duty_lists import own_duties
from webapp.supervision.subjects import Key, Subject

SUBJECTS = {
    "reminder": "催办：请抓紧办理 {} 项任务",
    "escalation": "督办：{} 项任务逾期未反馈",
    "supervision": "督办措施：{} 项",
}
PATHS = {"reminder": "/tasks/?view=answer", "escalation": "/supervision/", "supervision": "/supervision/"}
MOST_LINES = 100
MORE = "其余请在列表中查看。"
_OFFICES = ("secretary_office", "party_committee")
"""The nearest one first."""
_AT_ONCE = 500


def gather(session: Session, what: str, lines: Mapping[int, Sequence[str]], at: datetime) -> None:
    """Put lines into today's gathered message of each person (person → lines); it is unread again. A line stands once."""
    notify_gathered(session, f"{what}:{clock.day_of(at)}", lines, partial(_gathered, what), PATHS[what], at)


def _gathered(what: str, lines: Iterable[str]) -> tuple[str, str]:
    """Subject and body; of very many lines the first are written, the rest stand in the list that the message opens."""
    full = MORE in (every := list(dict.fromkeys(lines)))
    told = [line for line in every if line != MORE]
    if full or len(told) > MOST_LINES:
        return SUBJECTS[what].format(f"{MOST_LINES} 多"), "\n".join([*told[:MOST_LINES], MORE])
    return SUBJECTS[what].format(len(told)), "\n".join(told)


def reminded(session: Session, subjects: Collection[Subject], at: datetime) -> dict[Key, list[int]]:
    """Subject → who is reminded: the unit's people; of a secretary's own duty the secretary's office (P-31)."""
    answering = answering_at(session, {one.unit_code for one in subjects}, at)
    duties = own_duties_among(session, subjects, clock.day_of(at))
    units = {one.unit_code for one in subjects if one.key in duties}
    offices = offices_of(session, units, at) if units else {}
    return {
        one.key: (offices.get(one.unit_code) if one.key in duties else None) or answering.get(one.unit_code, [])
        for one in subjects
    }


def own_duties_among(session: Session, subjects: Collection[Subject], on: date) -> set[Key]:
    """Which of these carry a duty that the duty list gives to the unit's own secretary (P-26, P-31)."""
    templated = [one for one in subjects if one.template_code is not None]
    duties = own_duties(session, {one.unit_code for one in templated}, on) if templated else {}
    return {one.key for one in templated if one.template_code in duties[one.unit_code]}


def answering_at(session: Session, unit_codes: Collection[str], at: datetime) -> dict[str, list[int]]:
    """Unit → people who answer its tasks on a day."""
    return holding(session, unit_codes, "task.answer", at)


def holding(session: Session, unit_codes: Collection[str], permission: str, at: datetime) -> dict[str, list[int]]:
    """Unit → people there who hold a permission on a day, each once."""
    people = posted(session, unit_codes, clock.day_of(at), root="")
    return {code: people.with_permission(permission, code) for code in unit_codes}


def offices_of(session: Session, unit_codes: Collection[str], at: datetime) -> dict[str, list[int]]:
    """Unit → the secretary's own office (P-31): its 书记办公室, where there is none the desk of its Party committee."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    with acting_as(session, POST_OFFICE):
        for some in _pieces(sorted(unit_codes)):
            statement = (
                select(Posting.unit_code, Organisation.kind, Posting.person_id)
                .join(Organisation, Organisation.id == Posting.organisation_id)
                .where(
                    Posting.unit_code.in_(some),
                    Posting.role == "desk",
                    Organisation.kind.in_(_OFFICES),
                    valid_on(clock.day_of(at)),
                )
                .order_by(Posting.person_id)
            )
            for code, kind, person_id in session.execute(statement).tuples():
                found[code, kind].append(person_id)
    held = {code: next((found[code, kind] for kind in _OFFICES if (code, kind) in found), []) for code in unit_codes}
    return {code: list(dict.fromkeys(people)) for code, people in held.items() if people}


def _pieces(values: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
