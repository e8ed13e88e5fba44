"""The open page that tells a genuine paper from another: typed codes, presented files, too many tries."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.delivery.conftest import CONTENT
from webapp.delivery.models import ReportFile
from webapp.extensions import limiter


@pytest.fixture(autouse=True)
def fresh_counts(app: Flask) -> Iterator[None]:
    with app.app_context():
        limiter.reset()
    yield
    with app.app_context():
        limiter.reset()


def presented(client: FlaskClient, content: bytes):  # type: ignore[no-untyped-def]
    return client.post("/verify/file", data={"file": (BytesIO(content), "报告.pdf")})


@pytest.mark.parametrize("form", [str, str.lower, lambda c: c.replace("-", ""), lambda c: f" {c.replace('-', ' ')} "])
def test_a_code_is_found_however_it_is_typed(report: ReportFile, client: FlaskClient, form) -> None:  # type: ignore[no-untyped-def]
    answer = client.post("/verify/", data={"code": form(report.verification_code)}, follow_redirects=True)
    assert answer.status_code == 200
    for words in ("核验通过", report.title, report.sha256):
        assert words in answer.text


@pytest.mark.parametrize("code", ["AAAA-BBBB-CCCC-DDDD", "x", "<script>alert(1)</script>", "%00", "' OR 1=1"])
def test_an_unknown_code_is_told_in_words(report: ReportFile, client: FlaskClient, code: str) -> None:
    answer = client.get(f"/verify/{code.replace('/', '')}")
    assert answer.status_code == 404
    assert "核验不通过" in answer.text
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("code", ["", "A" * 41])
def test_an_empty_or_endless_code_is_told(client: FlaskClient, code: str) -> None:
    assert "请" in client.post("/verify/", data={"code": code}).text


def test_a_genuine_file_passes_and_one_changed_byte_does_not(report: ReportFile, client: FlaskClient) -> None:
    assert "核验通过" in presented(client, CONTENT).text
    altered = presented(client, CONTENT.replace(b"october", b"0ctober"))
    assert altered.status_code == 404
    assert "可能被改动过" in altered.text


def test_no_file_and_an_empty_file(report: ReportFile, client: FlaskClient) -> None:
    assert client.post("/verify/file", data={}).status_code == 400
    assert "请选择要核验的 PDF 文件" in client.post("/verify/file", data={}).text
    assert presented(client, b"").status_code == 404


def test_too_large_a_file_is_told(report: ReportFile, client: FlaskClient) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    body = part + b"0" * (25 * 1024 * 1024) + b"\r\n--x--\r\n"
    answer = client.post("/verify/file", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "太大" in answer.text


def test_the_page_shows_nothing_that_is_not_on_the_paper(report: ReportFile, client: FlaskClient) -> None:
    page = client.get(f"/verify/{report.verification_code}").text
    assert f"/reports/{report.id}" not in page
    assert "202610-533323-r1" not in page


def test_without_a_token_nothing_is_sent(report: ReportFile, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    answer = client.post("/verify/", data={"code": report.verification_code})
    assert answer.status_code == 400
    assert report.verification_code in answer.text  # what was typed is kept


def test_too_many_tries_are_told_to_wait(report: ReportFile, client: FlaskClient) -> None:
    for _ in range(30):
        assert client.get("/verify/AAAA-BBBB-CCCC-DDDD").status_code == 404
    answer = client.get(f"/verify/{report.verification_code}")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "秒后再试" in answer.text
