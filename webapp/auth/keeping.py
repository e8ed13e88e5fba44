"""What was typed when the session had already ended: carried through the sign-in page, sealed, and sent again after it.

The browser holds the text meanwhile, in a form only the server opens, and it opens again only for the same account.
"""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken

from webapp.auth.own_paths import own_path
from webapp.keys import derive

LARGEST = 400_000  # bytes; sealed it still fits under the limit of a form
HOURS = 12
_SECRET = ("password", "current", "new", "repeat", "csrf_token", "kept")


@dataclass(frozen=True)
class Kept:
    """A form that could not be taken: where it was going, what it held, and whose it was (None: not known)."""

    path: str
    fields: tuple[tuple[str, str], ...]
    account_id: int | None
    files: bool = False
    """Files were chosen; a browser lets nobody else choose them again."""

    @property
    def readable(self) -> list[str]:
        """What a person would recognise: texts with Chinese characters, not ids and codes."""
        return [value for _, value in self.fields if any("一" <= sign <= "鿿" for sign in value)]


def _box(master: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derive(master, "kept-text")))


def seal(master: bytes, kept: Kept) -> str | None:
    """The sealed form of a kept text; None when it is too long to be carried."""
    plain = json.dumps([kept.path, kept.fields, kept.account_id, kept.files], ensure_ascii=False).encode()
    return _box(master).encrypt(plain).decode() if len(plain) <= LARGEST else None


def unseal(master: bytes, sealed: str | None) -> Kept | None:
    """The kept text, or None when it is too old, not ours, or not for this site."""
    if not sealed:
        return None
    try:
        path, fields, account_id, files = json.loads(_box(master).decrypt(sealed.encode(), ttl=HOURS * 3600))
    except InvalidToken:
        return None
    return Kept(path, tuple((n, v) for n, v in fields), account_id, files) if own_path(path) else None


def fields_of(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The fields worth keeping: everything but passwords and tokens."""
    return tuple((name, value) for name, value in pairs if name not in _SECRET)
