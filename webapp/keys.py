"""Keys per purpose, derived from the one master key, so that no two uses share a secret."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(master: bytes, purpose: str) -> bytes:
    """32 bytes for one named purpose (HKDF-SHA256), e.g. "flask-session" or "draft:<account id>"."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"dandang/{purpose}".encode()).derive(master)


def draft_slot(master: bytes, account_id: int | None) -> str:
    """The place of an account's drafts in a browser: opaque, so that a record there says nothing of its owner."""
    return derive(master, f"draft-slot:{account_id}").hex()[:32]
