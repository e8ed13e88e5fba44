"""A real receiver of webhooks: keeps what arrived, answers as it is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class Receiver:
    """`answer` is a status, or "cut" to take the message and drop the line."""

    port: int = 0
    answer: int | str = 200
    body: bytes = b"ok"
    location: str = ""
    arrived: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    """(path, headers, JSON body) of each request."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook/secret-token-{self.port}?channel=duty"


@contextmanager
def receiving() -> Iterator[Receiver]:
    """The receiver, listening on the loopback for the block."""
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            state.arrived.append((self.path, dict(self.headers), json.loads(content)))
            if state.answer == "cut":
                self.connection.close()
                return
            self.send_response(int(state.answer))
            if state.location:
                self.send_header("Location", state.location)
            self.send_header("Content-Length", str(len(state.body)))
            self.end_headers()
            self.wfile.write(state.body)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
