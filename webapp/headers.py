"""What every answer carries: the content policy, what browsers may keep, and small static files."""

import gzip
import hashlib
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, g, request
from werkzeug.utils import safe_join
from werkzeug.wrappers import Response

from webapp.guards import is_unseen

STATIC = ("static", "bootstrap.static", "offline.module")
YEAR = 365 * 24 * 3600
COMPRESSED = ("text/css", "text/javascript", "application/javascript", "image/svg+xml")
SMALLEST = 1_000  # bytes; below this gzip saves nothing on the wire
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; object-src 'self'; frame-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(), payment=(), usb=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.after_request(_dress)

    @app.url_defaults
    def version_static(endpoint: str, values: dict[str, Any]) -> None:
        """Put the file's version into its address, so that browsers may keep it for a year."""
        if endpoint in STATIC and "filename" in values and "v" not in values:
            version = _version_of(_static_path(app, endpoint, values["filename"]))
            if version:
                values["v"] = version


def csp_nonce() -> str:
    """The nonce of this answer; every own `<script>` and `<style>` element carries it."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def _static_path(app: Flask, endpoint: str, filename: str) -> str | None:
    scaffold = app if endpoint == "static" else app.blueprints[endpoint.removesuffix(".static")]
    return safe_join(scaffold.static_folder or "", filename)


def _version_of(path: str | None) -> str | None:
    """A short hash of the file as it stands now."""
    if path is None:
        return None
    try:
        return _hash_of(path, Path(path).stat().st_mtime_ns)
    except OSError:
        return None  # the address of a file that is not there answers 404 by itself


@lru_cache(maxsize=256)
def _hash_of(path: str, _changed: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def _dress(response: Response) -> Response:
    if is_unseen(request.endpoint):
        # A receipt may stand in the address; the next request must not carry it into a log.
        response.headers["Referrer-Policy"] = "no-referrer"
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    # A report is shown inside our own page; nothing else is ever framed, and by nobody else.
    ancestors = "'self'" if response.mimetype == "application/pdf" else "'none'"
    policy = POLICY.format(nonce=g.get("csp_nonce") or secrets.token_urlsafe(16), ancestors=ancestors)
    response.headers.setdefault("Content-Security-Policy", policy)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}; includeSubDomains")
    if request.endpoint in STATIC:
        return _keep_and_compress(response)
    if "Cache-Control" not in response.headers or not response.headers["Cache-Control"].startswith("private"):
        response.headers["Cache-Control"] = "no-store"
    return response


def _keep_and_compress(response: Response) -> Response:
    """Let versioned files be kept for a year and send text compressed.

    Pages are not compressed: a secret (the form token) beside text from the address would leak by its length.
    """
    versioned = request.args.get("v") or (request.view_args or {}).get("version")
    if versioned and response.status_code in (200, 304):
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    response.vary.add("Accept-Encoding")
    fits = response.status_code == 200 and response.mimetype in COMPRESSED and "Range" not in request.headers
    if not fits or not request.accept_encodings["gzip"] or response.headers.get("Content-Encoding"):
        return response
    etag, _ = response.get_etag()
    response.direct_passthrough = False
    plain = response.get_data()
    if len(plain) >= SMALLEST:
        response.set_data(_gzip(plain))
        response.headers["Content-Encoding"] = "gzip"
        if etag:
            response.set_etag(f"{etag}-gzip")
    return response


@lru_cache(maxsize=64)
def _gzip(plain: bytes) -> bytes:
    return gzip.compress(plain, 9, mtime=0)
