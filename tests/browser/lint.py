"""What holds for every answer that a browser gets. A new rule for pages goes here, not into ten tests."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request

INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bnonce=)[^>]*>", re.IGNORECASE)
INLINE_STYLE = re.compile(r"<style(?![^>]*\bnonce=)[^>]*>|<[a-z][^>]*\sstyle\s*=", re.IGNORECASE)
HANDLER = re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE)
LEFTOVER = re.compile(r"\{\{|\}\}|\{%|>None<|&lt;Undefined")
RULES = {
    "a script without nonce": INLINE_SCRIPT,
    "a style without nonce": INLINE_STYLE,
    "a handler in an attribute": HANDLER,
    "a leftover of the template": LEFTOVER,
}


class Linted:
    """WSGI middleware that reads each HTML answer as it is sent; `problems` is what was found."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.problems: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen: list[dict[str, str]] = []

        def noting(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if not status.startswith("3"):  # nobody reads the body of a redirect
                seen.append({name.lower(): value for name, value in headers})
            return start_response(status, headers, *rest)

        answer = self.app(environ, noting)
        if not (seen and seen[0].get("content-type", "").startswith("text/html")):
            return answer
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        self._read(environ["PATH_INFO"], seen[0], body.decode())
        return [body]

    def _read(self, path: str, headers: dict[str, str], html: str) -> None:
        policy = headers.get("content-security-policy", "")
        if "nonce-" not in policy or "unsafe-inline" in policy or "default-src 'none'" not in policy:
            self.problems.append(f"{path}: the content security policy is weak or missing: {policy!r}")
        if headers.get("cache-control") != "no-store":
            self.problems.append(f"{path}: the page may be kept: {headers.get('cache-control')!r}")
        if html and 'lang="zh-CN"' not in html:
            self.problems.append(f"{path}: the page does not name its language")
        for name, rule in RULES.items():
            if found := rule.search(html):
                self.problems.append(f"{path}: {name}: {found[0][:80]}")


class Watch:
    """What a browser did that no page of ours may do; words of expected failures are named first with `expect`."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.host = urlsplit(address).netloc
        self.expected: list[str] = []
        self.problems: list[str] = []
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"script failed: {error.error}"))

    def expect(self, words: str) -> None:
        """A failure that this journey causes by intent, e.g. "status of 409"."""
        self.expected.append(words)

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.host:
            self.problems.append(f"foreign request: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in self.expected):
            self.problems.append(f"console: {message.text}")
