"""Figures and words that a task asks for beside the report, as its row holds them. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from webapp.burden.proposals import AskedField
from webapp.errors import Refused
from webapp.private_numbers import kind_in
from webapp.words import clean

FIELD_KINDS = {"text": "文字", "int": "整数", "money": "金额（元）", "date": "日期", "code": "选项", "bool": "是或否"}


def stored_fields(fields: Iterable[AskedField], holders: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Asked fields as a row holds them; one that somebody holds already names the holder and is not asked (X-4)."""
    held = holders or {}
    return [{**asdict(one), "values": list(one.values), "holder": held.get(one.name)} for one in fields]


def read_fields(rows: Iterable[Mapping[str, Any]]) -> tuple[AskedField, ...]:
    """The fields that a row holds."""
    return tuple(AskedField(row["name"], row["label"], row["kind"], row["unit"], tuple(row["values"])) for row in rows)


LONGEST_ANSWER = 300
_SHAPES = {
    "int": (re.compile(r"-?\d{1,15}"), "应是整数，例如 12"),
    "money": (re.compile(r"-?\d{1,13}(\.\d{1,2})?"), "应是金额，单位为元，最多两位小数，例如 1200.50"),
    "bool": (re.compile("是|否"), "应填“是”或“否”"),
}


def answered(rows: Iterable[Mapping[str, Any]], typed: Mapping[str, str]) -> dict[str, str]:
    """What was entered for the fields of a task that nobody holds already, by name. Raises `Refused` naming the field."""
    found = {}
    for row in rows:
        if row.get("holder"):
            continue
        text = clean(typed.get(row["name"]))
        wrong = _wrong(row, text)
        if wrong:
            raise Refused(f"“{row['label']}”{wrong}。请改正后再提交。")
        found[row["name"]] = text
    return found


def fits(row: Mapping[str, Any], answer: str) -> bool:
    """Whether an answer could be given to a field as it is asked now."""
    return not _wrong(row, answer)


def _wrong(row: Mapping[str, Any], text: str) -> str:
    """What is wrong with one answer; "" when nothing is."""
    if not text:
        return "没有填写"
    if len(text) > LONGEST_ANSWER:
        return f"超过 {LONGEST_ANSWER} 字"
    if row["kind"] == "date":
        try:
            date.fromisoformat(text)
        except ValueError:
            return "应是日期，例如 2026-11-24"
        return ""
    if row["kind"] == "code":
        return "" if text in row["values"] else f"应是下列之一：{'、'.join(row['values'])}"
    kind = kind_in(text) if row["kind"] == "text" else None
    if kind:
        return f"中写有{kind}，应当删去"
    shape, words = _SHAPES.get(row["kind"], (None, ""))
    return "" if shape is None or shape.fullmatch(text) else words


def heading(row: Mapping[str, Any]) -> str:
    """A field's name above a column: "参保人数（人）"."""
    return f"{row['label']}（{row['unit']}）" if row["unit"] else str(row["label"])


def cell(row: Mapping[str, Any], answer: str | None) -> object:
    """An answer as a cell of its own kind: a number, a day, a word; None where there is none."""
    if not answer:
        return None
    if _wrong(row, answer):
        return answer  # of an older wording of the field: shown as it was given
    if row["kind"] == "int":
        return int(answer)
    if row["kind"] == "money":
        return float(Decimal(answer))
    return date.fromisoformat(answer) if row["kind"] == "date" else answer
