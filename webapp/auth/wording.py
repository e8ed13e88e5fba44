"""Words for what the audit log holds."""

import json
from typing import Any

from webapp.audit import AuditEntry
from webapp.auth.audit_words import FIELDS, KINDS, OBJECTS, VALUES, VERBS
from webapp.auth.devices import device_name
from webapp.auth.pages import pages

pages.add_app_template_filter(device_name)


@pages.app_template_filter()
def act_name(action: str) -> str:
    """An action in words: "sign_in.failed" → "登录：失败"."""
    kind, _, verb = action.partition(".")
    words = KINDS.get(kind, "其他操作")
    return f"{words}：{VERBS.get(verb, '办理')}" if verb else words


@pages.app_template_filter()
def object_name(kind: str) -> str:
    """The kind of object in words."""
    return OBJECTS.get(kind, "记录")


@pages.app_template_filter()
def change_words(entry: AuditEntry) -> str:
    """What changed, from before to after, with the reason."""
    names = dict.fromkeys([*(entry.before or {}), *(entry.after or {})])
    parts = [_change(name, (entry.before or {}).get(name), (entry.after or {}).get(name)) for name in names]
    if entry.reason:
        parts.append(f"原因：{entry.reason}")
    return "；".join(parts) or "没有数据变化"


def _change(name: str, before: Any, after: Any) -> str:
    label = FIELDS.get(name, name)
    if before is None:
        return f"{label}：{_shown(after)}"
    return f"{label}：{_shown(before)} → {_shown(after)}"


def _shown(value: Any) -> str:
    if value == "":
        return "无"
    if isinstance(value, list):
        return "、".join(_shown(one) for one in value)
    if isinstance(value, bool) or value is None:
        return {True: "是", False: "否", None: "空"}[value]
    text = VALUES.get(value, value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:79] + "…"
