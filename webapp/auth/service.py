"""Acts of sign-in."""

from sqlalchemy.orm import Session

from webapp.auth.models import Account


def start_session(session: Session, account: Account, *, address: str | None, browser: str | None) -> str:
    """Start a server-side session; returns the token for the cookie (only its hash is stored)."""
    raise RuntimeError("being written")
