"""The line to other systems: pinned to a judged address, no redirect followed, no proxy or password file read.

Apprise makes the messages of each kind of robot, but tells only yes or no and would go wherever a name server leads.
Its plugins therefore get their requests from here (see `robots`), and what really happened is kept for the outbox.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, NewConnectionError

from webapp.errors import Refused
from webapp.notices.addresses import permitted
from webapp.notices.outbox import UNREACHED, NotTaken

PATIENCE_SECONDS = 15
LONGEST_ANSWER = 16 * 1024
# Codes by which the WeCom and DingTalk robots ask to come back later: busy, too many messages a minute.
_LATER = {-1, 45009, 130101, 410100}


@dataclass
class Call:
    """One message on its way: where it may go, what to call at the point of no return, and how it went."""

    hosts: Sequence[str]
    promise: Callable[[], None]
    problem: Exception | None = None
    accepted: bool = field(default=False)


_call: ContextVar[Call] = ContextVar("outgoing_call")


@contextmanager
def calling(hosts: Sequence[str], promise: Callable[[], None]) -> Iterator[Call]:
    """Let plugins speak to the listed hosts within the block."""
    call = Call(hosts, promise)
    token = _call.set(call)
    try:
        yield call
    finally:
        _call.reset(token)


class _Pinned(HTTPAdapter):
    """Connects to the address that was judged, while certificate and Host header stay those of the name."""

    def __init__(self, address: str, host: str) -> None:
        self.address, self.host = address, host
        super().__init__(max_retries=0)

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        if host["scheme"] == "https":
            pool |= {"server_hostname": self.host, "assert_hostname": self.host}
        return host | {"host": self.address}, pool


class Wire:
    """What a plugin takes for the `requests` library."""

    RequestException = requests.RequestException
    codes = requests.codes

    def post(self, url: str, **said: Any) -> requests.Response:
        """POST, as `request`."""
        return self.request("POST", url, **said)

    def request(self, method: str, url: str, **said: Any) -> requests.Response:
        """One request; raises `requests.RequestException` for all but an acceptance, and keeps the reason in the call."""
        call = _call.get()
        try:
            response = self._ask(call, method, url, said)
        except (OSError, Refused, NotTaken) as error:
            call.problem = error
            raise requests.RequestException(type(error).__name__) from error
        call.accepted = True
        return response

    def _ask(self, call: Call, method: str, url: str, said: dict[str, Any]) -> requests.Response:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        address = permitted(host, port, call.hosts)
        with requests.Session() as session:
            session.trust_env = False
            session.mount(f"{parts.scheme}://", _Pinned(address, host))
            headers = {**said.get("headers", {}), "Host": parts.netloc.rpartition("@")[2]}
            call.promise()
            try:
                with session.request(
                    method,
                    url,
                    data=said.get("data"),
                    params=said.get("params"),
                    headers=headers,
                    timeout=PATIENCE_SECONDS,
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    _judge(response)
                    return response
            except requests.ConnectionError as error:
                if _never_connected(error):
                    raise NotTaken(UNREACHED, final=False) from error
                raise


def _judge(response: requests.Response) -> None:
    """Accepted, certainly not accepted (`NotTaken`), or nobody knows (`OSError`)."""
    code = response.status_code
    if code in (429, 503):
        raise NotTaken("对方暂不接收，稍后自动重试。", final=False)
    if 300 <= code < 500:
        _refused(f"代码 {code}")
    if not 200 <= code < 300:
        raise OSError(f"answered {code}")  # it may have broken down before or after it took the message
    told = _answer(response)
    problem = told.get("errcode", 0)
    if problem in _LATER:
        raise NotTaken("对方要求稍后再发，稍后自动重试。", final=False)
    if problem:
        _refused(f"代码 {problem}")


def _refused(why: str) -> NoReturn:
    raise NotTaken(f"对方没有接受（{why}）。请核对渠道地址后再发。", final=True)


def _answer(response: requests.Response) -> dict[str, Any]:
    """The JSON object of the answer; {} for anything else, which a plain receiver may well give."""
    content, until = b"", time.monotonic() + PATIENCE_SECONDS
    try:
        for piece in response.iter_content(1024):
            content += piece
            if len(content) > LONGEST_ANSWER or time.monotonic() > until:
                return {}
        told = json.loads(content)
    except (ValueError, requests.RequestException):
        return {}
    return told if isinstance(told, dict) else {}


def _never_connected(error: requests.ConnectionError) -> bool:
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError):
        return True  # no certificate to trust, so nothing was said
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
