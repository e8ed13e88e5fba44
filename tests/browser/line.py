"""The line between phone and server. While it flaps it breaks every so many seconds, as one in a valley does: what is under
way at that moment is cut where it stands, and nothing gets through until the line is back."""

import socket
import time
from collections.abc import Iterable
from typing import Any

PIECE = 16 * 1024


class Line:
    """WSGI middleware; while nothing is set every request goes through, as fast as it comes."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.asked = 0
        """Requests for `/api/` so far."""
        self.cut = 0
        """Those of them that the line broke, in the middle or before they arrived."""
        self._every = self._dead = self._pace = self._began = 0.0

    def flap(self, every: float, dead: float, pace: int) -> None:
        """From now on break every `every` seconds for `dead` seconds, and carry `pace` bytes a second upwards."""
        self._every, self._dead, self._pace, self._began = every, dead, pace, time.monotonic()

    @property
    def breaks(self) -> int:
        """How often the line has broken so far."""
        return int((time.monotonic() - self._began) / self._every) if self._every else 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith("/api/"):
            return self.app(environ, start_response)
        self.asked += 1
        before = self.breaks
        if before and (time.monotonic() - self._began) % self._every < self._dead:
            self._cut(environ)
        if self._pace:
            environ["wsgi.input"] = _Slow(self, environ["wsgi.input"], self._pace, before)
        answer = self.app(environ, start_response)
        if self.breaks != before:
            self._cut(environ)
        return answer

    def _cut(self, environ: dict[str, Any]) -> None:
        self.cut += 1
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        raise ConnectionResetError("the line broke")


class _Slow:
    """The body of a request as a thin line carries it, up to the moment in which that breaks."""

    def __init__(self, line: Line, body: Any, pace: float, breaks: int) -> None:
        self._line, self._body, self._pace, self._breaks = line, body, pace, breaks

    def read(self, size: int) -> bytes:
        piece: bytes = self._body.read(min(size, PIECE))
        time.sleep(len(piece) / self._pace)
        if self._line.breaks != self._breaks:
            raise ConnectionResetError("the line broke")
        return piece
