"""The one table of moves of an assignment (T-1), lamps (T-7) and what a demand needs (T-2, X-5, X-19). Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from webapp.accountability.models import STATES
from webapp.burden import asking
from webapp.burden.proposals import AskedField, Proposal
from webapp.burden.rules import Estimates
from webapp.errors import Refused
from webapp.policy.workdays import WorkCalendar
from webapp.private_numbers import faults_in, refuse_in
from webapp.words import clean

Side = Literal["receiver", "issuer", "lead", "closer"]
"""Who makes a move of an assignment (receiver, issuer), or of an issue to put right (lead, closer, issuer)."""
Lamp = Literal["green", "amber", "red"]

SHEET = "sheet"
"""`via` of a task whose units answer on their month sheet."""
BY_PAPER = "乡镇代录"
ENTERED_FOR = "entered_for"
"""In the data of a report's event: the unit whose reply on paper the township entered (X-10)."""
ANSWERED = ("reported", "verified", "closed")
OPEN = ("issued", "acknowledged", "in_progress", "returned")
"""The receiver still owes an answer."""
UNFINISHED = (*OPEN, "reported", "verified", "suspended")
OVER = ("closed", "recalled", "exempt")
BEHIND = "下级有逾期"
"""Why an assignment is amber though its own deadline is not near: a part that it handed on is overdue."""
TEXT_LIMIT = 5000
REASON_LIMIT = 1000


@dataclass(frozen=True)
class Move:
    """One allowed change: from which states to which, by whom, with which permission."""

    kind: str
    label: str
    """The act as the page's button and the timeline name it."""
    from_states: tuple[str, ...]
    to_state: str | None
    """None: the state stays as it is, or is given back as it was (resume)."""
    side: Side
    permission: str
    reason: bool = False
    """A reason has to be given."""
    separate: bool = False
    """Nobody does it for his own report or his own unit's (T-4, R-3)."""


MOVES = {
    move.kind: move
    for move in (
        Move("acknowledge", "签收", ("issued",), "acknowledged", "receiver", "task.answer"),
        Move("start", "开始办理", ("acknowledged",), "in_progress", "receiver", "task.answer"),
        Move("progress", "登记进展", ("acknowledged", "in_progress", "returned"), None, "receiver", "task.answer"),
        Move("split", "分解到下级", ("acknowledged", "in_progress", "returned"), None, "receiver", "task.issue"),
        Move("report", "反馈", ("in_progress", "returned"), "reported", "receiver", "task.answer"),
        Move("withdraw", "收回反馈", ("reported",), "in_progress", "receiver", "task.answer"),
        Move("return", "退回补充", ("reported",), "returned", "issuer", "task.verify", reason=True, separate=True),
        Move("verify", "核实通过", ("reported",), "verified", "issuer", "task.verify", separate=True),
        Move("close", "销号", ("verified",), "closed", "issuer", "task.verify", separate=True),
        Move(
            "exempt",
            "免办",
            (*OPEN, "reported", "suspended"),
            "exempt",
            "issuer",
            "task.issue",
            reason=True,
            separate=True,
        ),
        Move(
            "recall",
            "撤回",
            (*OPEN, "reported", "suspended"),
            "recalled",
            "issuer",
            "task.issue",
            reason=True,
            separate=True,
        ),
        Move("suspend", "中止", OPEN, "suspended", "issuer", "task.issue", reason=True, separate=True),
        Move("resume", "恢复办理", ("suspended",), None, "issuer", "task.issue", reason=True),
        Move("extend_ask", "申请延期", OPEN, None, "receiver", "task.answer", reason=True),
        Move("extend_grant", "同意延期", OPEN, None, "issuer", "task.issue"),
        Move("extend_refuse", "不同意延期", OPEN, None, "issuer", "task.issue", reason=True),
    )
}
BY_RULE = {
    move.kind: move
    for move in (
        Move("freeze", "灾情期间暂停计时", OPEN, None, "issuer", "order.write"),
        Move("thaw", "提前恢复计时", (*OPEN, "reported", "verified", "suspended"), None, "issuer", "order.write"),
    )
}
"""What follows from a disaster order for each of many assignments (T-9)."""
EVENT_LABELS = {
    "issue": "下达",
    **{kind: move.label for kind, move in (MOVES | BY_RULE).items()},
    "correct": "更正",
    "draw": "抽样",
    "reopen": "随下级退回",
    "close_unsampled": "未抽中，销号",
    "undo": "撤销",
    "recalculated": "期限顺延",
}
"""Moves as people make them, and what follows from them at other assignments of the task."""


class WrongState(Refused):
    """The act does not fit the state the assignment is in."""

    status = 409


def check_move(move: Move, state: str) -> None:
    """Raise `WrongState` unless the move may be made from the state."""
    if state not in move.from_states:
        raise WrongState(why_not(move, state))


def why_not(move: Move, state: str) -> str:
    """Why a move cannot be made now, and what would allow it."""
    if state in OVER:
        return f"任务{STATES[state]}，不能再{move.label}。如有新情况，请由下达单位另行下达任务。"
    needed = "、".join(f"“{STATES[name]}”" for name in move.from_states)
    return f"任务现为“{STATES[state]}”，不能{move.label}；处于{needed}时才可以。请刷新页面查看最新情况。"


@dataclass(frozen=True)
class Clock:
    """Where an assignment stands against its deadline on a day; `left` is in working days, negative when overdue."""

    lamp: Lamp
    left: int
    words: str


def clock_of(
    state: str,
    due_on: date,
    answered_on: date | None,
    on: date,
    calendar: WorkCalendar,
    near_due: int,
    *,
    behind: bool = False,
) -> Clock:
    """Lamp and words of one assignment (T-7): red once overdue until closed, amber within `near_due` working days or
    where it is behind, which the words say.

    An answer stops the receiver's clock: given in time it shows green while the issuer looks at it, given late it
    stays red until closed.
    """
    left = calendar.workdays_between(on, due_on)
    if state in OVER:
        return Clock("green", left, STATES[state])
    if state == "suspended":
        return Clock("green", left, "已中止，期限暂停计算")
    if state in ("reported", "verified"):
        waits = "待核验" if state == "reported" else "待销号"
        if answered_on is not None and answered_on > due_on:
            late = calendar.workdays_between(due_on, answered_on)
            return Clock("red", -late, f"逾期 {late} 个工作日反馈，{waits}")
        return Clock("green", left, waits)
    if due_on < on:
        return Clock("red", left, f"逾期 {-left} 个工作日" if left else "已过期限")
    words = "今天到期" if due_on == on else f"还有 {left} 个工作日"
    if behind:
        return Clock("amber", left, f"{words}，{BEHIND}")
    return Clock("amber" if due_on == on or left <= near_due else "green", left, words)


@dataclass(frozen=True)
class TaskTerms:
    """What is asked, of whom is said beside it (T-2). `minutes` is the estimate for one unit."""

    title: str
    content: str
    basis: str
    evidence: str
    minutes: int
    due_on: date
    regular: bool = False
    document_no: str = ""
    """Number of the source document (文号); it or the legal basis has to be there."""
    fields: tuple[AskedField, ...] = ()
    lead_id: int | None = None
    """Organisation of the issuing level that leads (牵头)."""
    assist_ids: tuple[int, ...] = ()
    urgent: bool = False
    approver_id: int | None = None
    """Person who approves that an answer is wanted at once (X-19)."""


DOCUMENT_NO_LIMIT = 60
LIMITS = {"content": TEXT_LIMIT, "evidence": 300}
NAMES = {"content": "任务内容", "evidence": "佐证要求"}


def proposal_of(terms: TaskTerms, key: str, owner_code: str, owner_name: str, approver: str | None = None) -> Proposal:
    """The terms as the burden gate judges them; a task may be asked until the end of the year it is due in (X-11).

    `approver` is the name of whoever approved that it is urgent.
    """
    return Proposal(
        key=key,
        kind="task",
        title=terms.title,
        basis=terms.basis,
        owner_code=owner_code,
        owner_name=owner_name,
        due_on=terms.due_on,
        ends_on=date(terms.due_on.year, 12, 31),
        minutes=terms.minutes,
        content=terms.content,
        evidence=terms.evidence,
        document_no=terms.document_no or None,
        regular=terms.regular,
        fields=terms.fields,
        urgent=terms.urgent,
        urgent_approver=approver,
    )


def faults_of(
    terms: TaskTerms,
    issuer_code: str,
    on: date,
    calendar: WorkCalendar,
    min_answer_workdays: int,
    estimates: Estimates,
) -> dict[str, str]:
    """What keeps a task from being issued on a day, whoever is asked: field → sentence (T-2, X-5, X-19).

    Content and evidence are the task's own; all else is what the burden gate asks of any demand.
    """
    faults = {}
    for field, limit in LIMITS.items():
        text = getattr(terms, field)
        if not text:
            faults[field] = f"没有填写{NAMES[field]}。请补填。"
        elif len(text) > limit:
            faults[field] = f"{NAMES[field]}超过 {limit} 字，现有 {len(text)} 字。请删减。"
    faults |= faults_in([(field, NAMES[field], getattr(terms, field)) for field in LIMITS])
    if len(terms.document_no) > DOCUMENT_NO_LIMIT:
        faults["document_no"] = f"文号超过 {DOCUMENT_NO_LIMIT} 字，现有 {len(terms.document_no)} 字。请删减。"
    proposal = proposal_of(terms, "", issuer_code, "下达单位", "已选择" if terms.approver_id is not None else None)
    return faults | asking.faults_of(proposal, (), on, calendar, min_answer_workdays, estimates)


def required(text: str | None, name: str, limit: int) -> str:
    """The cleaned text. Raises `Refused` when it is empty, longer than `limit` characters, or holds a personal number (S-1)."""
    cleaned = clean(text)
    if not cleaned:
        raise Refused(f"没有填写{name}。请补填后再提交。")
    if len(cleaned) > limit:
        raise Refused(f"{name}超过 {limit} 字，现有 {len(cleaned)} 字。请删减后再提交。")
    refuse_in(cleaned, name)
    return cleaned
