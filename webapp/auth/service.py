"""Acts of sign-in."""

from sqlalchemy.orm import Session

from webapp.auth import sessions
from webapp.auth.models import Account


def start_session(session: Session, account: Account, *, address: str | None, browser: str | None) -> str:
    """Start a server-side session; returns the token for the cookie (only its hash is stored)."""
    return sessions.start(session, account, address=address, browser=browser)
