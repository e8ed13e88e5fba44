"""Indicator schemes: immutable versions of weights and scoring rules, as YAML, validated when they are read."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from webapp.errors import NotFound
from webapp.policy.reading import Document, Unreadable, check, read
from webapp.policy.work_areas import indicators

FOLDER = Path(__file__).resolve().parent / "scheme_files"
DIMENSIONS = {"RESP": "责任落实", "POLI": "政策落实", "WORK": "工作落实", "EFFE": "巩固成效", "BURD": "基层减负"}
FULL = Decimal(100)
NEEDED = {
    "linear": {"floor", "target"},
    "steps": {"steps"},
    "pass_fail": {"target"},
    "zero": set(),
    "deduction": {"each"},
    "shown": set(),
}


@dataclass(frozen=True)
class ScoringRule:
    """How a value becomes a share of the weight; `up` says whether more is better."""

    kind: str
    up: bool = True
    floor: Decimal = Decimal(0)
    target: Decimal = Decimal(0)
    each: Decimal = Decimal(0)
    steps: tuple[tuple[Decimal, Decimal], ...] = ()
    """(from, share), the best step first."""


@dataclass(frozen=True)
class SchemeVersion:
    """One version of a scheme; weights are points of 100."""

    slug: str
    version: int
    title: str
    subjects: tuple[str, ...]
    periods: tuple[str, ...]
    grades: tuple[str, ...]
    dimensions: dict[str, Decimal]
    weights: dict[str, Decimal]
    rules: dict[str, ScoringRule]
    sha256: str

    def weight(self, code: str) -> Decimal:
        """Points of an indicator; 0 for one that is only shown."""
        return self.weights.get(code, Decimal(0))

    def dimension_weight(self, dimension: str) -> Decimal:
        """Points of a dimension."""
        return self.dimensions.get(dimension, Decimal(0))

    def codes_of(self, dimension: str) -> list[str]:
        """Scored indicators of a dimension."""
        of_dimension = {item.code for item in indicators() if item.dimension == dimension}
        return [code for code, weight in self.weights.items() if weight and code in of_dimension]


@lru_cache(maxsize=1)
def schemes() -> tuple[SchemeVersion, ...]:
    """Every scheme version that ships."""
    return tuple(parse(file.name, file.read_bytes()) for file in sorted(FOLDER.glob("*.yaml")))


def scheme(slug: str, version: int) -> SchemeVersion:
    """One version. Raises `NotFound`."""
    for found in schemes():
        if (found.slug, found.version) == (slug, version):
            return found
    raise NotFound(f"没有指标体系“{slug[:60]}”第 {version} 版。请核对名称和版本。")


def parse(name: str, content: bytes) -> SchemeVersion:
    """The scheme in a file. Raises `Unreadable` with every fault."""
    document = read(name, content)
    schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    faults = check(document, schema) or list(_faults(document))
    if faults:
        raise Unreadable(faults)
    body = document.body
    ups = {item.code: item.direction == "up" for item in indicators()}
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return SchemeVersion(
        slug=body["slug"],
        version=body["version"],
        title=body["title"],
        subjects=tuple(body["subjects"]),
        periods=tuple(body["periods"]),
        grades=tuple(body["grades"]),
        dimensions={code: Decimal(weight) for code, weight in body["dimensions"].items()},
        weights={item["code"]: Decimal(item["weight"]) for item in body["indicators"]},
        rules={item["code"]: _rule(item["rule"], ups[item["code"]]) for item in body["indicators"]},
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
    )


def _rule(rule: dict[str, Any], up: bool) -> ScoringRule:
    steps = [(Decimal(step["from"]), Decimal(step["share"])) for step in rule.get("steps", ())]
    return ScoringRule(
        kind=rule["kind"],
        up=up,
        floor=Decimal(rule.get("floor", "0")),
        target=Decimal(rule.get("target", "0")),
        each=Decimal(rule.get("each", "0")),
        steps=tuple(sorted(steps, reverse=up)),
    )


def _faults(document: Document) -> Iterator[str]:
    """What the schema cannot say: sums, known indicators, rules that fit."""
    body = document.body
    known = {item.code: item for item in indicators()}
    sums = dict.fromkeys(body["dimensions"], Decimal(0))
    seen: set[str] = set()
    for number, item in enumerate(body["indicators"]):
        code, path = item["code"], ["indicators", number, "code"]
        if code not in known:
            yield document.fault(path, f"“{code}”不是已有的指标。请使用工作领域文件中的指标。")
            continue
        if code in seen:
            yield document.fault(path, f"“{code}”重复。请只保留一处。")
        seen.add(code)
        yield from _rule_faults(document, number, item)
        weight, dimension = Decimal(item["weight"]), known[code].dimension
        if not weight:
            continue
        if dimension not in sums:
            yield document.fault(path, f"属于“{DIMENSIONS[dimension]}”，该维度没有权重。请补上维度或将权重改为 '0'。")
        else:
            sums[dimension] += weight
    if sum(Decimal(weight) for weight in body["dimensions"].values()) != FULL:
        yield document.fault(["dimensions"], "各维度权重之和不是 100。请改正。")
    for dimension, found in sums.items():
        if found != Decimal(body["dimensions"][dimension]):
            yield document.fault(["dimensions", dimension], f"与所属指标权重之和 {found} 不一致。请改正。")


def _rule_faults(document: Document, number: int, item: dict[str, Any]) -> Iterator[str]:
    rule, path = item["rule"], ["indicators", number, "rule"]
    given = set(rule) - {"kind"}
    if given != NEEDED[rule["kind"]]:
        needed = "、".join(sorted(NEEDED[rule["kind"]])) or "无"
        yield document.fault(path, f"的评分规则 {rule['kind']} 应有的项是：{needed}。请改正。")
    elif rule["kind"] == "linear" and Decimal(rule["floor"]) == Decimal(rule["target"]):
        yield document.fault(path, "的 floor 与 target 相同。请改正。")
    elif any(Decimal(step["share"]) > 1 for step in rule.get("steps", ())):
        yield document.fault(path, "的 share 大于 1。请改正。")
    if (rule["kind"] == "shown") != (Decimal(item["weight"]) == 0):
        yield document.fault(path, "：只展示不评分的指标权重为 '0'，评分的指标权重大于 0。请改正。")
