"""The line between phone and server: it breaks when a test says so, before a request arrives or after it was worked on."""

import socket
from collections.abc import Iterable
from typing import Any


class Line:
    """WSGI middleware; while nothing is set every request goes through."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.every = 0
        """Of the requests to `paths`, each n-th breaks; 0 for a good line."""
        self.paths = ("/api/",)
        self.asked = 0
        """Requests to `paths` so far."""
        self.broken = 0

    def flap(self, every: int, *paths: str) -> None:
        """Break each n-th request from now on: in turn before the server sees it, and after it has done its work."""
        self.every, self.asked, self.broken = every, 0, 0
        self.paths = paths or self.paths

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(self.paths):
            return self.app(environ, start_response)
        self.asked += 1
        if not self.every or self.asked % self.every:
            return self.app(environ, start_response)
        self.broken += 1
        if self.broken % 2 == 0:
            for _ in self.app(environ, lambda *_: None):
                pass
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        raise ConnectionResetError("the line broke")
