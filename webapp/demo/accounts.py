"""Demo accounts: one for each role and level, two at each desk. Their passwords follow from the instance's key."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.auth import passwords
from webapp.auth.models import Account
from webapp.demo.people import Staff
from webapp.demo.places import ACCOUNT_VILLAGES, CITY, COUNTY, PROVINCE, Places
from webapp.keys import derive
from webapp.org.codes import full
from webapp.org.models import ORGANISATION_KINDS, Organisation, Posting

LEVELS = {2: "sheng", 4: "shi", 6: "xian", 9: "xiang", 12: "cun"}
ROLES = {
    "secretary": "shuji",
    "deputy": "fuzhi",
    "first_secretary": "diyishuji",
    "team_member": "duiyuan",
    "desk": "jingban",
    "supervisor": "ducha",
    "leader": "lingdao",
    "system_admin": "xitong",
    "security_admin": "anquan",
    "audit_admin": "shenji",
}
OFFICES = {
    "secretary_office": "shuban",
    "burden_relief": "jianfu",
    "organisation_department": "zuzhi",
    "sending_unit": "paichu",
}
"""Desks of the county in offices with rights of their own: kind of organisation → login."""


@dataclass(frozen=True)
class DemoAccount:
    """What a visitor needs to sign in; `unit_code` has 12 digits."""

    login: str
    password: str
    role: str
    unit_code: str
    office: str = ""
    """The kind of an office of its own, in words."""


def add(session: Session, staff: Staff, places: Places, master_key: bytes) -> None:
    """Make the accounts; their e-mail addresses lie in a domain that cannot exist."""
    today = clock.today()
    taken: set[str] = set()
    for unit_code, role, number in _wanted(places):
        on_post = [p for p in staff.on_post(unit_code, today) if _is_wanted(p, role, places)]
        for posting in on_post[:number]:
            login = _login(posting, role, places, taken)
            session.add(
                Account(
                    person_id=posting.person_id,
                    login=login,
                    email=f"{login}@demo.invalid",
                    password_hash=passwords.hashed(password_of(login, master_key)),
                    password_set_at=clock.now(),
                    must_change_password=False,
                    is_demo=True,
                )
            )
    session.flush()


def password_of(login: str, master_key: bytes) -> str:
    """The demo password of a login: 20 characters of four kinds, the same as long as the instance keeps its key."""
    digest = hmac.digest(derive(master_key, "demo-passwords"), login.encode(), hashlib.sha256)
    letters = base64.b32encode(digest).decode().lower().replace("l", "8").replace("o", "9")
    return f"Yanshi-{letters[:4]}-{letters[4:8]}-{letters[8:11]}7"


def listed(session: Session, master_key: bytes) -> list[DemoAccount]:
    """Every open demo account with each of its present posts, in the order of making."""
    today = clock.today()
    statement = (
        select(Account.login, Posting.role, Posting.unit_code, Organisation.kind)
        .join(Posting, Posting.person_id == Account.person_id)
        .outerjoin(Organisation, Organisation.id == Posting.organisation_id)
        .where(Account.is_demo, Account.closed_at.is_(None), Posting.starts_on <= today)
        .where(Posting.ends_on.is_(None) | (Posting.ends_on >= today))
        .order_by(Account.id, Posting.id)
    )
    return [
        DemoAccount(
            login,
            password_of(login, master_key),
            role,
            full(code),
            ORGANISATION_KINDS[kind] if kind in OFFICES and (role, code) == ("desk", COUNTY) else "",
        )
        for login, role, code, kind in session.execute(statement)
    ]


def _wanted(places: Places) -> list[tuple[str, str, int]]:
    """Unit, role (or office of its own) and how many people get an account."""
    first_township = places.townships[0]
    wanted = [(unit, "secretary", 1) for unit in (PROVINCE, CITY, COUNTY, first_township, ACCOUNT_VILLAGES[0])]
    for village in ACCOUNT_VILLAGES:
        wanted += [
            (village, "first_secretary", 2),
            (village, "team_member", 1),
        ]  # where one leaves, leaver and successor
    wanted += [(unit, "desk", 2) for unit in (PROVINCE, CITY, COUNTY, *places.townships)]
    wanted += [(unit, "supervisor", 1) for unit in (PROVINCE, CITY, COUNTY, first_township)]
    wanted += [(unit, "leader", 1) for unit in (PROVINCE, CITY, COUNTY)]
    wanted += [(COUNTY, role, 1) for role in ("deputy", *OFFICES)]
    wanted += [(COUNTY, role, 1) for role in ("system_admin", "security_admin", "audit_admin")]
    return wanted


def _is_wanted(posting: Posting, role: str, places: Places) -> bool:
    offices = {id_: kind for (kind, code), id_ in places.organisations.items() if kind in OFFICES and code == COUNTY}
    offices |= dict.fromkeys(places.sending_units, "sending_unit")
    office = offices.get(posting.organisation_id or 0) if posting.role == "desk" else None
    return (office or posting.role) == role


def _login(posting: Posting, role: str, places: Places, taken: set[str]) -> str:
    """E.g. "xian-jingban1", "xiang2-jingban1" for the second township, "cun-diyishuji"."""
    level = LEVELS[len(posting.unit_code)]
    if posting.unit_code in places.townships[1:]:
        level += str(places.townships.index(posting.unit_code) + 1)
    if posting.unit_code == ACCOUNT_VILLAGES[1]:
        level += "2"
    login = f"{level}-{OFFICES.get(role) or ROLES[role]}"
    if role == "desk":
        login += "2" if f"{login}1" in taken else "1"
    elif login in taken:
        login += "2"
    taken.add(login)
    return login
