"""Commands that act for a person: `--as LOGIN` opens the doors of that account and no others."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Viewer, acting_as
from webapp.auth.models import Account
from webapp.auth.sessions import SIGN_IN
from webapp.db import session_scope
from webapp.errors import Forbidden, Refused
from webapp.org.models import Person
from webapp.org.queries import valid_grants


def viewer_of_login(session: Session, login: str) -> Viewer:
    """The viewer of an account with the postings of today; raises `Refused` when nobody could sign in with it."""
    with acting_as(session, SIGN_IN):
        statement = select(Account, Person.name).join(Person, Person.id == Account.person_id)
        found = session.execute(statement.where(Account.login == login)).one_or_none()
        if found is None:
            raise Refused(f"没有登录名为“{login}”的账号。请核对登录名。")
        account, name = found
        if account.closed_at is not None:
            raise Refused(f"账号“{login}”已停用，不能以其名义办理。请改用在用的账号。")
        grants = valid_grants(session, account.person_id, clock.today())
    if all(grant.on_behalf_of is not None for grant in grants):
        raise Refused(f"账号“{login}”目前没有任职，不能以其名义办理。请先登记任职。")
    return Viewer("account", name, account_id=account.id, person_id=account.person_id, grants=grants)


@contextmanager
def session_as(url: str, login: str, permission: str, *, writes: bool = True) -> Iterator[Session]:
    """One unit of work behind the same guard as a page: commits at its end, refused without the permission."""
    with session_scope(url, SIGN_IN, writes=writes) as session:
        viewer = viewer_of_login(session, login)
        if not viewer.may(permission):
            raise Forbidden()
        session.info["viewer"] = viewer.through(permission)
        yield session


@contextmanager
def session_for(url: str, login: str | None, permission: str) -> Iterator[Session]:
    """One unit of work for an account, as `session_as`; without a login for the server's administrator, who sees all."""
    if login is None:
        with session_scope(url, Viewer.system("命令行", "")) as session:
            yield session
    else:
        with session_as(url, login, permission) as session:
            yield session
