"""The ledger's pages: a unit its own month, an issuer what it asked, leadership the report by issuer (X-5, X-7, X-15, X-20)."""

import io
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.burden.making import DUE, EXTINGUISHERS, MORNING, MOVED, changed, entry_key, granted, let_go
from tests.factories import (
    COUNTY,
    NEIGHBOUR_COUNTY,
    NEIGHBOUR_VILLAGE,
    OTHER_VILLAGE,
    SISTER_VILLAGE,
    TOWNSHIP,
    VILLAGE,
)
from webapp import clock
from webapp.access import acting_as
from webapp.audit import AuditEntry
from webapp.burden import queries, service
from webapp.burden.held import held_fields
from webapp.burden.models import BurdenEntry, Demand
from webapp.burden.report import issuer_report
from webapp.errors import Refused
from webapp.org.models import Division
from webapp.policy import calendar

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def _october(session: Session) -> Iterator[None]:
    calendar.seed(session)
    session.commit()
    with clock.held_at(MORNING):
        yield


@pytest.fixture
def asked(county: Session) -> dict[str, Demand]:
    """What three levels ask: the county two villages, the township and the province one, the neighbour its own."""
    made = {
        "county": granted(county, changed(fields=(EXTINGUISHERS, MOVED)), [VILLAGE, SISTER_VILLAGE]),
        "township": granted(
            county,
            changed(
                key="sheet:1", title="十月月报", owner_code=TOWNSHIP, owner_name="上帕镇", minutes=10, regular=True
            ),
        ),
        "province": granted(county, changed(key="task:3", title="农房抗震摸底", owner_code="53", minutes=15)),
        "neighbour": granted(
            county,
            changed(key="task:4", title="泸水的事", owner_code=NEIGHBOUR_COUNTY, owner_name="泸水市"),
            [NEIGHBOUR_VILLAGE],
        ),
    }
    sent = [(COUNTY, VILLAGE), (NEIGHBOUR_COUNTY, NEIGHBOUR_VILLAGE)]
    service.note_reminders(county, sent, date(2026, 10, 20))
    let_go(county)
    return made


def test_a_village_sees_its_own_month_and_no_other_unit_s(asked: dict[str, Demand], sign_in: SignIn) -> None:
    page = sign_in("secretary", VILLAGE).get("/burden/").text
    assert "冬春防火隐患排查" in page and "农房抗震摸底" in page and "云南省" in page
    assert "共 3 项，预计用时 55 分钟，其中常规事项 1 项。" in page
    assert "泸水" not in page and "达友" not in page and "您已有此数据？" in page
    other = sign_in("secretary", SISTER_VILLAGE).get("/burden/").text
    assert "农房抗震摸底" not in other and "共 1 项" in other


def test_an_address_does_not_open_another_unit_s_ledger(asked: dict[str, Demand], sign_in: SignIn) -> None:
    page = sign_in("secretary", SISTER_VILLAGE).get(f"/burden/?view=own&unit={VILLAGE}").text
    assert "农房抗震摸底" not in page


def test_an_issuer_sees_what_it_asked_without_the_villages(asked: dict[str, Demand], sign_in: SignIn) -> None:
    desk = sign_in("desk", COUNTY)
    page = desk.get("/burden/?view=asked").text
    assert "冬春防火隐患排查" in page and "十月月报" not in page and "泸水的事" not in page
    assert "上帕村委会" not in page and "本月发出催办 1 次" in page


@pytest.mark.parametrize("typed", ["2026-13", "abc", "2026-1"])
def test_a_month_that_cannot_be_read_is_told(asked: dict[str, Demand], sign_in: SignIn, typed: str) -> None:
    page = sign_in("secretary", VILLAGE).get(f"/burden/?month={typed}").text
    assert f"月份“{typed}”不正确" in page and "冬春防火隐患排查" in page


def test_another_month_is_empty_and_says_so(asked: dict[str, Demand], sign_in: SignIn) -> None:
    village = sign_in("secretary", VILLAGE)
    assert "2026年12月没有向本单位要求的事项。" in village.get("/burden/?month=2026-12").text
    files = [village.get(f"/burden/?month={month}&format=csv").text.splitlines() for month in ("2026-10", "2026-12")]
    assert [len(lines) - 4 for lines in files] == [3, 0]


def cells(answer: object) -> list[list[object]]:
    with answer:  # type: ignore[attr-defined]
        book = load_workbook(io.BytesIO(answer.data))  # type: ignore[attr-defined]
    return [list(row) for row in book.active.iter_rows(values_only=True)]


@pytest.mark.parametrize("path", ["/burden/?view=own", "/burden/?view=asked", "/burden/directory?"])
def test_files_name_their_issuer_and_end_date(
    asked: dict[str, Demand], county: Session, sign_in: SignIn, path: str
) -> None:
    desk = sign_in("desk", TOWNSHIP)
    rows = cells(desk.get(f"{path}&format=xlsx"))
    assert (
        rows[1][:2] == ["制表单位", "上帕镇"] and rows[2][2] == "有效期至" and rows[2][3].date() == date(2026, 12, 31)
    )
    csv = desk.get(f"{path}&format=csv")
    assert csv.data.decode("utf-8-sig").splitlines()[1].startswith("制表单位,上帕镇,制表人")
    assert county.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action == "burden.export")) == 2


def test_leadership_sees_issuers_in_the_order_of_codes_and_no_village(
    asked: dict[str, Demand], county: Session, sign_in: SignIn
) -> None:
    leader = sign_in("leader", COUNTY)
    page = leader.get("/burden/report?period=2026-10").text
    places = [page.index(f"{name}</td>") for name in ("云南省", "福贡县", "上帕镇")]
    assert places == sorted(places) and "村委会" not in page and "泸水" not in page
    rows = cells(leader.get("/burden/report?period=2026-10&format=xlsx"))
    assert [row[1] for row in rows[4:]] == ["530000000000", "533323000000", "533323101000"]
    assert rows[5] == ["福贡县", "533323000000", 1, 0, 2, 60, None, 0, 0, 1]
    assert not any("村" in str(cell) for row in rows for cell in row)


@pytest.mark.parametrize("period", ["2026-13", "2026Q5", "十月"])
def test_a_period_that_cannot_be_read_is_told(county: Session, sign_in: SignIn, period: str) -> None:
    page = sign_in("leader", COUNTY).get("/burden/report", query_string={"period": period})
    assert page.status_code == 400 and f"时段“{period}”不正确" in page.text


def test_periods_are_summed(asked: dict[str, Demand], county: Session) -> None:
    for period in ("2026-10", "2026Q4", "2026H2", "2026"):
        assert [line.minutes for line in issuer_report(county, period, COUNTY)] == [15, 60, 10]
    assert issuer_report(county, "2026-11", COUNTY) == []


def test_desks_and_villages_do_not_open_the_report(sign_in: SignIn) -> None:
    assert sign_in("desk", COUNTY).get("/burden/report").status_code == 403
    assert sign_in("secretary", VILLAGE).get("/burden/report").status_code == 403
    assert sign_in("desk", COUNTY, kind="burden_relief").get("/burden/report").status_code == 200


def test_before_it_asks_an_issuer_sees_what_others_ask(asked: dict[str, Demand], county: Session) -> None:
    with acting_as(county, factories.viewer(county, "desk", COUNTY)):
        foreseen = queries.foreseen(county, [SISTER_VILLAGE, VILLAGE, NEIGHBOUR_VILLAGE], DUE, asking=COUNTY)
    assert list(foreseen) == [NEIGHBOUR_VILLAGE, VILLAGE, SISTER_VILLAGE]
    village = foreseen[VILLAGE]
    assert (village.load.items, village.load.minutes, village.same_day) == (3, 55, 3)
    assert [(one.issuer_name, one.title) for one in village.others] == [
        ("云南省", "农房抗震摸底"),
        ("上帕镇", "十月月报"),
    ]
    assert foreseen[SISTER_VILLAGE].others == () and foreseen[SISTER_VILLAGE].load.items == 1
    assert foreseen[NEIGHBOUR_VILLAGE].load.items == 0  # out of scope: not seen, not counted


def test_very_many_targets_are_read_as_one_range_and_nobody_else_is_counted(
    asked: dict[str, Demand], county: Session
) -> None:
    unknown = [f"5333239{number:05}" for number in range(600)]
    foreseen = queries.foreseen(county, [*unknown, VILLAGE], DUE)
    loads = queries.month_load(county, [*unknown, VILLAGE], DUE)
    assert list(foreseen) == sorted([*unknown, VILLAGE]) and set(loads) == {VILLAGE}
    assert foreseen[VILLAGE].load == loads[VILLAGE] and len(foreseen[VILLAGE].others) == 3
    proposal = changed(key="task:9", fields=(EXTINGUISHERS,))
    assert not held_fields(county, proposal, [*unknown, OTHER_VILLAGE], DUE)
    assert held_fields(county, proposal, [*unknown, VILLAGE], DUE)


def villages_of(session: Session) -> list[str]:
    own = Division.code.startswith(COUNTY) & (Division.level == 5)
    return list(session.scalars(select(Division.code).where(own).order_by(Division.code)))


def five(session: Session, minutes: list[int]) -> Demand:
    villages = villages_of(session)[:6]
    demand = granted(session, changed(minutes=30), villages)
    for village, stated in zip(villages, minutes, strict=False):
        service.state_minutes(session, entry_key(demand, village), stated, DUE)
    session.expire_all()
    return demand


@pytest.mark.parametrize(
    ("stated", "stands"), [([5, 5, 5, 5], 30), ([10, 20, 90, 15, 12], 15), ([10, 10, 11, 11, 480, 1], 11)]
)
def test_from_five_answers_on_the_median_replaces_the_estimate(county: Session, stated: list[int], stands: int) -> None:
    demand = five(county, stated)
    assert demand.minutes == stands
    assert set(county.scalars(select(BurdenEntry.minutes).where(BurdenEntry.demand_id == demand.id))) == {stands}


def test_an_answerer_in_one_village_mends_the_estimate_of_all(county: Session) -> None:
    demand = five(county, [10, 10, 10, 10])
    fifth = county.scalars(
        select(BurdenEntry).where(BurdenEntry.demand_id == demand.id, BurdenEntry.minutes_stated.is_(None))
    ).first()
    assert fifth is not None
    with acting_as(county, factories.viewer(county, "secretary", fifth.unit_code)):
        service.state_minutes(county, fifth.key, 10, DUE)
    county.expire_all()
    assert set(county.scalars(select(BurdenEntry.minutes).where(BurdenEntry.demand_id == demand.id))) == {10}


@pytest.mark.parametrize("minutes", [0, -1, 481])
def test_minutes_beyond_reason_are_refused(county: Session, minutes: int) -> None:
    demand = granted(county)
    with pytest.raises(Refused, match="1 至 480 分钟"):
        service.state_minutes(county, entry_key(demand), minutes, DUE)


def test_many_entries_are_written_at_once(county: Session) -> None:
    granted(county, changed(), villages_of(county))
    assert county.scalar(select(func.count(BurdenEntry.id))) == len(villages_of(county)) > 50
