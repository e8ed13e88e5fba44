"""A one-off task written in a file, for `tasks issue`: what `gate check` reads, with content, evidence and targets.

```yaml
issuer: "533323"
title: 冬春防火隐患排查
document_no: 福政办发〔2026〕31号
content: 对房前屋后火灾隐患开展一次排查。
evidence: 隐患台账一份
due_on: 2026-12-18
minutes: 30
targets: ["533323101201", 上帕镇 腊乌村]
subtrees: [{root: "533323201", level: 5}]
groups: [易地搬迁安置点]
```
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accountability.judging import organisations
from webapp.accountability.rules import TaskTerms
from webapp.accountability.urgency import approvers
from webapp.burden.asking import KINDS, some
from webapp.burden.proposal_file import SCHEMA as PROPOSAL
from webapp.burden.proposals import AskedField, field_name
from webapp.errors import NotFound, Refused
from webapp.org import groups
from webapp.org.codes import LEVEL_NAMES
from webapp.org.group_models import UnitGroup
from webapp.org.queries import find
from webapp.org.units import of_level, pasted
from webapp.policy.reading import Unreadable, check, read
from webapp.words import clean

_CODE = {"type": ["string", "integer"]}
_FIELD = PROPOSAL["properties"]["fields"]["items"]
SCHEMA: dict[str, Any] = {
    **{key: value for key, value in PROPOSAL.items() if key != "properties"},
    "required": ["title", "content", "evidence", "due_on", "minutes"],
    "anyOf": [{"required": ["issuer"]}, {"required": ["owner"]}],
    "properties": {
        **PROPOSAL["properties"],
        **dict.fromkeys(("content", "evidence", "lead", "request_id"), {"type": "string"}),
        "assist": {"type": "array", "items": {"type": "string"}},
        "targets": {"type": "array", "items": _CODE},
        "groups": {"type": "array", "items": {"type": "string"}},
        "weights": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 100}},
        "subtrees": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["root", "level"],
                "additionalProperties": False,
                "properties": {"root": _CODE, "level": {"enum": list(LEVEL_NAMES)}},
            },
        },
        "fields": {"type": "array", "items": {**_FIELD, "required": ["label"]}},
    },
}


@dataclass(frozen=True)
class Written:
    """What a file asks, of whom, and what of its targets was not recognised."""

    terms: TaskTerms
    issuer_code: str
    units: list[str]
    request_id: str
    weights: dict[str, int]
    problems: list[str]
    """Sentences naming the targets that are left out; the others are kept."""


def read_task(session: Session, name: str, content: bytes, on: date) -> Written:
    """The task in a file. Raises `Unreadable`, `Refused` or `NotFound`.

    Without `request_id` the file's own content is the form: the same file sent again issues nothing twice.
    """
    document = read(name, content)
    faults = check(document, SCHEMA)
    if faults:
        raise Unreadable(faults)
    body = document.body
    issuer = find(session, str(body.get("issuer", body.get("owner")))).code
    units, problems = _units(session, body, issuer, on)
    departments = {one.name: one.id for one in organisations(session, issuer, on)}
    terms = TaskTerms(
        title=clean(body["title"]),
        content=clean(body["content"]),
        basis=clean(body.get("basis", "")),
        document_no=clean(body.get("document_no", "")),
        evidence=clean(body["evidence"]),
        minutes=body["minutes"],
        due_on=date.fromisoformat(body["due_on"]),
        regular=body.get("regular", False),
        fields=tuple(_field(one) for one in body.get("fields", ())),
        lead_id=_department(departments, body["lead"]) if "lead" in body else None,
        assist_ids=tuple(_department(departments, one) for one in body.get("assist", ())),
        urgent=body.get("urgent", False),
        approver_id=_approver(session, body, issuer, on),
    )
    weights = {find(session, code).code: weight for code, weight in body.get("weights", {}).items()}
    asked = set(units)
    beside = [code for code in weights if code not in asked]
    if beside:
        problems.append(f"weights 中的 {some(beside)} 不是承办单位，权重没有采用。请核对 weights 和承办单位。")
    return Written(terms, issuer, units, _request_id(body, content), weights, problems)


def _request_id(body: dict[str, Any], content: bytes) -> str:
    typed = body.get("request_id")
    if typed is None:
        return str(uuid5(NAMESPACE_URL, content.decode("utf-8-sig")))
    try:
        return str(UUID(typed))
    except ValueError:
        raise Refused("request_id 应是 UUID。请改正，或者去掉这一行。") from None


def _field(written: dict[str, Any]) -> AskedField:
    label = clean(written["label"])
    return AskedField(
        name=written.get("name") or field_name(label),
        label=label,
        kind=written.get("kind", KINDS[0]),
        unit=written.get("unit", ""),
        values=tuple(written.get("values", ())),
    )


def _units(session: Session, body: dict[str, Any], issuer: str, on: date) -> tuple[list[str], list[str]]:
    """Codes from the list, the subtrees and the groups of a file, and sentences on what was not recognised."""
    found = pasted(session, "\n".join(str(one) for one in body.get("targets", ())), issuer, on)
    codes, problems = set(found.codes), list(found.sentences)
    for one in body.get("subtrees", ()):
        codes |= set(of_level(session, find(session, str(one["root"])).code, one["level"], on))
    for name in body.get("groups", ()):
        row = _group(session, issuer, name)
        codes |= {code for code in groups.members(session, row.id) if code.startswith(issuer) and code != issuer}
    return sorted(codes), problems


def _group(session: Session, issuer: str, name: str) -> UnitGroup:
    """The issuer's own group of a name, else the only one in sight. Raises `NotFound`, and `Refused` for several."""
    own = groups.named_group(session, issuer, name)
    if own is not None:
        return own
    found = list(session.scalars(select(UnitGroup).where(UnitGroup.name == name).limit(2)))
    if not found:
        raise NotFound(f"没有名为“{name[:60]}”的分组。请核对名称，或先导入分组。")
    if len(found) > 1:
        raise Refused(f"下级有多个名为“{name[:60]}”的分组，分不清是哪一个。请先在本单位建立这个分组。")
    return found[0]


def _department(known: dict[str, int], name: str) -> int:
    if name not in known:
        raise Refused(f"下达单位没有名为“{name[:60]}”的部门。请核对部门名称。")
    return known[name]


def _approver(session: Session, body: dict[str, Any], issuer: str, on: date) -> int | None:
    """The person whom `urgent_approver` names; None when nobody is named."""
    name = clean(body.get("urgent_approver", ""))
    if not name:
        return None
    found = [one.person_id for one in approvers(session, issuer, on, besides=None) if one.name == name]
    if len(found) != 1:
        raise Refused(f"批准人“{name[:60]}”不是下达单位或上级的负责同志，或有重名。请核对。")
    return found[0]
