"""The work areas (WA01 …): task templates and indicators as data, loaded once and validated."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from webapp.errors import NotFound
from webapp.policy.reading import Document, Unreadable, check, read

FOLDER = Path(__file__).resolve().parent / "work_areas"
# The files name owners as `work-areas` does; a page names them in Chinese.
OWNERS = {
    "system": "本系统",
    "secretary's office": "党委办",
    "township": "乡镇",
    "bank": "承办银行",
    "level above": "上级单位",
    "assessing unit": "考核单位",
    "village": "村",
    "county": "县（市、区）",
    "county department": "县级主管部门",
    "owning department": "行业主管部门",
    "issuing unit": "下达单位",
    "lead unit": "牵头单位",
    "sending unit": "派出单位",
    "inspector": "督查单位",
    "person": "本人",
    "person or township": "本人或者乡镇",
    "education department": "教育",
    "housing department": "住房城乡建设",
    "cadre system": "干部管理系统",
    "asset platform": "资产监管平台",
    "procurement platform": "采购平台",
    "national or provincial monitoring system": "国家或者省监测系统",
    "project library, 人力资源社会保障": "项目库、人力资源社会保障",
}
# words that a numerator or denominator of the indicators may never count.
FORBIDDEN = (
    "work log",
    "worklog",
    "log entr",
    "photo",
    "picture",
    "sign-in",
    "check-in",
    "login",
    "word count",
    "online",
    "visits",
)
FORBIDDEN_ZH = ("日志", "照片", "图片", "签到", "打卡", "登录", "字数", "在线时长", "积分", "点赞", "转发", "走访次数")


@dataclass(frozen=True)
class Template:
    """A task that recurs: who does it, how often, with what evidence, at what cost."""

    code: str
    area: str
    title: str
    levels: tuple[str, ...]
    offices: tuple[str, ...]
    helpers: tuple[str, ...]
    every: str
    """ "month", "quarter", "half_year", "year", "term" or "event"."""
    months: tuple[int, ...]
    due: str | None
    """ "last_working_day" or "third_working_day_after" the month; None for events."""
    via: str
    """ "direct" (a task of its own), "village_month_sheet" or "case"."""
    evidence: str
    evidence_text: str
    minutes: int
    source: tuple[str, ...]


@dataclass(frozen=True)
class Indicator:
    """What is counted over what, for whom, how often, and who owes it."""

    code: str
    area: str
    name: str
    numerator: str
    denominator: str
    explanation: str
    """Numerator ÷ denominator in Chinese; "" where no facts of the product feed the indicator yet."""
    divided: bool
    direction: str
    """ "up", "down" or "zero"."""
    subjects: tuple[str, ...]
    periods: tuple[str, ...]
    owner: str
    dimension: str
    target: str
    mark: str
    parameters: tuple[str, ...]
    sha256: str
    """Over the definition as written: a run freezes it."""


@dataclass(frozen=True)
class LedgerField:
    """One datum of a subject ledger: its one owner keeps it, everybody else reads it (X-4)."""

    ledger: str
    ledger_title: str
    name: str
    label: str
    kind: str
    """ "text", "code", "date", "int", "money" …"""
    owner: str
    """Who keeps it, in Chinese."""
    mode: str
    """ "enter" and "import" by its owner, "derive" by the product."""

    @property
    def key(self) -> str:
        """What it is called among all ledgers: "resettlement_site.households"."""
        return f"{self.ledger}.{self.name}"


@dataclass(frozen=True)
class Ledger:
    """A table of one subject with its fields."""

    name: str
    title: str
    fields: tuple[LedgerField, ...]


@dataclass(frozen=True)
class WorkArea:
    """One file: an area with its templates, ledgers and indicators, valid between two days."""

    code: str
    name: str
    templates: tuple[Template, ...]
    ledgers: tuple[Ledger, ...]
    indicators: tuple[Indicator, ...]


@lru_cache(maxsize=1)
def work_areas() -> tuple[WorkArea, ...]:
    """Every area in the order of codes. Raises `Unreadable` with the faults of all files."""
    faults: list[str] = []
    areas = []
    for file in sorted(FOLDER.glob("*.yaml")):
        try:
            areas.append(parse(file.name, file.read_bytes()))
        except Unreadable as error:
            faults += error.faults
    if faults:
        raise Unreadable(faults)
    return tuple(areas)


def parse(name: str, content: bytes) -> WorkArea:
    """The area in a file. Raises `Unreadable`, also for an indicator that counts what X-8 forbids."""
    schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    document = read(name, content)
    faults = check(document, schema) or list(_forbidden(document))
    if faults:
        raise Unreadable(faults)
    body = document.body
    return WorkArea(
        code=body["code"],
        name=body["name"],
        templates=tuple(_template(body["code"], item) for item in body["templates"]),
        ledgers=tuple(_ledger(item) for item in body["ledgers"]),
        indicators=tuple(_indicator(body["code"], item) for item in body["indicators"]),
    )


def _forbidden(document: Document) -> Iterator[str]:
    for number, item in enumerate(document.body["indicators"]):
        for field in ("name", "numerator", "denominator", "explanation"):
            text = str(item.get(field, "")).lower()
            found = next((word for word in (*FORBIDDEN, *FORBIDDEN_ZH) if word in text), None)
            if found:
                sentence = f"用到“{found}”。减负规定禁止以留痕数量作为考核依据，请改用工作结果。"
                yield document.fault(["indicators", number, field], sentence)


def _template(area: str, item: dict[str, Any]) -> Template:
    recurrence = item["recurrence"]
    return Template(
        code=item["code"],
        area=area,
        title=item["title"],
        levels=tuple(item["levels"]),
        offices=tuple(item.get("offices", ())),
        helpers=tuple(item.get("helpers", ())),
        every=recurrence["every"],
        months=tuple(recurrence.get("months", ())),
        due=recurrence.get("due"),
        via=item["via"],
        evidence=item["evidence"],
        evidence_text=item.get("evidence_text", ""),
        minutes=item["minutes"],
        source=tuple(item["source"]),
    )


def _ledger(item: dict[str, Any]) -> Ledger:
    fields = tuple(
        LedgerField(
            ledger=item["name"],
            ledger_title=item["title"],
            name=field["name"],
            label=field["label"],
            kind=field["type"],
            owner=OWNERS.get(field["owner"], field["owner"]),
            mode=field["mode"],
        )
        for field in item["fields"]
    )
    return Ledger(item["name"], item["title"], fields)


def _indicator(area: str, item: dict[str, Any]) -> Indicator:
    canonical = json.dumps(item, ensure_ascii=False, sort_keys=True)
    return Indicator(
        code=item["code"],
        area=area,
        name=item["name"],
        numerator=item["numerator"],
        denominator=item["denominator"],
        explanation=item.get("explanation", ""),
        divided=item["divided"],
        direction=item["direction"],
        subjects=tuple(item["subjects"]),
        periods=tuple(item["periods"]),
        owner=OWNERS.get(item["owner"], item["owner"]),
        dimension=item["dimension"],
        target=item["target"]["text"],
        mark=item["mark"],
        parameters=tuple(item.get("parameters", ())),
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
    )


@lru_cache(maxsize=1)
def _templates() -> dict[str, Template]:
    return {item.code: item for area in work_areas() for item in area.templates}


@lru_cache(maxsize=1)
def _indicators() -> dict[str, Indicator]:
    return {item.code: item for area in work_areas() for item in area.indicators}


def templates() -> tuple[Template, ...]:
    """Every template in the order of codes."""
    return tuple(_templates().values())


def template(code: str) -> Template:
    """One template. Raises `NotFound`."""
    if code not in _templates():
        raise NotFound(f"没有编号为“{code[:20]}”的任务模板。请核对编号。")
    return _templates()[code]


def indicators() -> tuple[Indicator, ...]:
    """Every indicator in the order of areas."""
    return tuple(_indicators().values())


def indicator(code: str) -> Indicator:
    """One indicator. Raises `NotFound`."""
    if code not in _indicators():
        raise NotFound(f"没有编号为“{code[:20]}”的指标。请核对编号。")
    return _indicators()[code]


def ledger_fields() -> tuple[LedgerField, ...]:
    """Every field of every ledger in the order of areas."""
    return tuple(field for area in work_areas() for ledger in area.ledgers for field in ledger.fields)


def ledger_fields_of_area(code: str) -> tuple[LedgerField, ...]:
    """The fields of the ledgers of one area ("WA11"), in their order; none for an area that is not known."""
    return tuple(
        field for area in work_areas() if area.code == code for ledger in area.ledgers for field in ledger.fields
    )
