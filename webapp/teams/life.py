"""A posting's life after the selection: arrival, extension, adjustment to another village, end-of-term assessment.

Each act is one transaction with its step, all of it or nothing (Z-6, Z-13, Z-17).
"""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.accountability.issuing import issue
from webapp.accountability.models import AccountabilityTask
from webapp.accountability.recurring import EVIDENCE
from webapp.accountability.rules import TaskTerms
from webapp.errors import Conflict, Faulty, Refused
from webapp.leave import moving
from webapp.org import rules as org_rules
from webapp.org import service as org
from webapp.org.codes import at_level
from webapp.org.models import Division, Posting
from webapp.org.rules import Held, WrongPosting
from webapp.org.service import Appointment
from webapp.permissions import ROLE_NAMES
from webapp.policy.service import parameter
from webapp.policy.work_areas import template
from webapp.teams.stepping import document_fault, note, refuse_stale, stationed, steps_of, term_of
from webapp.words import clean, day_words

ASSESSMENT = "WA31-T4"
TEXT_LIMIT = 500
"""Years; more is a slip of the key."""


def arrive(session: Session, posting_id: int, *, day: date | None, version: str, at: datetime) -> Posting:
    """到村: from this day on the person is on post and the term runs (Z-17); the planned day gives way to it."""
    posting = stationed(session, posting_id)
    today = clock.day_of(at)
    known = steps_of(session, posting_id, "arrive")
    if known and known[-1].day == day:
        return posting
    if known:
        raise Conflict(f"已登记{day_words(known[-1].day)}到村。请返回查看。")
    refuse_stale(session, posting, version)
    if day is None or day > today:
        raise Faulty({"day": "到村日期没有填写，或者晚于今天。请改为实际到村的日期。"})
    if posting.ends_on is not None and day > posting.ends_on:
        raise Faulty({"day": f"到村日期晚于最后任职日（{day_words(posting.ends_on)}）。请改正。"})
    _check_alone(session, posting, day)
    before = {"starts_on": posting.starts_on.isoformat()}
    posting.starts_on = day
    note(session, posting, "arrive", day, at, before=before)
    return posting


def extend(
    session: Session, posting_id: int, *, until: date | None, document_no: str, version: str, at: datetime
) -> Posting:
    """延长任期 to a later last day, on a document; the clock of the term then runs to it."""
    posting = stationed(session, posting_id)
    number = clean(document_no)
    if any((one.day, one.document_no) == (until, number) for one in steps_of(session, posting_id, "extend")):
        return posting
    refuse_stale(session, posting, version)
    now = term_of(session, posting, clock.day_of(at))
    longest = int(parameter(session, "tenure.extension_max_years", on=clock.day_of(at), unit_code=posting.unit_code))
    faults = {}
    if until is None or until <= now.ends_on:
        faults["day"] = f"延长后的任期届满日没有填写，或者不晚于现在的{day_words(now.ends_on)}。请改正。"
    elif until > clock.years_later(now.ends_on, longest):
        faults["day"] = f"延长超过 {longest} 年。请核对年份。"
    elif posting.ends_on is not None and posting.ends_on < until:
        faults["day"] = f"已登记最后任职日{day_words(posting.ends_on)}，不能延长到以后。请先改正最后任职日。"
    faults |= document_fault(number)
    if faults or until is None:
        raise Faulty(faults)
    note(session, posting, "extend", until, at, document_no=number)
    return posting


def adjust(
    session: Session,
    posting_id: int,
    *,
    to_code: str,
    day: date | None,
    document_no: str,
    reason: str,
    version: str,
    at: datetime,
) -> Posting:
    """调整 to another village: the old posting ends on the day before, the new one begins; one act, all or nothing.

    The term of the person runs on, and leave not decided on that reaches into the new posting goes along. Raises `Faulty`, `Refused` for a second move within one calendar month.
    """
    old = stationed(session, posting_id)
    number, said = clean(document_no), clean(reason)
    done = steps_of(session, posting_id, "adjust_out")
    if done and done[-1].day == day and done[-1].document_no == number and done[-1].other_posting_id:
        return stationed(session, done[-1].other_posting_id)
    refuse_stale(session, old, version)
    faults = document_fault(number)
    if not said or len(said) > TEXT_LIMIT:
        faults["text"] = f"没有填写调整理由，或者超过 {TEXT_LIMIT} 字。请改正。"
    if day is None or day <= old.starts_on:
        faults["day"] = f"到新村日期没有填写，或者不晚于到原村的{day_words(old.starts_on)}。请改正。"
    if to_code == old.unit_code:
        faults["to"] = "新村与原村相同。请改选另一个村。"
    if faults or day is None:
        raise Faulty(faults)
    refuse_second_move(session, old, day)
    today = clock.day_of(at)
    term = term_of(session, old, today)
    days = int(parameter(session, "tenure.handover_days", on=today, unit_code=to_code))
    org.end_posting(
        session,
        old.id,
        ends_on=day - timedelta(days=1),
        reason="工作调动",
        document_no=number,
        version=old.version,
        at=at,
        handover_days=int(parameter(session, "tenure.handover_days", on=today, unit_code=old.unit_code)),
    )
    wanted = Appointment(old.person_id, "", old.role, to_code, day, None, number)
    new = org.start_posting(session, wanted, at=at, overlap_days=days)
    new.sending_unit_id = old.sending_unit_id
    note(session, old, "adjust_out", day, at, document_no=number, text=said, other=new)
    note(session, new, "adjust_in", day, at, document_no=number, text=said, other=old, term_from=term.starts_on)
    if term.extended:
        note(session, new, "extend", term.ends_on, at, document_no=number)
    moving.take_along(session, new, session.get_one(Division, to_code).name, at)
    return new


def refuse_second_move(session: Session, posting: Posting, day: date) -> None:
    """Raise `Refused` when the person came to this village in the same calendar month by an earlier adjustment: two moves
    in a month are taken for a slip in the table, and refused before anything is written."""
    for one in steps_of(session, posting.id, "adjust_in"):
        if (one.day.year, one.day.month) == (day.year, day.month):
            raise Refused(
                f"{posting.person.name}已于{day_words(one.day)}调整过，同一个月内不能再次调整。请改选以后月份的日期。"
            )


def open_assessment(
    session: Session, posting_id: int, *, plan_number: str, due_on: date | None, request_id: str, at: datetime
) -> AccountabilityTask:
    """期满考核: opened by hand as a matter of the township, under the number of the approved plan (X-9, Z-13)."""
    posting = stationed(session, posting_id)
    number = clean(plan_number)
    faults = document_fault(number, "plan", "考核计划文号")
    if due_on is None:
        faults["due_on"] = "没有填写截止日期，或者写法不正确。请选择日期。"
    if faults or due_on is None:
        raise Faulty(faults)
    found = template(ASSESSMENT)
    village = session.get_one(Division, posting.unit_code).name
    terms = TaskTerms(
        title=f"期满考核：{village}{ROLE_NAMES[posting.role]}",
        content="按批准的考核计划组织期满考核，结果书面通知本人。到任以前的事项不计入本人考核。",
        basis=f"考核计划{number}",
        evidence=EVIDENCE[found.evidence],
        minutes=found.minutes,
        due_on=due_on,
    )
    county, township = at_level(posting.unit_code, 3), at_level(posting.unit_code, 4)
    task = issue(session, terms, [township], issuer_code=county, request_id=request_id, at=at)
    if task.template_code is None:
        task.template_code, task.via = found.code, "case"
        note(session, posting, "assess", clock.day_of(at), at, document_no=number, text=task.number)
    return task


def _check_alone(session: Session, posting: Posting, day: date) -> None:
    """The arrival day must leave the post to one person at a time, but for the days of overlap."""
    others = session.scalars(
        select(Posting).where(
            Posting.unit_code == posting.unit_code, Posting.role == posting.role, Posting.id != posting.id
        )
    )
    held = [Held(one.person_id, one.person.name, one.starts_on, one.ends_on) for one in others]
    overlap = int(parameter(session, "tenure.handover_days", on=day, unit_code=posting.unit_code))
    try:
        org_rules.check_alone(posting.role, posting.person_id, day, posting.ends_on, held, overlap)
    except WrongPosting as wrong:
        raise Faulty({"day": wrong.sentence}) from None
