"""The one-time password is drawn when the form is opened and travels in it sealed.

A second click then sends the same password again: it shows the same page instead of a password that no longer opens.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken

from webapp.auth import passwords
from webapp.keys import derive

SECONDS = 30 * 60


def _box(master: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derive(master, "one-time-password")))


def fresh(master: bytes) -> str:
    """A new one-time password, sealed."""
    return _box(master).encrypt(passwords.one_time().encode()).decode()


def opened(master: bytes, sealed: str | None) -> str | None:
    """The one-time password, or None when the form is older than half an hour or was not ours."""
    try:
        return _box(master).decrypt((sealed or "").encode(), ttl=SECONDS).decode()
    except InvalidToken:
        return None
