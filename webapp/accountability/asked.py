"""Figures and words that a task asks for beside the report, as its row holds them. Pure."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from webapp.burden.proposals import AskedField

FIELD_KINDS = {"text": "文字", "int": "整数", "money": "金额（元）", "date": "日期", "code": "选项", "bool": "是或否"}


def field_name(label: str) -> str:
    """The name by which a field with this label is known everywhere: equal labels ask for the same thing (X-4)."""
    return f"q_{hashlib.sha256(''.join(label.split()).encode()).hexdigest()[:12]}"


def stored_fields(fields: Iterable[AskedField], holders: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Asked fields as a row holds them; one that somebody holds already names the holder and is not asked (X-4)."""
    rows = []
    for field in fields:
        row = {**asdict(field), "values": list(field.values)}
        if holders and field.name in holders:
            row["holder"] = holders[field.name]
        rows.append(row)
    return rows


def read_fields(rows: Iterable[Mapping[str, Any]]) -> tuple[AskedField, ...]:
    """The fields that a row holds."""
    return tuple(AskedField(row["name"], row["label"], row["kind"], row["unit"], tuple(row["values"])) for row in rows)
