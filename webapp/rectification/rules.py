"""The one table of moves of an issue (R-2), and what an issue needs before it is entered (R-1, R-3, R-7). Pure."""

from dataclasses import dataclass
from datetime import date

from webapp.accountability.rules import BY_RULE, Clock, Move, WrongState, clock_of
from webapp.burden.asking import due_fault, words_fault
from webapp.org.codes import LEVEL_OF, ancestors
from webapp.policy.workdays import WorkCalendar
from webapp.private_numbers import faults_in
from webapp.rectification.models import CLASSES, SOURCES, STATES

OPEN = ("new", "claimed", "in_rectification", "returned")
"""The lead unit has to act."""
CLOSING = ("closure_requested", "verified")
"""The unit that closes it has to act."""
UNCLOSED = (*OPEN, *CLOSING)
TEXT_LIMIT = 3000
REASON_LIMIT = 1000
PROOF_LIMIT = 300
MOST_EVIDENCE = 10
LIMITS = {"source_document": 200, "source_number": 60, "description": TEXT_LIMIT, "leader": 60}
NAMES = {
    "source_document": "来源文件",
    "source_number": "原编号",
    "description": "问题描述",
    "leader": "责任领导",
}


# The people who answer for tasks put issues right; those who hand tasks down and verify them enter and close issues.
MOVES = {
    move.kind: move
    for move in (
        Move("claim", "认领", ("new",), "claimed", "lead", "task.answer"),
        Move("start", "开始整改", ("claimed",), "in_rectification", "lead", "task.answer"),
        Move("progress", "登记进展", ("claimed", "in_rectification", "returned"), None, "lead", "task.answer"),
        Move("request", "申请销号", ("in_rectification", "returned"), "closure_requested", "lead", "task.answer"),
        Move("withdraw", "收回申请", ("closure_requested",), "in_rectification", "lead", "task.answer"),
        Move("return", "退回", ("closure_requested",), "returned", "closer", "task.verify", True, True),
        Move("verify", "核验通过", ("closure_requested",), "verified", "closer", "task.verify", False, True),
        Move("close", "销号", ("verified",), "closed", "closer", "task.verify", False, True),
        Move("held", "回头看：巩固", ("closed",), None, "closer", "task.verify", False, True),
        Move("relapse", "回头看：反弹", ("closed",), "claimed", "closer", "task.verify", True, True),
        Move("extend", "延长期限", OPEN, None, "closer", "task.issue", True, True),
        Move("correct", "更正登记", ("new",), None, "issuer", "task.issue"),
        Move("lateral", "举一反三", UNCLOSED + ("closed",), None, "closer", "task.issue"),
    )
}
EVENT_LABELS = {
    "enter": "登记",
    **{kind: move.label for kind, move in MOVES.items()},
    "draw": "回头看抽取",
    **{kind: move.label for kind, move in BY_RULE.items()},
    "recalculated": "期限顺延",
}


def check_move(move: Move, state: str) -> None:
    """Raise `WrongState` unless the move may be made from the state."""
    if state not in move.from_states:
        raise WrongState(why_not(move, state))


def why_not(move: Move, state: str) -> str:
    """Why a move cannot be made now, and what would allow it."""
    needed = "、".join(f"“{STATES[name]}”" for name in move.from_states)
    return f"问题现为“{STATES[state]}”，不能{move.label}；处于{needed}时才可以。请刷新页面查看最新情况。"


_AS_TASK = {"closure_requested": "reported", "verified": "verified", "closed": "closed"}


def clock_for(
    state: str, due_on: date, requested_on: date | None, on: date, calendar: WorkCalendar, near_due: int
) -> Clock:
    """Lamp and words of one issue, by the rule of tasks (T-7): red once overdue until closed.

    The wish to close it stops the lead unit's clock while the unit above looks at it.
    """
    return clock_of(_AS_TASK.get(state, "in_progress"), due_on, requested_on, on, calendar, near_due)


@dataclass(frozen=True)
class Particulars:
    """An issue as it is entered (R-1). Codes are held codes, `evidence` its items."""

    source: str
    source_document: str
    issue_class: str
    description: str
    leader: str
    unit_code: str
    due_on: date
    evidence: tuple[str, ...]
    source_number: str | None = None
    supports: tuple[str, ...] = ()
    measure: str | None = None
    closer_code: str = ""
    """"" is the unit directly above the lead unit."""

    @property
    def closer(self) -> str:
        return self.closer_code or (ancestors(self.unit_code)[-1:] or [""])[0]


def faults_of(
    one: Particulars, issuer_code: str, on: date, calendar: WorkCalendar, min_answer_workdays: int
) -> dict[str, str]:
    """What keeps an issue from being entered by a unit on a day: field → sentence."""
    faults = _word_faults(one)
    if one.source not in SOURCES:
        wrong = "问题来源不正确" if one.source else "没有填写问题来源"
        faults["source"] = f"{wrong}。请填写{'、'.join(SOURCES.values())}中的一种。"
    if one.issue_class not in CLASSES:
        wrong = "问题性质不正确" if one.issue_class else "没有填写问题性质"
        faults["issue_class"] = f"{wrong}。请填写“个性”或“共性”。"
    faults |= _unit_faults(one, issuer_code)
    evidence = evidence_fault(one.evidence)
    if evidence:
        faults["evidence"] = evidence
    late = deadline_fault(one.due_on, on, calendar, min_answer_workdays)
    if late:
        faults["due_on"] = late
    return faults


def deadline_fault(due_on: date, on: date, calendar: WorkCalendar, min_answer_workdays: int) -> str | None:
    """Why a deadline cannot stand: past, same day, too short, on a day of rest, or years away."""
    if due_on == date.min:
        return "没有填写整改期限。请补填。"
    fault = due_fault(due_on, on, calendar, min_answer_workdays)
    return (fault or "").replace("截止日期", "整改期限").replace("答复时间", "整改时间") or None


def _word_faults(one: Particulars) -> dict[str, str]:
    faults = {}
    for field, limit in LIMITS.items():
        words = getattr(one, field) or ""
        if not words and field != "source_number":
            faults[field] = f"没有填写{NAMES[field]}。请补填。"
        elif len(words) > limit:
            faults[field] = f"{NAMES[field]}超过 {limit} 字，现有 {len(words)} 字。请删减。"
    if len(one.measure or "") > TEXT_LIMIT:
        faults["measure"] = f"整改措施超过 {TEXT_LIMIT} 字。请删减。"
    written = (("description", NAMES["description"], one.description), ("measure", "整改措施", one.measure or ""))
    return faults | faults_in([*written, ("evidence", "佐证要求", "\n".join(one.evidence))])


def _unit_faults(one: Particulars, issuer_code: str) -> dict[str, str]:
    faults = {}
    if len(one.unit_code) not in LEVEL_OF:
        faults["unit"] = "没有选择牵头单位。请选择负责整改的单位。"
    elif not one.unit_code.startswith(issuer_code):
        faults["unit"] = "牵头单位不在登记单位及其下级范围内。请重新选择。"
    elif not ancestors(one.unit_code):
        faults["unit"] = "省级没有可以在本系统销号的上级。请按上级要求的方式报送。"
    elif one.closer not in ancestors(one.unit_code):
        faults["closer"] = "销号单位应是牵头单位的上级，整改单位不能自己销号。请重新选择。"
    if one.unit_code in one.supports:
        faults["supports"] = "牵头单位不用再列为配合单位。请去掉。"
    return faults


def evidence_fault(items: tuple[str, ...]) -> str | None:
    """Why the named evidence cannot stand; it is what closure will be judged by, and nothing else (R-7)."""
    if not items:
        return "没有填写佐证要求。销号只看这里列出的佐证，请逐项写明。"
    if len(items) > MOST_EVIDENCE:
        return f"佐证要求有 {len(items)} 项，最多 {MOST_EVIDENCE} 项。请只留下必需的。"
    if any(len(item) > PROOF_LIMIT for item in items):
        return f"一项佐证要求不超过 {PROOF_LIMIT} 字。请删减。"
    if len(set(items)) < len(items):
        return "有两项佐证要求相同。请去掉一项。"
    if any(words_fault(item) for item in items):
        return "减负规定禁止要求照片、视频、定位等留痕材料。请改为能证明整改结果的材料。"
    return None
