"""责任清单 (P-26): the duties of secretaries at five levels as data, read from YAML and held as rows."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.org.codes import ancestors, candidates, level
from webapp.policy.models import Duty
from webapp.policy.packs import schema as pack_schema
from webapp.policy.reading import LARGEST_FILE, Document, Unreadable, check, read
from webapp.policy.work_areas import templates

FOLDER = Path(__file__).resolve().parent / "duty_lists"
LEVELS = {1: "province", 2: "city", 3: "county", 4: "township", 5: "village"}
KINDS = {
    "meeting": "会议",
    "study": "学习",
    "link_place": "联系点",
    "coverage": "遍访",
    "inspection_research": "督导调研",
    "rectification": "整改",
    "yearly_report": "年度报告",
    "accountability_report": "述职",
    "standing": "经常性责任",
}
INTERVALS = {
    "year": "每年",
    "half_year": "每半年",
    "quarter": "每季度",
    "month": "每月",
    "regular": "定期",
    "standing": "经常",
    "term": "任期内",
    "event": "按需",
}


@dataclass(frozen=True)
class Item:
    """One duty as a file has it, with the hash over what was written."""

    code: str
    sha256: str
    body: dict[str, Any]


def parse(name: str, content: bytes) -> tuple[Item, ...]:
    """The duties in a file. Raises `Unreadable` with every fault."""
    document = read(name, content)
    faults = check(document, json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))) or list(
        _faults(document)
    )
    if faults:
        raise Unreadable(faults)
    return tuple(_item(body) for body in document.body["duties"])


def load(session: Session, folder: Path | None = None) -> list[str]:
    """Hold the shipped duties and those of a folder (instance/duty_lists) as rows; gives the codes that are new or changed.

    All or nothing: raises `Unreadable`. A duty that a locality sets for itself has a code of its own.
    """
    files = [*sorted(FOLDER.glob("*.yaml")), *(sorted(folder.glob("*.y*ml")) if folder and folder.is_dir() else [])]
    items: dict[str, Item] = {}
    faults: list[str] = []
    for file in files:
        try:
            found = parse(file.name, _bytes(file))
        except Unreadable as error:
            faults += error.faults
            continue
        faults += [f"{file.name} 的“{one.code}”在另一文件中已有。请换一个编号。" for one in found if one.code in items]
        items |= {one.code: one for one in found}
    if faults:
        raise Unreadable(faults)
    held = {row.code: row for row in session.scalars(select(Duty))}
    changed = [one for one in items.values() if one.code not in held or held[one.code].sha256 != one.sha256]
    for item in changed:
        row = held.get(item.code) or Duty(code=item.code)
        _fill(row, item)
        session.add(row)
        audit.record(session, "duty.load", "duty", item.code, after={"title": row.title, "sha256": item.sha256})
    session.flush()
    return [one.code for one in changed]


def duties_of(session: Session, unit_code: str, on: date) -> Sequence[Duty]:
    """The duties of a unit's level in force on a day, those of its own locality among them, in the order of the list."""
    rows = session.scalars(
        select(Duty)
        .where(
            Duty.valid_from <= on,
            or_(Duty.valid_to.is_(None), Duty.valid_to >= on),
            or_(Duty.division.is_(None), Duty.division.in_([*ancestors(unit_code), unit_code])),
        )
        .order_by(Duty.position, Duty.code)
    )
    return [row for row in rows if LEVELS[level(unit_code)] in row.levels]


Carried = Mapping[str, Sequence[Duty]]
"""Template → the duties that its tasks or lines carry."""


def carried(session: Session) -> Carried:
    """What the whole list says of templates; nothing of most of them."""
    found: dict[str, list[Duty]] = defaultdict(list)
    for row in session.scalars(select(Duty).order_by(Duty.position, Duty.code)):
        for code in row.carried_by:
            found[code].append(row)
    return found


def lapsed(duties: Iterable[Duty], unit_code: str, on: date) -> list[Duty]:
    """The duties of the nation for whose sake a template opens for a unit, where none is in force on a day.

    Empty where it opens: a duty for the unit's level is in force, the nation's or that of its own locality; or the list
    of the nation says nothing of the template at this level, which then opens at the levels it names itself.
    """
    name = LEVELS[level(unit_code)]
    own = [row for row in duties if name in row.levels and (row.division is None or unit_code.startswith(row.division))]
    if any(row.valid_from <= on and (row.valid_to is None or row.valid_to >= on) for row in own):
        return []
    return [row for row in own if row.division is None]


def own_duties(session: Session, unit_codes: Iterable[str], on: date) -> dict[str, frozenset[str]]:
    """Unit → templates that carry a duty of its own secretary on a day; one statement, however many units."""
    rows = list(
        session.scalars(select(Duty).where(Duty.valid_from <= on, or_(Duty.valid_to.is_(None), Duty.valid_to >= on)))
    )
    return {
        code: frozenset(
            template
            for row in rows
            if LEVELS[level(code)] in row.levels and (row.division is None or code.startswith(row.division))
            for template in row.carried_by
        )
        for code in unit_codes
    }


def _faults(document: Document) -> Iterator[str]:
    known = {template.code for template in templates()}
    parameters = pack_schema()["properties"]["parameters"]["properties"]["duty"]["properties"]
    codes: set[str] = set()
    for number, item in enumerate(document.body["duties"]):
        place = ["duties", number]
        if item["code"] in codes:
            yield document.fault([*place, "code"], f"“{item['code']}”重复。请换一个编号。")
        codes.add(item["code"])
        for index, code in enumerate(item["carried_by"]):
            if code not in known:
                yield document.fault([*place, "carried_by", index], f"没有任务模板“{code}”。请核对编号。")
        if not item["carried_by"] and "coverage" not in item and "remark" not in item:
            yield document.fault([*place, "carried_by"], "为空。请写明由什么承载，或者用 remark 写明为什么只作记录。")
        yield from _unopened(document, item, place)
        if "coverage" in item and item["coverage"].removeprefix("duty.") not in parameters:
            yield document.fault([*place, "coverage"], f"没有参数“{item['coverage']}”。请核对规则包。")
        if item["valid_to"] is not None and item["valid_to"] < item["valid_from"]:
            yield document.fault([*place, "valid_to"], "早于生效日期。请改正日期。")


def _unopened(document: Document, item: dict[str, Any], place: list[Any]) -> Iterator[str]:
    """A duty opens at every level it names and at its interval, or its remark says why not."""
    # A term has no day on which it comes due, and a province has no level above that opens its duties.
    known = {template.code: template for template in templates() if template.due is not None or template.via == "case"}
    carrying = [known[code] for code in item["carried_by"] if code in known]
    opening = {name for template in carrying for name in template.levels} - {LEVELS[1]}
    numbers = {name: number for number, name in LEVELS.items()}
    if "division" in item:
        own = level(candidates(item["division"])[0])
        above = [name for name in item["levels"] if numbers[name] < own]
        if above:
            yield document.fault([*place, "levels"], "有高于所属区划的层级，那里看不到这项责任。请去掉，或者改正区划。")
    if not item["carried_by"] or "coverage" in item or "remark" in item:
        return
    if set(item["levels"]) - opening:
        said = "有不能由所列任务模板开设任务的层级，这项责任在那里只是一行字。请改正，或者用 remark 写明原因。"
        yield document.fault([*place, "levels"], said)
    intervals = {template.every for template in carrying if template.via != "case"}
    if item["interval"] in ("year", "half_year", "quarter", "month") and intervals - {item["interval"]}:
        said = "与所列任务模板的周期不同，任务按模板的周期开设。请改正，或者用 remark 写明原因。"
        yield document.fault([*place, "interval"], said)


def _item(body: dict[str, Any]) -> Item:
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return Item(body["code"], hashlib.sha256(canonical.encode()).hexdigest(), body)


def _fill(row: Duty, item: Item) -> None:
    body = item.body
    row.sha256, row.title, row.levels = item.sha256, body["title"], list(body["levels"])
    row.position = int(item.code.rsplit("-", 1)[1])
    row.interval, row.kind, row.source, row.mark = body["interval"], body["kind"], body["source"], body["mark"]
    row.division = candidates(body["division"])[0] if "division" in body else None
    row.valid_from = date.fromisoformat(body["valid_from"])
    row.valid_to = date.fromisoformat(body["valid_to"]) if body["valid_to"] else None
    row.carried_by, row.coverage, row.remark = list(body["carried_by"]), body.get("coverage"), body.get("remark")
    row.loaded_at = clock.now()


def _bytes(file: Path) -> bytes:
    with file.open("rb") as handle:
        return handle.read(LARGEST_FILE + 1)
