"""A phone of these tests: it signs in once, takes a token, and sends without a session."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import VILLAGE
from tests.worklogs.making import ID
from webapp import clock

PHONE = "Mozilla/5.0 (Linux; Android 11) Chrome/120"


def token_of(client: FlaskClient) -> str:
    answer = client.post("/outbox/device", headers={"User-Agent": PHONE})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return str(answer.json["token"])  # type: ignore[index]


def body(**changes: object) -> dict[str, Any]:
    usual = {
        "id": ID,
        "base_version": None,
        "unit_code": VILLAGE,
        "day": clock.today().isoformat(),
        "duty_area": "service",
        "text": "走访三户，修好水管",
        "assignment_ids": [],
        "sheet_lines": [],
        "device_time": clock.local(clock.now()).isoformat(),
    }
    return {**usual, **changes}


def send(client: FlaskClient, token: str | None = None, **changes: object) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return client.post("/api/worklogs", json=body(**changes), headers=headers)
