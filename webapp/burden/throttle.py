"""Tells apart who sends too much, for a day and in memory only: nothing that is kept leads back to an address."""

import hashlib
import hmac
import secrets
from collections import Counter
from datetime import date
from threading import Lock


class DailyTokens:
    """Counts acts by a salted token of the address. With the day salt and counts are gone, so that not even somebody
    who reads the memory can tell yesterday's addresses."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._day: date | None = None
        self._salt = b""
        self._counts: Counter[tuple[str, bytes]] = Counter()

    def allows(self, act: str, address: str, most: int, on: date) -> bool:
        """Count one act of an address; False from the one on that goes over `most` a day."""
        with self._lock:
            if on != self._day:
                self._day, self._salt = on, secrets.token_bytes(32)
                self._counts.clear()
            token = hmac.new(self._salt, address.encode(), hashlib.sha256).digest()
            self._counts[act, token] += 1
            return self._counts[act, token] <= most
