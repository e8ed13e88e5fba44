"""Templates with `via: case`, opened by hand for the unit that a matter concerns, until cases have pages of their own."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import below
from webapp.accountability.documents import answer_kind
from webapp.accountability.issuing import issue
from webapp.accountability.models import AccountabilityTask
from webapp.accountability.recurring import BASIS, EVIDENCE
from webapp.accountability.rules import TaskTerms, required
from webapp.errors import Faulty, NotFound, Refused
from webapp.org.codes import level
from webapp.org.models import Division
from webapp.policy.duty_lists import LEVELS
from webapp.policy.work_areas import Template, template, templates

SUBJECT_LIMIT = 60
_DOWN = 2
"""How many levels below its own a unit opens matters for: the county for townships and villages."""


def case_templates(issuer_code: str) -> list[Template]:
    """The templates by event that a unit may open for units below it, in the order of codes."""
    return [one for one in templates() if one.via == "case" and _levels(one, issuer_code)]


def case_template(code: str, issuer_code: str) -> Template:
    """One of them. Raises `NotFound`."""
    found = template(code)
    if found.via != "case" or not _levels(found, issuer_code):
        raise NotFound("没有这个可以按需开设的事项。请从责任清单页面选择。")
    return found


def case_units(session: Session, found: Template, issuer_code: str, on: date) -> list[Division]:
    """The units below the issuer for which a template may be opened, in code order."""
    statement = select(Division).where(
        below(Division.code, issuer_code), Division.level.in_(_levels(found, issuer_code))
    )
    rows = session.scalars(statement.order_by(Division.code))
    return [row for row in rows if row.valid_to is None or row.valid_to >= on]


def open_case(
    session: Session,
    code: str,
    unit_codes: Collection[str],
    *,
    issuer_code: str,
    subject: str,
    due_on: date,
    request_id: str,
    at: datetime,
) -> AccountabilityTask:
    """Open one matter for units below; it passes the gate like any task. The same form twice opens it once.

    Raises `Faulty` by field, `NotFound`, and what `issue` raises.
    """
    found = case_template(code, issuer_code)
    try:
        said = required(subject, "事由", SUBJECT_LIMIT)
    except Refused as refused:
        raise Faulty({"subject": refused.sentence}) from None
    wrong = [one for one in unit_codes if LEVELS.get(level(one), "") not in found.levels]
    if wrong:
        raise Refused("所选单位不是这个事项的承办层级。请从列出的单位中选择。")
    terms = TaskTerms(
        title=f"{found.title}：{said}",
        content=f"按责任清单办理“{found.title}”，办理完毕后如实反馈结果。事由：{said}",
        basis=BASIS,
        evidence=EVIDENCE[found.evidence],
        minutes=found.minutes,
        due_on=due_on,
    )
    task = issue(session, terms, unit_codes, issuer_code=issuer_code, request_id=request_id, at=at)
    task.template_code, task.via, task.answer_kind = found.code, "case", answer_kind(found.evidence)
    session.flush()
    return task


def _levels(found: Template, issuer_code: str) -> list[int]:
    own = level(issuer_code)
    return [number for number, name in LEVELS.items() if own < number <= own + _DOWN and name in found.levels]
