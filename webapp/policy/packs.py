"""Rule packs: what a file must satisfy beyond its schema, and which value is in force where and when (section 12).

Pure: files and plain values in, packs and values out. A national pack gives every parameter; an overlay names its
base and its division and gives only what differs; the nearest division wins.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from webapp.org.codes import candidates
from webapp.policy.reading import Document, Unreadable, check, read

FOLDER = Path(__file__).resolve().parent / "packs"
LAST_DAY_OF_RANKING = "2025-12-31"


@dataclass(frozen=True)
class Pack:
    """One valid pack; `unit_code` is "" for a national one, else its division at the length of its level."""

    slug: str
    title: str
    base: str | None
    unit_code: str
    valid_from: date
    valid_to: date | None
    sha256: str
    body: dict[str, Any]

    @cached_property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """ "group.key" → value, unit, source and mark."""
        groups = self.body["parameters"].items()
        return {f"{group}.{key}": entry for group, keys in groups for key, entry in keys.items()}

    def in_force(self, on: date) -> bool:
        """Whether the day lies between the pack's dates, both included."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def applies_to(self, unit_code: str) -> bool:
        """Whether the unit lies in the pack's division."""
        return unit_code.startswith(self.unit_code)


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """The JSON schema of packs; it lists every key there is."""
    return json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def shipped() -> tuple[Pack, ...]:
    """The national packs that come with the product, in the order of their dates."""
    files = sorted(FOLDER.glob("*.yaml"))
    return tuple(sorted((parse(f.name, f.read_bytes()) for f in files), key=lambda pack: pack.valid_from))


def parse(name: str, content: bytes, nationals: Iterable[Pack] = ()) -> Pack:
    """The pack in a file. Raises `Unreadable` with every fault; `nationals` are the bases an overlay may name."""
    document = read(name, content)
    faults = (
        _ranking_faults(document)
        or check(document, schema())
        or _faults(document, {pack.slug: pack for pack in nationals})
    )
    if faults:
        raise Unreadable(faults)
    return from_body(document.body)


def from_body(body: dict[str, Any]) -> Pack:
    """A pack from content that has passed every check (also from a stored record); the hash is over the content."""
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    valid_to = body.get("valid_to")
    return Pack(
        slug=body["slug"],
        title=body["title"],
        base=body.get("base"),
        unit_code=candidates(body["division"])[0] if "division" in body else "",
        valid_from=date.fromisoformat(body["valid_from"]),
        valid_to=date.fromisoformat(valid_to) if valid_to else None,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        body=body,
    )


def _ranking_faults(document: Document) -> list[str]:
    """X-7, asked before the schema does: its own condition would only say that the last day is missing."""
    last = str(document.body.get("valid_to") or date.max)
    if document.body.get("shows_ranking") is True and last > LAST_DAY_OF_RANKING:
        return [document.fault(["shows_ranking"], "只能在2025年底前失效的规则包中为 true。请改为 false。")]
    return []


def _faults(document: Document, nationals: dict[str, Pack]) -> list[str]:
    body = document.body
    pack = from_body(body)
    faults = []
    if pack.valid_to and pack.valid_to < pack.valid_from:
        faults.append(document.fault(["valid_to"], "早于生效日期。请改正日期。"))
    if ("base" in body) != ("division" in body):
        faults.append(document.fault([], "：地方规则包必须同时写明 base 和 division，全国规则包都不写。请改正。"))
    elif pack.base is None:
        missing = sorted(set(all_keys()) - set(pack.parameters))
        faults += [
            document.fault(["parameters"], f"缺少“{key}”。全国规则包必须给出全部参数，请补上。") for key in missing
        ]
    elif pack.base not in nationals:
        known = "、".join(nationals) or "无"
        faults.append(document.fault(["base"], f"“{pack.base}”不是已有的全国规则包（现有：{known}）。请改正。"))
    elif not _inside(pack, nationals[pack.base]):
        faults.append(document.fault(["valid_from"], "或失效日期超出所依据的全国规则包。请改正日期。"))
    return faults + _contradictions(document, pack, nationals)


def _inside(pack: Pack, base: Pack) -> bool:
    if pack.valid_from < base.valid_from:
        return False
    return base.valid_to is None or (pack.valid_to is not None and pack.valid_to <= base.valid_to)


def _contradictions(document: Document, pack: Pack, nationals: dict[str, Pack]) -> list[str]:
    """Values that are each allowed and cannot stand together; an overlay is judged over its base."""
    base = nationals.get(pack.base or "")
    merged = {**(base.parameters if base else {}), **pack.parameters}
    values = {key: entry["value"] for key, entry in merged.items()}
    faults = []
    for low, high in (("team.min", "team.max"), ("person.excellent_quota", "person.excellent_cap")):
        if low in values and high in values and values[low] > values[high]:
            key = low if low in pack.parameters else high
            faults.append(document.fault(["parameters", *key.split(".")], f"与上下限矛盾：{low} 大于 {high}。请改正。"))
    shares = values.get("person.sheet")
    if shares and sum(Decimal(str(share)) for share in shares.values()) != 1:
        faults.append(document.fault(["parameters", "person", "sheet"], "各方权重之和应为 1。请改正。"))
    return faults


@lru_cache(maxsize=1)
def all_keys() -> tuple[str, ...]:
    """Every parameter that this version knows."""
    groups = schema()["properties"]["parameters"]["properties"].items()
    return tuple(f"{group}.{key}" for group, rules in groups for key in rules["properties"])


def overlaps(pack: Pack, other: Pack) -> bool:
    """Whether two packs of one division would both be in force on some day."""
    if pack.slug == other.slug or pack.unit_code != other.unit_code or bool(pack.base) != bool(other.base):
        return False
    starts = max(pack.valid_from, other.valid_from)
    ends = min(pack.valid_to or date.max, other.valid_to or date.max)
    return starts <= ends


def in_force(packs: Iterable[Pack], on: date, unit_code: str) -> list[Pack]:
    """The national pack of a day, then overlays from the farthest division to the nearest."""
    valid = [pack for pack in packs if pack.in_force(on)]
    national = [pack for pack in valid if pack.base is None]
    bases = {pack.slug for pack in national}
    overlays = [pack for pack in valid if pack.base in bases and pack.applies_to(unit_code)]
    return national + sorted(overlays, key=lambda pack: len(pack.unit_code))
