"""A demand written in a file, for `gate check`: what is asked, of whom, and whether it is the gate's or the task's own word.

```yaml
title: 冬春防火隐患排查
basis: 福政办发〔2026〕31号
owner: "533323"
due_on: 2026-12-18
minutes: 30
fields:
  - {name: extinguishers, label: 灭火器数量, kind: int, unit: 个}
targets: ["533323101201"]
```
"""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.burden.asking import KINDS, some
from webapp.burden.proposals import AskedField, Proposal, field_name
from webapp.errors import Refused
from webapp.org.codes import candidates
from webapp.org.models import Division
from webapp.org.queries import find
from webapp.org.units import pasted
from webapp.policy.reading import Unreadable, check, read

_WORD = {"type": "string"}
_WORDS = ("title", "content", "evidence", "basis", "document_no", "owner_name", "kind", "urgent_approver", "series")
_CODE = {"type": ["string", "integer"]}
_TASK_ONLY = ("lead", "assist", "request_id", "weights", "scheduled_for", "groups")
"""What `tasks issue` reads in the same file, and the gate does not ask for."""
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["title", "due_on", "minutes", "targets"],
    "anyOf": [{"required": ["owner"]}, {"required": ["issuer"]}],
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(_WORDS, _WORD),
        **dict.fromkeys(("owner", "issuer"), _CODE),
        **dict.fromkeys(("due_on", "ends_on"), {"type": "string", "format": "date"}),
        **dict.fromkeys(("regular", "urgent"), {"type": "boolean"}),
        **{name: {} for name in _TASK_ONLY},
        "minutes": {"type": "integer"},
        "targets": {"type": "array", "minItems": 1, "items": _CODE},
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["label"],
                "additionalProperties": False,
                "properties": {
                    **dict.fromkeys(("name", "label", "unit"), _WORD),
                    "kind": {"type": "string"},
                    "values": {"type": "array", "items": _WORD},
                },
            },
        },
    },
}


def read_proposal(session: Session, name: str, content: bytes) -> tuple[Proposal, list[str]]:
    """The demand in a file and the codes of its targets. Raises `Unreadable`, `Refused` or `NotFound`."""
    document = read(name, content)
    faults = check(document, SCHEMA)
    if faults:
        raise Unreadable(faults)
    body = document.body
    owner = find(session, str(body.get("owner", body.get("issuer"))))
    due_on = date.fromisoformat(body["due_on"])
    proposal = Proposal(
        key=f"file:{name}",
        kind=body.get("kind", "task"),
        title=body["title"],
        content=body.get("content", ""),
        evidence=body.get("evidence", ""),
        basis=body.get("basis", ""),
        document_no=body.get("document_no"),
        owner_code=owner.code,
        owner_name=body.get("owner_name", owner.name),
        due_on=due_on,
        ends_on=date.fromisoformat(body["ends_on"]) if "ends_on" in body else date(due_on.year, 12, 31),
        minutes=body["minutes"],
        regular=body.get("regular", False),
        urgent=body.get("urgent", False),
        urgent_approver=body.get("urgent_approver"),
        series=body.get("series"),
        fields=tuple(
            AskedField(
                name=field.get("name") or field_name(field["label"]),
                label=field["label"],
                kind=field.get("kind", KINDS[0]),
                unit=field.get("unit", ""),
                values=tuple(field.get("values", ())),
            )
            for field in body.get("fields", ())
        ),
    )
    return proposal, _units(session, [str(one) for one in body["targets"]], owner.code)


def _units(session: Session, typed: list[str], owner_code: str) -> list[str]:
    """The held codes of the targets, in the order of codes; names are sought below the owner.

    Raises `Refused` naming those nobody knows.
    """
    meant = {text: candidates(text) for text in typed if text.strip().isdigit()}
    named = pasted(session, "\n".join(text for text in typed if text not in meant), owner_code, clock.today())
    codes = sorted({code for meanings in meant.values() for code in meanings})
    known: set[str] = set()
    for start in range(0, len(codes), 500):
        known |= set(session.scalars(select(Division.code).where(Division.code.in_(codes[start : start + 500]))))
    unknown = [text for text, meanings in meant.items() if not known & set(meanings)]
    problems = [*named.sentences]
    if unknown:
        problems.insert(0, f"没有代码为 {some(unknown)} 的单位。请核对后重新填写。")
    if problems:
        raise Refused("".join(problems))
    return sorted({*named.codes, *(next(code for code in held if code in known) for held in meant.values())})
