"""What a task meets before it goes out: its own rules, the departments and the approver it names, and the gate (X-4, X-5)."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.accountability.rules import TaskTerms, faults_of, proposal_of
from webapp.accountability.thresholds import thresholds
from webapp.accountability.urgency import approvers
from webapp.burden.gate import Verdict, admit, judge
from webapp.burden.models import Demand
from webapp.burden.proposals import Proposal
from webapp.errors import Faulty, Refused
from webapp.org.models import Division, Organisation
from webapp.policy.calendar import work_calendar


def own_faults(
    session: Session, terms: TaskTerms, issuer_code: str, at: datetime, person_id: int | None
) -> dict[str, str]:
    """What keeps a task from being issued, whoever is asked: field → sentence. `person_id` is who issues it."""
    on = clock.day_of(at)
    limits = thresholds(session, on, issuer_code)
    faults = faults_of(terms, issuer_code, on, work_calendar(session), limits.min_answer_workdays, limits.estimates)
    faults |= _party_faults(session, terms, issuer_code, on)
    if terms.urgent and terms.approver_id is not None:
        allowed = {one.person_id for one in approvers(session, issuer_code, on, besides=person_id)}
        if terms.approver_id not in allowed:
            faults["urgent_approver"] = (
                "批准人应是下达单位或上级有权批准的负责同志，且不是下达人本人。请从列出的人中选择。"
            )
    return faults


def judged(
    session: Session,
    terms: TaskTerms,
    unit_codes: Collection[str],
    issuer_code: str,
    request_id: str,
    at: datetime,
    person_id: int | None,
) -> Verdict:
    """The gate's verdict with the task's own faults in it; changes nothing."""
    proposal = proposal_for(session, terms, issuer_code, f"task:{request_id}", at)
    verdict = judge(session, proposal, unit_codes, at)
    return replace(verdict, faults={**verdict.faults, **own_faults(session, terms, issuer_code, at, person_id)})


def proposal_for(session: Session, terms: TaskTerms, issuer_code: str, key: str, at: datetime) -> Proposal:
    """A task as it stands before the gate, with the names of the leading department and of the approver."""
    lead = session.get(Organisation, terms.lead_id) if terms.lead_id is not None else None
    owner = lead.name if lead is not None else session.get_one(Division, issuer_code).name
    approver = None
    if terms.urgent and terms.approver_id is not None:
        known = approvers(session, issuer_code, clock.day_of(at), besides=None)
        approver = next((one.name for one in known if one.person_id == terms.approver_id), None)
    return proposal_of(terms, key, issuer_code, owner, approver)


def admit_task(session: Session, proposal: Proposal, units: Sequence[Division], at: datetime) -> Demand:
    """Let what a unit asks of units below pass the burden gate; the same key is admitted once (X-4, X-5).

    Raises `Faulty` by field, and `Refused` naming the units that are asked too much already.
    """
    try:
        return admit(session, proposal, [unit.code for unit in units], at)
    except Faulty as refused:
        if set(refused.faults) <= {"units"}:
            raise Refused(refused.sentence) from refused
        raise


def organisations(session: Session, issuer_code: str, on: date) -> list[Organisation]:
    """The organisations of an issuing level that may lead or assist, by id."""
    statement = select(Organisation).where(
        Organisation.unit_code == issuer_code,
        Organisation.kind != "work_team",
        Organisation.valid_to.is_(None) | (Organisation.valid_to >= on),
    )
    return list(session.scalars(statement.order_by(Organisation.id)))


def _party_faults(session: Session, terms: TaskTerms, issuer_code: str, on: date) -> dict[str, str]:
    if terms.lead_id is None and not terms.assist_ids:
        return {}
    known = {one.id for one in organisations(session, issuer_code, on)}
    faults = {}
    if terms.lead_id is not None and terms.lead_id not in known:
        faults["lead"] = "牵头部门应是下达单位的本级部门。请从列出的部门中选择。"
    if not set(terms.assist_ids) <= known:
        faults["assist"] = "配合部门应是下达单位的本级部门。请从列出的部门中选择。"
    elif terms.lead_id is not None and terms.lead_id in terms.assist_ids:
        faults["assist"] = "同一部门不能既牵头又配合。请去掉一处。"
    return faults
