"""Making the first accounts from the command line: person, posting and account in one act."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.auth import passwords
from webapp.auth.accounts import check_login
from webapp.auth.models import Account
from webapp.errors import Refused
from webapp.org.codes import candidates
from webapp.org.models import Division, Person, Posting
from webapp.org.rules import LEVELS_OF_ROLE, check_level
from webapp.permissions import ROLE_NAMES


def enrol(
    session: Session, login: str, *, name: str, role: str, division: str, one_time: str
) -> tuple[Account, Posting]:
    """Make a person, a posting from today and an account with a one-time password.

    Raises `Refused` for an unknown role or division code, a role that does not exist at the division's level, and for a login that is taken.
    """
    login = login.strip().lower()
    check_login(login)
    name = name.strip()
    if not 1 <= len(name) <= 60:
        raise Refused("姓名须为 1 至 60 个字。请修改 --name。")
    if role not in ROLE_NAMES:
        raise Refused(f"没有“{role[:30]}”这个角色。请从以下角色中选一个：{'、'.join(ROLE_NAMES)}。")
    if session.scalar(select(Account.id).where(Account.login == login)) is not None:
        raise Refused(f"账号“{login}”已被使用。请换一个账号名。")
    code = _division(session, division)
    if role in LEVELS_OF_ROLE:
        check_level(role, code)
    person = Person(name=name, created_at=clock.now())
    session.add(person)
    session.flush()
    posting = Posting(person_id=person.id, role=role, unit_code=code, starts_on=clock.today())
    account = Account(
        person_id=person.id, login=login, password_hash=passwords.hashed(one_time), password_set_at=clock.now()
    )
    session.add_all([posting, account])
    session.flush()
    audit.record(session, "posting.start", "posting", posting.id, unit_code=code, after={"role": role})
    audit.record(session, "account.create", "account", account.id, unit_code=code, after={"login": login})
    return account, posting


def by_login(session: Session, login: str) -> Account:
    """The account of a login; raises `Refused` when there is none."""
    account = session.scalar(select(Account).where(Account.login == login.strip().lower()))
    if account is None:
        raise Refused(f"没有账号“{login[:60]}”。请核对账号名。")
    return account


def _division(session: Session, typed: str) -> str:
    for code in candidates(typed):
        found = session.get(Division, code)
        if found is not None and (found.valid_to is None or found.valid_to >= clock.today()):
            return found.code
    raise Refused(f"没有代码为“{typed}”的现行区划。请先用 divisions import 导入区划，或者核对代码。")
