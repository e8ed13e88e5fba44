"""Secrets in cells: AES-256-GCM, bound to table, row and column, so that a cell copied to another row does not open."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from webapp.errors import Refused
from webapp.keys import derive

KEY_ID = "k1"
CHANNELS = "notice-channels"
_NONCE = 12
_UNREADABLE = "渠道地址无法解开，可能是主密钥已更换。请本人删除后重新添加。"


def seal(master: bytes, cell: str, text: str, *, purpose: str = CHANNELS) -> str:
    """The text as it is stored: "k1:" and base64; `cell` names table, row and column, e.g. "person_channel:7:target".
    Each purpose has a key of its own."""
    nonce = os.urandom(_NONCE)
    closed = AESGCM(_key(master, purpose)).encrypt(nonce, text.encode(), cell.encode())
    return f"{KEY_ID}:{base64.b64encode(nonce + closed).decode()}"


def unseal(master: bytes, cell: str, stored: str, *, purpose: str = CHANNELS) -> str:
    """What was sealed for this very cell. Raises `Refused` with what the person can do."""
    key_id, _, text = stored.partition(":")
    try:
        raw = base64.b64decode(text, validate=True)
        if key_id != KEY_ID or len(raw) <= _NONCE:
            raise ValueError(key_id)
        return AESGCM(_key(master, purpose)).decrypt(raw[:_NONCE], raw[_NONCE:], cell.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise Refused(_UNREADABLE) from error


def _key(master: bytes, purpose: str) -> bytes:
    return derive(master, f"{purpose}:{KEY_ID}")
