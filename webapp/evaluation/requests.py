"""Runs that pages ask for: a row says what is wanted, the scheduler works it off, the row tells how far it is."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import viewer_of
from webapp.errors import OutOfScope, Refused
from webapp.evaluation import freezing
from webapp.evaluation.models import REPORT_KINDS, Assessment, RunRequest
from webapp.evaluation.periods import parse
from webapp.org.queries import find


def request_run(
    session: Session,
    *,
    token: str,
    period: str,
    unit: str,
    plan_number: str = "",
    report_kind: str | None = None,
    at: datetime,
) -> RunRequest:
    """Ask for a run; a second click with the same token gives the first request. Raises `Refused` or `NotFound`."""
    known = session.scalar(select(RunRequest).where(RunRequest.token == token))
    if known is not None:
        return known
    viewer = viewer_of(session)
    covered = parse(period)
    freezing.cut_off_of(covered, clock.day_of(at))
    division = find(session, unit)
    if not viewer.reaches(division.code):
        raise OutOfScope()
    _check_report(report_kind, plan_number)
    if plan_number:
        _check_assessment(session, plan_number, division.code, covered.text)
    if viewer.person_id is None:
        raise Refused("只有登录人员才能申请测算。请登录后再试。")
    row = RunRequest(
        token=token,
        period=covered.text,
        unit_code=division.code,
        assessment_key=plan_number,
        report_kind=report_kind,
        requested_by_id=viewer.person_id,
        requested_at=at,
        sentence="已申请，等待开始。",
    )
    session.add(row)
    session.flush()
    after = {"period": covered.text, "assessment": plan_number, "report": report_kind}
    audit.record(session, "run.request", "run_request", row.id, unit_code=division.code, after=after)
    return row


def _check_report(report_kind: str | None, plan_number: str) -> None:
    if report_kind is None:
        return
    if report_kind not in REPORT_KINDS:
        raise Refused("没有这种报告。请从列表中选择。")
    if (report_kind == "evaluation-report") != bool(plan_number):
        raise Refused("考核测算生成考核评价报告，普通测算生成工作情况报告。请改选报告种类。")


def _check_assessment(session: Session, plan_number: str, unit_code: str, period: str) -> None:
    found = session.scalar(select(Assessment).where(Assessment.plan_number == plan_number))
    if found is None or found.state != "open":
        raise Refused("这项考核没有启动或者已经结束。请从列表中选择。")
    if (found.unit_code, found.period) != (unit_code, period):
        raise Refused(f"这项考核针对{parse(found.period).label}和另外的区划或周期。请改选周期和区划。")


def release(session: Session) -> None:
    """Put requests of a process that died back into the line. Only the one scheduler that holds the lease calls this."""
    session.execute(
        update(RunRequest)
        .where(RunRequest.state == "working")
        .values(state="waiting", sentence="上次中断，等待重新开始。")
        .execution_options(synchronize_session=False)
    )


def claim(session: Session, request_id: int, at: datetime) -> RunRequest | None:
    """Take a waiting request; None when another was faster."""
    taken = session.execute(
        update(RunRequest)
        .where(RunRequest.id == request_id, RunRequest.state == "waiting")
        .values(state="working", claimed_at=at, steps_done=0, sentence="正在测算。")
        .execution_options(synchronize_session=False)
    )
    return session.get(RunRequest, request_id) if taken.rowcount else None  # type: ignore[attr-defined]


def note_progress(session: Session, request_id: int, done: int, total: int) -> None:
    """How far the run of a request is."""
    session.execute(
        update(RunRequest)
        .where(RunRequest.id == request_id, RunRequest.state == "working")
        .values(steps_done=done, steps_total=total)
        .execution_options(synchronize_session=False)
    )


def settle(session: Session, request_id: int, at: datetime, *, run_key: str | None, sentence: str) -> None:
    """End a request: done with the run's key, or failed with the sentence that the page shows."""
    session.execute(
        update(RunRequest)
        .where(RunRequest.id == request_id)
        .values(
            state="done" if run_key else "failed",
            run_key=run_key,
            finished_at=at,
            sentence=sentence,
        )
        .execution_options(synchronize_session=False)
    )
