"""Nothing outside the document can be reached, whatever stands in it."""

import base64
import http.server
import threading
from pathlib import Path

import pytest

from reports.errors import OutsideResource
from reports.fence import Fence
from reports.render import load_engine, sheet, to_html
from tests.reports.samples import period_report

PNG = base64.b64encode(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
).decode()


@pytest.fixture
def lure():
    """A server on this machine that notes every request."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


ATTACKS = {
    "image": '<img src="{url}">',
    "picture source": '<img srcset="{url} 2x" src="{url}">',
    "css import": "<style>@import url('{url}');</style>",
    "style sheet": '<link rel="stylesheet" href="{url}">',
    "font": "<style>@font-face{{font-family:x;src:url('{url}')}} p{{font-family:x}}</style><p>文</p>",
    "background": "<p style=\"background:url('{url}')\">文</p>",
    "list mark": "<ul style=\"list-style-image:url('{url}')\"><li>文</li></ul>",
    "content": "<style>p::before{{content:url('{url}')}}</style><p>文</p>",
    "object": '<object data="{url}">文</object>',
    "embed": '<embed src="{url}">',
    "attachment": '<link rel="attachment" href="{url}">',
    "link attachment": '<a rel="attachment" href="{url}">文</a>',
    "svg image": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9" height="9">'
    '<image href="{url}" width="9" height="9"/></svg>',
}


def draw(body: str, fonts: Path) -> bytes:
    engine = load_engine()
    return engine.to_pdf(f"<html><head></head><body>{body}</body></html>", fonts, sheet(engine.chains(fonts)))


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("kind", ["http", "file", "ftp"])
def test_an_attack_gets_nothing(fonts, lure, tmp_path, attack, kind):
    address, asked = lure
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP-SECRET-7731")
    url = {"http": f"{address}/x", "file": secret.as_uri(), "ftp": "ftp://127.0.0.1/x"}[kind]
    try:
        content = draw(ATTACKS[attack].format(url=url), fonts)
    except OutsideResource:
        content = b""
    assert not asked
    assert b"TOP-SECRET" not in content


@pytest.mark.parametrize("attack", ["image", "css import", "style sheet", "background", "object", "attachment"])
def test_the_fence_ends_the_rendering(fonts, attack):
    with pytest.raises(OutsideResource, match="外部资源"):
        draw(ATTACKS[attack].format(url="http://127.0.0.1:9/x"), fonts)


def test_a_relative_address_reaches_nothing(fonts):
    with pytest.raises(OutsideResource):
        draw('<base href="file:///etc/"><img src="hostname">', fonts)


def test_a_small_png_inside_the_document_is_allowed(fonts):
    assert draw(f'<img src="data:image/png;base64,{PNG}">', fonts).startswith(b"%PDF")


@pytest.mark.parametrize(
    "url",
    [
        "data:image/svg+xml;base64," + base64.b64encode(b"<svg/>").decode(),
        "data:text/css;base64,AAAA",
        "data:text/html,<p>x</p>",
        "data:image/png;base64," + base64.b64encode(b"x" * 70_000).decode(),
        "data:image/png;base64," + "A" * 10_000_000,
        "data:image/png;base64,A",
        "asset:unknown",
        "asset:../../etc/passwd",
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "http://127.0.0.1/",
        "gopher://127.0.0.1/",
        "/etc/passwd",
        "",
    ],
    ids=lambda url: url[:28],
)
def test_the_fetcher_refuses(url):
    with pytest.raises(OutsideResource):
        Fence({"mark.png": ("image/png", b"x")}).fetch(url)


def test_the_fetcher_serves_its_assets():
    response = Fence({"mark.png": ("image/png", b"x")}).fetch("asset:mark.png")
    assert (response.read(), response.content_type) == (b"x", "image/png")


def test_text_of_people_is_escaped():
    html = to_html(period_report(issuer='<img src="http://127.0.0.1/x"><script>1</script>'))
    assert "<img" not in html
    assert "<script" not in html
