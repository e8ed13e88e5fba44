"""What goes over the wire: small pages, policies on every answer, nothing from another host."""

import gzip
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import COUNTY, VILLAGE
from webapp.config import ROOT

LARGEST_FIRST_PAGE = 150_000
LINKED = re.compile(r'(?:href|src)="(/(?:bootstrap/)?static/[^"]+)"')
INLINE = re.compile(r'<style(?![^>]*nonce=)|<script(?![^>]*nonce=)|\sstyle="|\son[a-z]+="|javascript:', re.IGNORECASE)
FOREIGN = re.compile(r"""(?:src|href|action|url\()\s*=?\s*["'(]?(?:https?:)?//""")
ROLES = (
    ("desk", COUNTY),
    ("first_secretary", VILLAGE),
    ("leader", COUNTY),
    ("system_admin", COUNTY),
    ("security_admin", COUNTY),
    ("audit_admin", COUNTY),
)


def wire_bytes(client: FlaskClient, path: str) -> int:
    """Body bytes of a page and of all it links to, as a browser that takes gzip receives them."""
    page = client.get(path, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert page.status_code == 200
    total = len(page.data)
    for linked in set(LINKED.findall(page.text)):
        answer = client.get(linked.replace("&amp;", "&"), headers={"Accept-Encoding": "gzip"}, buffered=True)
        assert answer.status_code == 200, linked
        total += len(answer.data)
    return total


def test_first_page_is_small(client: FlaskClient) -> None:
    assert wire_bytes(client, "/login") < LARGEST_FIRST_PAGE


def test_home_is_small(sign_in: Callable[..., FlaskClient]) -> None:
    assert wire_bytes(sign_in("desk", COUNTY), "/") < LARGEST_FIRST_PAGE


def test_static_text_travels_compressed_and_is_kept_for_a_year(client: FlaskClient) -> None:
    page = client.get("/login")
    address = next(one for one in LINKED.findall(page.text) if "bootstrap.min.css" in one)
    plain, packed = (
        client.get(address, buffered=True),
        client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True),
    )
    assert "immutable" in packed.headers["Cache-Control"] and "max-age=31536000" in packed.headers["Cache-Control"]
    assert packed.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.data) == plain.data


def test_a_static_address_without_version_is_not_kept_for_a_year(client: FlaskClient) -> None:
    assert "immutable" not in client.get("/static/css/tokens.css", buffered=True).headers.get("Cache-Control", "")


def test_every_answer_carries_the_policies(client: FlaskClient) -> None:
    for path in ("/login", "/healthz", "/nowhere", "/static/css/tokens.css"):
        headers = client.get(path, buffered=True).headers
        policy = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy and "unsafe" not in policy and "nonce-" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "geolocation=()" in headers["Permissions-Policy"] and "camera=()" in headers["Permissions-Policy"]
        assert headers["Referrer-Policy"] == "same-origin"


def test_https_is_remembered_by_browsers(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/login").headers
    assert "max-age" in client.get("/login", base_url="https://127.0.0.1").headers["Strict-Transport-Security"]


def test_pages_of_signed_in_people_are_not_stored(sign_in: Callable[..., FlaskClient]) -> None:
    assert sign_in("desk", COUNTY).get("/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("role", "unit"), ROLES)
def test_no_page_holds_inline_code_or_a_foreign_host(
    app: Flask, sign_in: Callable[..., FlaskClient], role: str, unit: str
) -> None:
    client = sign_in(role, unit)
    opened = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.arguments or rule.endpoint.endswith("static"):
            continue
        with client.get(rule.rule) as page:
            assert page.status_code < 500 or rule.rule == "/healthz", rule.rule
            if page.mimetype == "text/html":
                opened += 1
                assert not INLINE.search(page.text), f"{rule.rule}: {INLINE.search(page.text)}"
                assert not FOREIGN.search(page.text), f"{rule.rule}: {FOREIGN.search(page.text)}"
                assert "/complaints/new" in page.text or page.status_code in (302, 303), rule.rule
    assert opened > 5


def test_own_styles_and_scripts_name_no_host() -> None:
    for path in (ROOT / "webapp" / "static").rglob("*.*"):
        if path.suffix in (".css", ".js"):
            assert not re.search(r"https?://|url\(\s*['\"]?//", path.read_text(encoding="utf-8")), path
