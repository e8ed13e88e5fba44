"""The audit log speaks to a person: no name of a column, no code of ours."""

import ast
import re
from collections import Counter

import pytest

from webapp.audit import AuditEntry
from webapp.auth import audit_words_common, audit_words_reports, audit_words_stationed, audit_words_tasks
from webapp.auth.wording import change_words
from webapp.config import ROOT

PARTS = (audit_words_common, audit_words_tasks, audit_words_stationed, audit_words_reports)


def recorded() -> set[str]:
    """The fields that `audit.record` is given as literals, anywhere in the product."""
    found: set[str] = set()
    for file in (ROOT / "webapp").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        if "audit.record(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.keyword) and node.arg in ("before", "after"):
                found |= keys(node.value)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("before", "after"):
                found |= keys(node.value)
    return found


def keys(node: ast.expr) -> set[str]:
    return {key.value for key in node.keys if isinstance(key, ast.Constant)} if isinstance(node, ast.Dict) else set()


def test_each_recorded_field_has_a_name() -> None:
    fields = recorded()
    assert {"result_hash", "first_window", "end_reason"} <= fields
    nameless = [
        name
        for name in fields
        if re.match(r"[a-z]", change_words(AuditEntry(after={name: "值"}, before=None, reason="")))
    ]
    assert nameless == []


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({"assessment": ""}, "考核：无"),
        ({"report": "period-report"}, "同时生成的报告：工作情况报告"),
        ({"units": ["533323101201", "533323101202"]}, "单位：533323101201、533323101202"),
    ],
)
def test_values_are_said_in_words(after: dict[str, object], words: str) -> None:
    assert change_words(AuditEntry(after=after, before=None, reason="")) == words


@pytest.mark.parametrize("words", ["KINDS", "VERBS", "OBJECTS", "FIELDS", "VALUES"])
def test_no_word_is_given_twice(words: str) -> None:
    given = Counter(name for part in PARTS for name in getattr(part, words, {}))
    assert [name for name, times in given.items() if times > 1] == []
