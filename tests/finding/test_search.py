"""Search finds by title, document number, task number, unit and person, and nothing out of scope."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import changed, issued, parties
from tests.accountability.test_pages import text
from tests.factories import COUNTY, NEIGHBOUR_COUNTY, TOWNSHIP, VILLAGE
from webapp.access import Viewer, acting_as
from webapp.accountability.models import AccountabilityTask


@pytest.fixture
def number(morning: None, county: Session) -> str:
    """A task of the county to one village, with a document number; gives the task's own number."""
    task = issued(county, parties(county).first_desk, [VILLAGE], changed(title="饮水安全排查"))
    with acting_as(county, Viewer.system("test", "")):
        county.get_one(AccountabilityTask, task.id).document_no = "云农发〔2026〕18号"
        county.flush()
    found = task.number
    county.commit()
    return found


@pytest.mark.parametrize(
    "words", ["饮水安全", "云农发〔2026〕18号", "18号", "云农发[2026]18号", "云农发（２０２６）１８号"]
)
def test_a_task_is_found_by_title_and_document_number(
    words: str, number: str, sign_in: Callable[..., FlaskClient]
) -> None:
    page = text(sign_in("desk", TOWNSHIP).get("/search", query_string={"q": words}))
    assert f"/tasks/{number}" in page


def test_a_task_is_found_by_its_own_number(number: str, sign_in: Callable[..., FlaskClient]) -> None:
    assert "饮水安全排查" in text(sign_in("desk", COUNTY).get("/search", query_string={"q": number}))


def test_a_neighbour_finds_nothing(number: str, sign_in: Callable[..., FlaskClient]) -> None:
    for words in ("饮水安全", "18号", number):
        page = text(sign_in("desk", NEIGHBOUR_COUNTY).get("/search", query_string={"q": words}))
        assert "没有找到" in page and "饮水安全排查" not in page


def test_whoever_reads_no_tasks_finds_none(number: str, sign_in: Callable[..., FlaskClient]) -> None:
    assert "饮水安全排查" not in text(sign_in("system_admin", COUNTY).get("/search?q=饮水安全"))


def test_units_are_found_in_code_order_within_the_own_ones(
    county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    county.commit()
    client = sign_in("desk", COUNTY)
    page = text(client.get("/search?q=村委会")).split("找到的单位")[-1]
    codes = [part[:12] for part in page.split('href="/org/')[1:] if part[:12].isdigit()]
    assert codes and codes == sorted(codes)
    assert all(code.startswith(COUNTY) for code in codes)


def test_people_are_found_by_name_where_the_viewer_may_read_them(
    county: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    with acting_as(county, Viewer.system("test", "")):
        person = factories.person(county, "木志华")
        factories.posting(county, "secretary", VILLAGE, person.id)
    county.commit()
    assert "木志华" in text(sign_in("desk", COUNTY).get("/search?q=木志华"))
    for role, unit in (("audit_admin", COUNTY), ("desk", NEIGHBOUR_COUNTY)):
        assert f"/org/people/{person.id}" not in text(sign_in(role, unit).get("/search?q=木志华"))


def test_one_character_is_too_few(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    county.commit()
    assert "请至少输入 2 个字" in text(sign_in("desk", COUNTY).get("/search?q=村"))


def test_a_person_searches_sixty_times_a_minute(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("desk", COUNTY)
    assert {client.get("/search?q=水").status_code for _ in range(60)} == {200}
    answer = client.get("/search?q=水")
    assert answer.status_code == 429
    assert "操作过于频繁" in text(answer) and 0 < int(answer.headers["Retry-After"]) <= 60
    assert sign_in("desk", COUNTY).get("/search?q=水").status_code == 200
