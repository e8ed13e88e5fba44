"""The only way from a spot check to a verified absence, and what a verified one may lead to (X-3, Z-31 … Z-33). Pure."""

from dataclasses import dataclass
from datetime import date

from webapp.errors import Refused
from webapp.words import clean, day_words

TEXT_LIMIT = 2000
LABELS = {
    "draw": "抽取",
    "find": "登记抽查情况",
    "cancel": "不再开展",
    "state": "本人说明",
    "opine": "乡镇意见",
    "reply": "本人申辩",
    "decide": "县级认定",
    "revoke": "撤销认定",
}
EFFECTS = {
    "not_excellent": "年度考核不评为优秀",
    "not_excellent_or_basically_competent": "年度考核不评为优秀，或者评为基本称职",
    "basically_competent": "年度考核评为基本称职",
    "incompetent": "年度考核评为不称职",
}


@dataclass(frozen=True)
class Standing:
    """Where an inspection stands on a day: its state, and the two days until which the person may speak."""

    state: str
    outcome: str | None = None
    state_by: date | None = None
    reply_by: date | None = None


class WrongStep(Refused):
    """The step is not the next one on the way; nothing was changed."""


def check_step(kind: str, now: Standing, on: date) -> None:
    """Raise `WrongStep` unless a step may be taken on a day; nobody skips the person's two turns to speak."""
    wrong = _fault(kind, now, on)
    if wrong:
        raise WrongStep(wrong)


def possible(kind: str, now: Standing, on: date) -> bool:
    """Whether a step may be taken on a day."""
    return not _fault(kind, now, on)


def _fault(kind: str, now: Standing, on: date) -> str:
    if kind == "opine" and now.state == "found":
        return _still(now.state_by, on, "本人说明期限到{}，期限内不能提出意见。请在本人说明后或者期限届满后办理。")
    if kind == "decide" and now.state == "opined":
        return _still(now.reply_by, on, "本人申辩期限到{}，期限内不能认定。请在本人申辩后或者期限届满后办理。")
    if kind == "revoke":
        return "" if now.outcome == "verified" else "只有已经认定的才能撤销认定。请刷新页面查看最新情况。"
    before = {"find": "drawn", "cancel": "drawn", "state": "found", "opine": "stated", "reply": "opined"}
    return "" if now.state == before.get(kind, "replied") else "这一步现在不能办理。请刷新页面查看最新情况。"


def _still(until: date | None, on: date, words: str) -> str:
    return words.format(day_words(until)) if until is not None and on <= until else ""


def next_state(kind: str, finding: str = "") -> str:
    """The state after a step; a finding other than 未在岗 ends the matter."""
    if kind == "find":
        return "found" if finding == "absent" else "closed"
    return {"state": "stated", "opine": "opined", "reply": "replied"}.get(kind, "closed")


def effect_words(effects: list[str], number: int) -> str:
    """What the n-th verified absence of a year may lead to, as words for a proposal; the last one holds for all after."""
    return EFFECTS[effects[min(number, len(effects)) - 1]]


def required(text: str, name: str) -> str:
    """Typed text, cleaned. Raises `Refused` when there is none or too much."""
    said = clean(text)
    if not said:
        raise Refused(f"没有填写{name}。请补填后再提交。")
    if len(said) > TEXT_LIMIT:
        raise Refused(f"{name}超过 {TEXT_LIMIT} 字，现有 {len(said)} 字。请删减后再提交。")
    return said
