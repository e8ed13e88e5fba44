"""What a line may be answered with, and when a sheet can still be changed. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.accountability.answering import answer_paths
from webapp.accountability.models import STATES
from webapp.accountability.rules import OPEN, SHEET
from webapp.org.codes import full
from webapp.private_numbers import fault_of
from webapp.words import clean

TEMPLATE = "VMS"
"""Template code of the sheet's own task; its lines carry the codes of theirs."""
TITLE = "村级月报单"
VIA = SHEET
"""`AccountabilityTask.via` of a sheet's task."""
LINE_LIMIT = 1000
REASON_LIMIT = 300
_MONTH = re.compile(r"20\d{2}-(0[1-9]|1[0-2])", re.ASCII)


def path(unit_code: str, month: str) -> str:
    """Own path of a village's sheet."""
    return f"/sheets/{full(unit_code)}/{month}"


answer_paths[VIA] = path


@dataclass(frozen=True)
class Answer:
    """What was given for one line."""

    no_change: bool
    text: str = ""


def is_month(text: str) -> bool:
    """Whether an address names a month: "2026-11"."""
    return _MONTH.fullmatch(text) is not None


def answer_faults(
    lines: Sequence[tuple[int, str]], answers: Mapping[int, Answer], held: Mapping[int, str]
) -> dict[str, str]:
    """What keeps a sheet from being taken: "line-<id>" → sentence; `lines` are (id, title), `held` what was prefilled.

    Each line has text or 无变化. Both at once are taken where the text is what stood there before.
    """
    faults = {}
    for number, (line_id, _) in enumerate(lines, 1):
        answer = answers.get(line_id, Answer(False))
        text = clean(answer.text)
        if len(text) > LINE_LIMIT:
            faults[f"line-{line_id}"] = f"第 {number} 项超过 {LINE_LIMIT} 字，现有 {len(text)} 字。请删减。"
        elif answer.no_change and text and text != clean(held.get(line_id, "")):
            faults[f"line-{line_id}"] = f"第 {number} 项既选了“无变化”，又填了新内容。请只留一种。"
        elif not answer.no_change and not text:
            faults[f"line-{line_id}"] = f"第 {number} 项没有答复。请填写情况，或者选“无变化”。"
        elif wrong := fault_of(text, f"第 {number} 项"):
            faults[f"line-{line_id}"] = wrong
    return faults


def closed_because(state: str, drawn: bool, sent: bool) -> str | None:
    """Why a sheet in a state takes no answer any more; None while it does."""
    if state in OPEN:
        return None
    if state == "reported" and sent:
        return "核验单位已经抽样，月报单不能再更正。如有错误，请联系乡镇退回。" if drawn else None
    if state == "suspended":
        return "月报单已中止，恢复办理后再填报。"
    return f"月报单{STATES[state]}，不能再更正。如有新情况，请在下月月报单中填写。"
