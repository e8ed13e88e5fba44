"""What the pages of accounts show."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from webapp import clock
from webapp.access import acting_as
from webapp.auth.limits import Limits
from webapp.auth.models import Account, SignInSession
from webapp.auth.sessions import SIGN_IN
from webapp.org.models import Person, Posting


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


def accounts(session: Session, words: str) -> Select[tuple[Account]]:
    """Accounts in scope by login, with the person and the postings; `words` searches login and name."""
    statement = (
        select(Account)
        .join(Account.person)
        .options(contains_eager(Account.person).selectinload(Person.postings))
        .order_by(Account.closed_at.is_not(None), Account.login)
    )
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        statement = statement.where(Account.login.ilike(like) | Person.name.like(like))
    return statement


def people_without_account(session: Session) -> list[Person]:
    """People in scope who hold or will hold a post and have no account yet, by name."""
    today = clock.today()
    posted = select(Posting.person_id).where(Posting.ends_on.is_(None) | (Posting.ends_on >= today))
    taken = select(Account.person_id)
    statement = (
        select(Person)
        .where(Person.id.in_(posted), Person.id.not_in(taken))
        .options(selectinload(Person.postings))
        .order_by(Person.name, Person.id)
        .limit(500)
    )
    return list(session.scalars(statement))


def current_postings(person: Person) -> list[Posting]:
    """The person's postings that have not ended, as far as the viewer sees them."""
    today = clock.today()
    return [posting for posting in person.postings if posting.ends_on is None or posting.ends_on >= today]
