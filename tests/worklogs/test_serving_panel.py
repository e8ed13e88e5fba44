"""A task's page leads to the logs that serve it, and to no others (X-17)."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import COUNTY, SISTER_VILLAGE, VILLAGE
from tests.worklogs.making import assignment, entry
from webapp import clock
from webapp.policy import calendar
from webapp.worklogs import service

SERVES, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def test_the_page_of_a_task_names_the_logs_that_serve_it(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    calendar.seed(county)
    author = sign_in("first_secretary", VILLAGE)
    row = assignment(county, VILLAGE)
    person_id = author.person_id  # type: ignore[attr-defined]
    for log_id, served in ((SERVES, (row.id,)), (OTHER, ())):
        service.write(
            county, log_id=log_id, author_id=person_id, entry=entry(assignment_ids=served), photos=[], at=clock.now()
        )
    path = f"/tasks/assignments/{row.id}"
    county.commit()
    page = sign_in("desk", COUNTY).get(path).get_data(as_text=True)
    assert "服务这项任务的工作日志" in page
    assert f"{path}/worklogs/{SERVES}" in page
    assert OTHER not in page
    assert sign_in("secretary", SISTER_VILLAGE).get(path).status_code == 404
