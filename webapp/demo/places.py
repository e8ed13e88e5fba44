"""The real places of the demo: divisions from the shipped file, and the organisations that act there."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from sqlalchemy.orm import Session

from webapp.org.codes import LENGTHS
from webapp.org.models import Division, Organisation, VillageDesignation

DATA = Path(__file__).resolve().parent / "data" / "fugong_533323.csv"
PROVINCE, CITY, COUNTY = "53", "5333", "533323"
ACCOUNT_VILLAGES = ("533323101201", "533323201201")
"""Villages whose teams have demo accounts."""
SENDING_UNITS = ("演示县交通运输局", "演示县水利局", "演示县林业和草原局", "演示县税务局", "演示州农业科学研究所")
_SINCE = date(2021, 5, 20)


@dataclass(frozen=True)
class Places:
    """Divisions by level, organisations by kind and unit, and the villages that must have a team."""

    townships: list[str]
    villages: list[str]
    names: dict[str, str]
    organisations: dict[tuple[str, str], int]
    sending_units: list[int]
    designated: list[str]


def add(session: Session, rng: Random) -> Places:
    """Write divisions that are missing, organisations and designations."""
    names = _divisions(session)
    townships = sorted(code for code in names if len(code) == 9)
    villages = sorted(code for code in names if len(code) == 12)
    rows = [
        Organisation(name=f"{names[code]}党委组织部", kind="organisation_department", unit_code=code)
        for code in (PROVINCE, CITY)
    ]
    rows += [
        Organisation(name="福贡县委组织部", kind="organisation_department", unit_code=COUNTY),
        Organisation(name="福贡县农业农村局", kind="rural_affairs", unit_code=COUNTY),
        Organisation(name="福贡县减负工作专班", kind="burden_relief", unit_code=COUNTY),
        Organisation(name="中共福贡县委员会", kind="party_committee", unit_code=COUNTY),
        Organisation(name="中共福贡县委办公室", kind="secretary_office", unit_code=COUNTY),
    ]
    rows += [
        Organisation(name=f"中共{names[code]}委员会", kind="party_committee", unit_code=code) for code in townships
    ]
    senders = [Organisation(name=name, kind="sending_unit", unit_code=COUNTY) for name in SENDING_UNITS]
    designated = _designated(villages, names, rng)
    teams = [
        Organisation(name=f"驻{names[code]}工作队", kind="work_team", unit_code=code, valid_from=_SINCE)
        for code in designated
    ]
    session.add_all([*rows, *senders, *teams])
    session.flush()
    _designations(session, designated, names, rng)
    organisations = {(row.kind, row.unit_code): row.id for row in (*rows, *teams)}
    return Places(townships, villages, names, organisations, [row.id for row in senders], designated)


def _divisions(session: Session) -> dict[str, str]:
    with DATA.open(encoding="utf-8-sig", newline="") as handle:
        found = [(int(row["level"]), row["code"], row["name"]) for row in csv.DictReader(handle)]
    names = {}
    for level, code, name in sorted(found):
        held = code[: LENGTHS[level]]
        names[held] = name
        if session.get(Division, held) is None:
            parent = held[: LENGTHS[level - 1]] if level > 1 else None
            session.add(Division(code=held, parent_code=parent, level=level, name=name))
    session.flush()
    return names


def _designated(villages: list[str], names: dict[str, str], rng: Random) -> list[str]:
    """About half of the villages: those built for relocation, and others by lot."""
    relocation = [code for code in villages if names[code].endswith("福社区居民委员会")]
    pinned = [*ACCOUNT_VILLAGES, *relocation]
    others = [code for code in villages if code not in pinned]
    return sorted([*pinned, *rng.sample(others, 34 - len(pinned))])


def _designations(session: Session, designated: list[str], names: dict[str, str], rng: Random) -> None:
    for number, code in enumerate(designated):
        kinds = ["relocation" if names[code].endswith("福社区居民委员会") else "formerly_poor"]
        if number % 4 == 0 and kinds == ["formerly_poor"]:
            kinds.append("key")
        if number in (7, 19, 28):
            kinds.append("weak_org")
        for kind in kinds:
            since = date(2025, 3, 1) if kind == "weak_org" else _SINCE
            session.add(
                VillageDesignation(unit_code=code, kind=kind, valid_from=since, document_no=f"演示〔{since.year}〕3号")
            )
    session.flush()
