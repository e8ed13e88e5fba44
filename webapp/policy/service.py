"""Load rule packs and ask them for values."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.errors import Refused
from webapp.policy import packs
from webapp.policy.models import RulePackRecord
from webapp.policy.packs import Pack
from webapp.policy.reading import LARGEST_FILE, Unreadable

_CACHE = "policy.packs"
_read: dict[str, Pack] = {}
"""Recorded packs by the hash of their content."""


def load_packs(session: Session, folder: Path | None = None) -> list[Pack]:
    """Record the shipped packs and those of a folder (instance/packs), each content once; gives the newly recorded.

    All or nothing: raises `Unreadable` with every fault of every file. A pack ends by its `valid_to`; taking a file
    away withdraws nothing, because runs and deadlines were made under it.
    """
    found = [*packs.shipped(), *read_folder(folder, known_packs(session))]
    recorded = set(session.execute(select(RulePackRecord.slug, RulePackRecord.sha256)).tuples())
    fresh = [pack for pack in found if (pack.slug, pack.sha256) not in recorded]
    for pack in fresh:
        session.add(
            RulePackRecord(
                slug=pack.slug,
                sha256=pack.sha256,
                base=pack.base,
                unit_code=pack.unit_code or None,
                valid_from=pack.valid_from,
                valid_to=pack.valid_to,
                body=pack.body,
                loaded_at=clock.now(),
            )
        )
        after = {"sha256": pack.sha256, "valid_from": str(pack.valid_from), "valid_to": str(pack.valid_to or "")}
        audit.record(session, "pack.load", "rule_pack", pack.slug, unit_code=pack.unit_code, after=after)
    session.flush()
    session.info.pop(_CACHE, None)
    return fresh


def read_folder(folder: Path | None, known: Iterable[Pack]) -> list[Pack]:
    """Every pack of a folder, national ones first. Raises `Unreadable` with the faults of all files."""
    files = sorted(folder.glob("*.y*ml")) if folder and folder.is_dir() else []
    names = {pack.slug: pack for pack in known}
    shipped = {pack.slug: pack.sha256 for pack in packs.shipped()}
    found: list[Pack] = []
    faults: list[str] = []
    for file in sorted(files, key=lambda f: b"\nbase:" in b"\n" + _bytes(f)):
        try:
            nationals = [pack for pack in names.values() if pack.base is None]
            pack = packs.parse(file.name, _bytes(file), nationals)
        except Unreadable as error:
            faults += error.faults
            continue
        if shipped.get(pack.slug, pack.sha256) != pack.sha256:
            faults.append(f"{file.name} 的名称“{pack.slug}”与随附的规则包相同。请换一个 slug。")
        clash = [other.slug for other in names.values() if packs.overlaps(pack, other)]
        if clash:
            faults.append(f"{file.name} 与“{clash[0]}”的地区相同、有效期重叠。请先改正其中一个的有效期。")
        names[pack.slug] = pack
        found.append(pack)
    if faults:
        raise Unreadable(faults)
    return found


def _bytes(file: Path) -> bytes:
    with file.open("rb") as handle:
        return handle.read(LARGEST_FILE + 1)  # one byte more than allowed, so that the reader refuses it


def known_packs(session: Session) -> list[Pack]:
    """The shipped packs and the latest recorded content of every other; read once a session."""
    cached = session.info.get(_CACHE)
    if cached is None:
        shipped = packs.shipped()
        others = {"shipped": [pack.slug for pack in shipped]}
        latest = {slug: (number, sha256) for number, slug, sha256 in session.execute(_others(), others)}
        cached = session.info[_CACHE] = [*shipped, *(_content(session, *one) for one in latest.values())]
    return cached  # type: ignore[no-any-return]


@cache
def _others() -> Select[tuple[int, str, str]]:
    """What was recorded besides the shipped packs, the newest last; written once, because every page asks it."""
    wanted = RulePackRecord.slug.not_in(bindparam("shipped", expanding=True))
    return (
        select(RulePackRecord.id, RulePackRecord.slug, RulePackRecord.sha256).where(wanted).order_by(RulePackRecord.id)
    )


def _content(session: Session, number: int, sha256: str) -> Pack:
    """The pack of a record. The hash is over its content, so that it needs to be read only once."""
    if sha256 not in _read:
        body = session.execute(select(RulePackRecord.body).where(RulePackRecord.id == number)).scalar_one()
        _read[sha256] = packs.from_body(body)
    return _read[sha256]


def packs_in_force(session: Session, *, on: date, unit_code: str = "") -> list[Pack]:
    """The national pack of a day and the overlays over a unit, the nearest last. Raises `Refused` without a national."""
    found = packs.in_force(known_packs(session), on, unit_code)
    if not found:
        raise Refused(f"{on.year}年{on.month}月{on.day}日没有有效的规则包。请改选2021年以后的日期。")
    return found


def entry(session: Session, key: str, *, on: date, unit_code: str = "") -> dict[str, Any]:
    """A parameter with its value, unit, source and mark, as the nearest pack gives it.

    Raises `Refused` where the national pack of the day was loaded by a version that did not know the parameter, and
    `KeyError` for what is none.
    """
    found = packs_in_force(session, on=on, unit_code=unit_code)
    for pack in reversed(found):
        if key in pack.parameters:
            return pack.parameters[key]
    if key in packs.all_keys():
        old = found[0].slug
        raise Refused(f"全国规则包“{old}”由旧版本载入，没有参数“{key}”。请系统管理员在文件中补上后重新载入规则包。")
    raise KeyError(key)


def parameter(session: Session, key: str, *, on: date, unit_code: str = "") -> Any:
    """The value of a parameter on a day for a unit: `parameter(s, "tenure.handover_days", on=day)`."""
    return entry(session, key, on=on, unit_code=unit_code)["value"]
