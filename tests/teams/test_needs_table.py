"""The list of villages comes from a table too: tried first, all or nothing, with errors by row."""

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import COUNTY, NEIGHBOUR_VILLAGE, SISTER_VILLAGE, TOWNSHIP, VILLAGE
from tests.teams.conftest import SignIn, designate
from webapp.org.models import VillageDesignation

HEAD = "村代码,村类别,起始日期,依据文号"
GOOD = f"{HEAD}\n{SISTER_VILLAGE},脱贫村,2026-01-01,福办〔2026〕3号\n{VILLAGE},党组织软弱涣散村,2026-09-01,福组〔2026〕7号\n"


@pytest.fixture
def desk(sign_in: SignIn) -> FlaskClient:
    return sign_in("desk", COUNTY)


def send(client: FlaskClient, text: str, **values: str):  # type: ignore[no-untyped-def]
    files = {"file": (io.BytesIO(text.encode()), "table.csv"), **values}
    return client.post("/teams/import", data=files, content_type="multipart/form-data")


def listed(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    statement = select(VillageDesignation.unit_code, VillageDesignation.kind).order_by(VillageDesignation.unit_code)
    found = list(session.execute(statement).tuples())
    session.rollback()
    return found


def test_villages_are_tried_and_then_listed(county: Session, desk: FlaskClient) -> None:
    assert "共 2 行，办理 2 行" in send(desk, GOOD).text
    assert listed(county) == []
    assert desk.post("/teams/import", data={"rows": GOOD, "go": "import"}).status_code == 303
    assert listed(county) == [(VILLAGE, "weak_org"), (SISTER_VILLAGE, "formerly_poor")]
    assert "与已有相同 2 行" in send(desk, GOOD).text


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f"{VILLAGE},先进村,2026-01-01,号", "村类别“先进村”不正确"),
        (f"{VILLAGE},脱贫村,明天,号", "起始日期“明天”不正确"),
        (f"{VILLAGE},脱贫村,2026-01-01,", "没有填写文号"),
        ("999999999999,脱贫村,2026-01-01,号", "没有这个代码的村"),
        (f"{TOWNSHIP}000,脱贫村,2026-01-01,号", "没有找到这条记录"),
        (f"{NEIGHBOUR_VILLAGE},脱贫村,2026-01-01,号", "不在您的管辖范围"),
        (f"{VILLAGE},乡村振兴重点村,2026-01-01,号", "已列为乡村振兴重点村"),
    ],
)
def test_a_row_at_fault_keeps_the_table_out(county: Session, desk: FlaskClient, row: str, words: str) -> None:
    designate(county, VILLAGE, "key")
    county.commit()
    answer = send(desk, f"{HEAD}\n{SISTER_VILLAGE},脱贫村,2026-01-01,福办〔2026〕3号\n{row}\n", go="import")
    assert answer.status_code == 400 and "第 3 行" in answer.text and words in answer.text
    assert listed(county) == [(VILLAGE, "key")]
