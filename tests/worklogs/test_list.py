from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from limits import parse
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import OTHER_VILLAGE, VILLAGE
from tests.worklogs.making import entry
from webapp import downloads
from webapp.worklogs import service

AT = factories.at("2026-11-20 18:00")


def add_logs(session: Session, person_id: int, *logs: tuple[date, str, str]) -> None:
    for day, area, text in logs:
        number = session.info["made"] = session.info.get("made", 0) + 1
        service.write(
            session,
            log_id=f"00000000-0000-4000-8000-{number:012d}",
            author_id=person_id,
            entry=entry(day=day, duty_area=area, text=text),
            at=AT,
        )
    session.commit()


@pytest.fixture
def author(sign_in: Callable[..., FlaskClient], county: Session) -> FlaskClient:
    client = sign_in("first_secretary", VILLAGE)
    add_logs(
        county,
        client.person_id,  # type: ignore[attr-defined]
        (date(2026, 10, 31), "party", "主题党日"),
        (date(2026, 11, 3), "service", "代办100%医保_缴费"),
        (date(2026, 11, 4), "governance", "调解=纠纷"),
    )
    return client


def shown(client: FlaskClient, query: str) -> list[str]:
    page = client.get(f"/worklogs/?{query}").get_data(as_text=True)
    return [text for text in ("主题党日", "代办100%医保_缴费", "调解=纠纷") if text in page]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["主题党日", "代办100%医保_缴费", "调解=纠纷"]),
        ("month=2026-10", ["主题党日"]),
        ("month=2026-11", ["代办100%医保_缴费", "调解=纠纷"]),
        ("day=2026-11-04", ["调解=纠纷"]),
        ("area=party", ["主题党日"]),
        (f"unit={VILLAGE}&q=纠纷", ["调解=纠纷"]),
        ("q=100%25", ["代办100%医保_缴费"]),
        ("q=_", ["代办100%医保_缴费"]),
        ("q=%25%25", []),
        ("q=没有", []),
        ("sort=day&page=2", []),
    ],
)
def test_list_is_narrowed_by_day_month_area_and_words(author: FlaskClient, query: str, found: list[str]) -> None:
    assert shown(author, query) == found


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("day=2026-13-01", "日期“2026-13-01”不正确"),
        ("month=2026-13", "月份“2026-13”不正确"),
        (f"q={'字' * 51}", "超过 50 字"),
    ],
)
def test_wrong_filter_gets_a_sentence(author: FlaskClient, query: str, sentence: str) -> None:
    answer = author.get(f"/worklogs/?{query}")
    assert answer.status_code == 200
    assert sentence in answer.get_data(as_text=True)


def test_sorting_goes_both_ways(author: FlaskClient) -> None:
    for sort, first, last in (("day", "主题党日", "调解"), ("-day", "调解", "主题党日")):
        page = author.get(f"/worklogs/?sort={sort}").get_data(as_text=True)
        assert page.index(first) < page.index(last)


def test_team_mate_sees_the_list_and_the_neighbour_does_not(author: FlaskClient, sign_in) -> None:  # type: ignore[no-untyped-def]
    assert len(shown(sign_in("team_member", VILLAGE), "")) == 3
    assert shown(sign_in("first_secretary", OTHER_VILLAGE), "") == []
    assert shown(sign_in("first_secretary", OTHER_VILLAGE), f"unit={VILLAGE}&q=纠纷") == []


def test_export_holds_what_is_listed_as_text(author: FlaskClient) -> None:
    answer = author.get("/worklogs/?month=2026-11&format=csv")
    content = answer.get_data()
    assert answer.mimetype == "text/csv"
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").splitlines()
    assert lines[3].startswith("日期,村,工作方面,记录人,内容")
    assert [line.split(",")[0] for line in lines[4:]] == ["2026-11-04", "2026-11-03"]
    wrong = author.get("/worklogs/?month=2026-99&format=csv")
    assert wrong.mimetype == "text/html"
    assert "月份" in wrong.get_data(as_text=True)


def test_list_says_nothing_of_how_many(author: FlaskClient) -> None:
    page = author.get("/worklogs/").get_data(as_text=True)
    assert "共 3" not in page
    assert "3 条" not in page


@pytest.mark.parametrize("path", ["/worklogs/", "/worklogs/new"])
def test_queries_stay_within_the_budget_and_do_not_grow_with_rows(
    author: FlaskClient, county: Session, counted: list[str], path: str
) -> None:
    author.get(path)
    counted.clear()
    author.get(path)
    few = len(counted)
    add_logs(county, author.person_id, *[(date(2026, 9, day), "party", f"第{day}次") for day in range(1, 31)])  # type: ignore[attr-defined]
    counted.clear()
    author.get(path)
    assert len(counted) == few <= 12


def test_export_counts_among_a_persons_files_of_an_hour(author: FlaskClient, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(downloads, "EXPORTS", parse("1 per hour"))
    assert [author.get("/worklogs/?format=csv").status_code for _ in range(2)] == [200, 429]
