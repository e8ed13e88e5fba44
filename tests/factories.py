"""Rows for tests: real places, invented people. Every maker flushes and returns the row."""

import csv
from datetime import date, datetime
from itertools import count

from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Grant, Viewer
from webapp.auth.models import Account
from webapp.auth.service import start_session
from webapp.bulk import insert_many
from webapp.config import ROOT
from webapp.org.codes import LENGTHS
from webapp.org.models import Division, Organisation, Person, Posting

FUGONG = ROOT / "webapp" / "demo" / "data" / "fugong_533323.csv"
COUNTY, TOWNSHIP, VILLAGE = "533323", "533323101", "533323101201"
SISTER_VILLAGE, OTHER_TOWNSHIP, OTHER_VILLAGE = "533323101202", "533323201", "533323201201"
NEIGHBOUR_COUNTY, NEIGHBOUR_TOWNSHIP, NEIGHBOUR_VILLAGE = "533301", "533301101", "533301101201"
NEIGHBOURS = (
    ("533301", 3, "泸水市"),
    ("533301101", 4, "六库街道"),
    ("533301101201", 5, "新寨村委会"),
)
_numbers = count(1)


def add_fugong(session: Session) -> None:
    """福贡县 with its city, province, townships and villages, and one branch of the neighbour county."""
    with FUGONG.open(encoding="utf-8") as handle:
        listed = [(r["code"], int(r["level"]), r["name"]) for r in csv.DictReader(handle)]
    places = sorted([(c[: LENGTHS[n]], n, name) for c, n, name in listed] + list(NEIGHBOURS))
    above = {code: code[: LENGTHS[level - 1]] if level > 1 else None for code, level, _ in places}
    rows = [{"code": c, "parent_code": above[c], "level": level, "name": name} for c, level, name in places]
    insert_many(session, Division, rows)


def person(session: Session, name: str | None = None) -> Person:
    row = Person(name=name or f"测试{next(_numbers)}", is_demo=True, created_at=clock.now())
    session.add(row)
    session.flush()
    return row


def posting(
    session: Session,
    role: str,
    unit_code: str,
    person_id: int | None = None,
    starts_on: date = date(2025, 1, 1),
    ends_on: date | None = None,
    kind: str | None = None,
) -> Posting:
    """A posting; with a `kind` it lies in a new organisation of that kind in the unit."""
    row = Posting(
        person_id=person_id or person(session).id,
        role=role,
        unit_code=unit_code,
        organisation_id=organisation(session, f"测试机构{next(_numbers)}", kind, unit_code).id if kind else None,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    session.add(row)
    session.flush()
    return row


def organisation(session: Session, name: str, kind: str, unit_code: str) -> Organisation:
    row = Organisation(name=name, kind=kind, unit_code=unit_code)
    session.add(row)
    session.flush()
    return row


def account(session: Session, person_id: int, login: str | None = None) -> Account:
    """An account that has set its password; the hash opens for no password."""
    row = Account(
        person_id=person_id,
        login=login or f"test{next(_numbers)}",
        password_hash="!",
        password_set_at=clock.now(),
        must_change_password=False,
    )
    session.add(row)
    session.flush()
    return row


def signed_in_person(
    session: Session, role: str, unit_code: str, person_id: int | None = None, kind: str | None = None
) -> tuple[str, int]:
    """A posting, an account and a running session: its cookie token and the person's id."""
    post = posting(session, role, unit_code, person_id, kind=kind)
    own = account(session, post.person_id)
    return start_session(session, own, address="127.0.0.1", browser="test"), post.person_id


def viewer(
    session: Session, role: str, unit_code: str, person_id: int | None = None, kind: str | None = None
) -> Viewer:
    """The viewer of a new posting, for service tests."""
    post = posting(session, role, unit_code, person_id, kind=kind)
    grant = Grant(role, unit_code, post.id, post.organisation_id, kind)
    return Viewer("account", post.person.name, account_id=0, person_id=post.person_id, grants=(grant,))


def at(text: str) -> datetime:
    """An aware moment in China: at("2026-10-09 09:30")."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.CHINA)
