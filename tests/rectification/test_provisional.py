"""A deadline in a year whose list of holidays is not published says so, in the word of the whole product."""

from tests.rectification.conftest import Clients
from tests.rectification.test_pages import enter, text


def test_a_deadline_of_a_year_without_a_list_is_shown_as_provisional(clients: Clients) -> None:
    number = enter(clients.first_desk, due_on="2027-11-05")
    for path in ("/rectification/", f"/rectification/{number}"):
        page = text(clients.first_desk.get(path))
        assert "暂定" in page and "推算" not in page
