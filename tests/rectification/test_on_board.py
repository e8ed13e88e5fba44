"""Issues on the boards of the units that must act."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import COUNTY, TOWNSHIP
from tests.rectification.conftest import Clients
from tests.rectification.test_pages import do, enter, request, text


def test_an_issue_stands_on_the_boards_of_the_units_that_must_act(clients: Clients, county: Session) -> None:
    row = enter(clients.first_desk)

    def part(client: FlaskClient, code: str, key: str) -> str:
        return text(client.get(f"/tasks/board/{code}")).split(f'id="part-{key}"')[1].split("</section>")[0]

    own = part(clients.township, TOWNSHIP, "issues")
    assert f'/rectification/{row}"' in own and "新建" in own and "lamp-" in own
    assert "没有要核验销号的事项" in part(clients.first_desk, COUNTY, "closing")
    do(clients.township, county, row, "claim")
    do(clients.township, county, row, "start", text="每月清掏。")
    request(clients.township, county, row)
    assert "没有要整改的事项" in part(clients.township, TOWNSHIP, "issues")
    assert f'/rectification/{row}"' in part(clients.first_desk, COUNTY, "closing")
