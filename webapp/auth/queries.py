"""What the pages of accounts show."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from webapp import clock
from webapp.access import acting_as
from webapp.auth import throttle
from webapp.auth.accounts import APART
from webapp.auth.limits import Limits
from webapp.auth.models import Account, SignInSession
from webapp.auth.sessions import SIGN_IN
from webapp.org.models import Person, Posting
from webapp.permissions import ROLE_NAMES


def running_sessions(session: Session, account_ids: list[int], allowed: Limits) -> list[SignInSession]:
    """Sessions of these accounts that have not ended, the latest seen first; the caller has scoped the accounts."""
    now = clock.now()
    statement = (
        select(SignInSession)
        .where(
            SignInSession.account_id.in_(account_ids),
            SignInSession.ended_at.is_(None),
            SignInSession.last_seen_at > now - allowed.idle,
            SignInSession.created_at > now - allowed.absolute,
        )
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id)
    )
    with acting_as(session, SIGN_IN):
        return list(session.scalars(statement))


def sessions_by_account(session: Session, rows: list[Account], allowed: Limits) -> dict[int, list[SignInSession]]:
    """Running sessions by account, for one page of accounts."""
    found: dict[int, list[SignInSession]] = {}
    for row in running_sessions(session, [account.id for account in rows], allowed):
        found.setdefault(row.account_id, []).append(row)
    return found


def locked_logins(session: Session, rows: list[Account]) -> set[str]:
    """Which accounts of one page are locked somewhere."""
    with acting_as(session, SIGN_IN):
        return set(throttle.locked_accounts(session, [account.login for account in rows], clock.now()))


def accounts(words: str) -> Select[tuple[Account]]:
    """Accounts in scope by login, with the person and the postings; `words` searches login and name."""
    statement = (
        select(Account)
        .join(Account.person)
        .options(contains_eager(Account.person).selectinload(Person.postings).joinedload(Posting.division))
        .order_by(Account.closed_at.is_not(None), Account.login)
    )
    if words:
        named = Person.name.contains(words, autoescape=True)
        statement = statement.where(Account.login.contains(words.lower(), autoescape=True) | named)
    return statement


def people_choices(session: Session) -> list[tuple[int, str]]:
    """People in scope who hold or will hold a post and have no account yet, by name, with their posts."""
    posted = select(Posting.person_id).where(Posting.ends_on.is_(None) | (Posting.ends_on >= clock.today()))
    statement = (
        select(Person)
        .where(Person.id.in_(posted), Person.id.not_in(select(Account.person_id)))
        .options(selectinload(Person.postings).joinedload(Posting.division))
        .order_by(Person.name, Person.id)
        .limit(500)
    )
    return [(person.id, f"{person.name}（{_posts(person)}）") for person in session.scalars(statement)]


def posts_of(rows: list[Account]) -> dict[int, str]:
    """The present posts of each account's person in words, as far as the viewer sees them."""
    return {account.person_id: _posts(account.person) for account in rows}


def kept_apart(rows: list[Account]) -> set[int]:
    """People whose accounts a system administrator does not touch: holders of the two other offices."""
    return {a.person_id for a in rows if any(post.role in APART for post in _current(a.person))}


def _current(person: Person) -> list[Posting]:
    today = clock.today()
    return [post for post in person.postings if post.ends_on is None or post.ends_on >= today]


def _posts(person: Person) -> str:
    return "、".join(f"{post.division.name}{ROLE_NAMES[post.role]}" for post in _current(person))
