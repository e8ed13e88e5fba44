"""What a phone keeps tells nothing of third persons."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import OTHER_VILLAGE, VILLAGE
from tests.worklogs.making import ID, assignment, sheet_line
from tests.worklogs.sending import send

OTHER_ID = "4b9a2d38-0a55-4c8d-9a53-6a1b8c6f2e77"


def test_phone_keeps_own_things_only(sign_in: Callable[..., FlaskClient], county: Session) -> None:
    author = sign_in("first_secretary", VILLAGE)
    send(author)
    mate = sign_in("team_member", VILLAGE)
    send(mate, id=OTHER_ID, text="队友的记录")
    assignment(county, VILLAGE, title="本村任务")
    assignment(county, VILLAGE, title="已办任务", state="closed")
    assignment(county, OTHER_VILLAGE, title="别村任务")
    sheet_line(county, VILLAGE, "环境整治情况")
    county.commit()
    answer = author.get("/outbox/data")
    assert answer.headers["Cache-Control"] == "no-store"
    data = answer.json
    assert [(log["id"], log["version"], log["text"]) for log in data["logs"]] == [(ID, 1, "走访三户，修好水管")]
    assert "本村任务" in [row["title"] for row in data["assignments"]]
    assert not {"已办任务", "别村任务"} & {row["title"] for row in data["assignments"]}
    assert [row["title"] for row in data["sheet_lines"]] == ["环境整治情况"]
    assert [post["unit_code"] for post in data["posts"]] == [VILLAGE]
    assert len(data["key_slot"]) == 32 and data["key_slot"] != mate.get("/outbox/data").json["key_slot"]
