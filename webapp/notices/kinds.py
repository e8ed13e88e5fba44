"""Kinds of events, by the key and the page of an inbox message: what a person may keep from going outside."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind: its words, and how its messages are known."""

    words: str
    keys: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


# The first that fits is the kind of a message; what fits none is "other".
KINDS = {
    "remarks": Kind("关注的任务和留言提及", keys=("remark:", "watch:")),
    "urging": Kind("催办和督办", keys=("reminder:", "supervision:", "escalation:"), paths=("/supervision/",)),
    "tasks": Kind("责任任务", paths=("/tasks/", "/duties/")),
    "sheets": Kind("村级月报单", paths=("/sheets/",)),
    "coverage": Kind("遍访", paths=("/coverage/",)),
    "rectification": Kind("问题整改", paths=("/rectification/",)),
    "requests": Kind("请示事项", paths=("/requests/",)),
    "presence": Kind("在岗和抽查", paths=("/inspections/", "/presence/", "/roster/")),
    "teams": Kind("驻村队伍和召回", keys=("recall:",), paths=("/teams/",)),
    "leave": Kind("请假和因公外出", paths=("/leave/", "/trips/")),
    "reports": Kind("报告和测算", paths=("/reports/", "/runs/", "/assessments/")),
    "other": Kind("其他"),
}


def kind_of(key: str, path: str | None) -> str:
    """The name of the kind of a message."""
    for name, kind in KINDS.items():
        if key.startswith(kind.keys or ("\0",)) or (path or "").startswith(kind.paths or ("\0",)):
            return name
    return "other"
