"""Who sees lamps of issues, and how long a file of them may be."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.rectification.conftest import Clients
from tests.rectification.test_pages import enter, text
from webapp.rectification import export


def test_too_long_a_file_is_refused_in_words(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(clients.first_desk)
    monkeypatch.setattr(export, "LIMIT", 0)
    answer = clients.first_desk.get("/rectification/?format=csv")
    assert answer.status_code == 400
    assert "一次最多导出 0 行" in text(answer) and "化粪池" in text(answer)


def test_lamps_are_seen_from_the_closing_unit_down_to_the_lead_unit(
    clients: Clients, sign_in: Callable[..., FlaskClient]
) -> None:
    row = enter(clients.first_desk, supports="上帕村委会")
    above, helper = sign_in("desk", "5333"), clients.village
    for client, shown in ((above, False), (clients.first_desk, True), (clients.township, True), (helper, False)):
        for path in ("/rectification/?view=all", f"/rectification/{row}"):
            page = text(client.get(path))
            assert "化粪池" in page and "新建" in page
            assert ('class="lamp ' in page) is shown
