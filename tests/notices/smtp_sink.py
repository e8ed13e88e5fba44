"""A real mail server: keeps what it accepts, answers as it is told."""

from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession

from tests.postgres import free_port


class Sink:
    """`data_answer` "cut" accepts and drops the line before the answer."""

    def __init__(self) -> None:
        self.accepted: list[Envelope] = []
        self.rcpt_answer = "250 OK"
        self.data_answer = "250 OK"
        self.port = 0

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: SmtpSession, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.rcpt_answer

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802
        if self.data_answer == "cut":
            self.accepted.append(envelope)
            server.transport.abort()  # accepted, and the line is gone before the answer
        elif self.data_answer.startswith("250"):
            self.accepted.append(envelope)
        return "250 OK" if self.data_answer == "cut" else self.data_answer


@contextmanager
def accepting() -> Iterator[Sink]:
    """The server, listening on the loopback for the block."""
    handler = Sink()
    handler.port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()
