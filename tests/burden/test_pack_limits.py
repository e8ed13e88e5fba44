"""A county's own pack moves what a demand may cost there, and nothing of the neighbour's."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.burden.making import DUE, MORNING, changed, entry_key, granted
from tests.factories import COUNTY
from webapp.burden import gate, service
from webapp.burden.gate import AskedField
from webapp.errors import Refused
from webapp.policy import packs
from webapp.policy.service import known_packs, parameter

FIELDS = tuple(AskedField(f"f{number}", f"设施数量{number}", "int", "个") for number in range(6))


@pytest.fixture
def own(county: Session) -> Session:
    """The county allows demands of 20 minutes at most, takes a minute for each field, and mends estimates from one answer on."""
    national = packs.shipped()[-1]
    values = {"minutes_max": 20, "field_seconds": 60, "answers_for_median": 1}
    body = {
        **{key: national.body[key] for key in ("title", "valid_from")},
        "slug": "fugong",
        "base": national.slug,
        "division": "533323000000",
        "parameters": {"burden": {key: {"value": value, "mark": "local example"} for key, value in values.items()}},
    }
    county.info["policy.packs"] = [*known_packs(county), packs.from_body(body)]
    return county


@pytest.mark.parametrize(
    ("minutes", "sentence"),
    [(21, "1 至 20 分钟"), (5, "有 6 个填报项，预计用时不会少于 6 分钟"), (6, None), (20, None)],
)
def test_the_estimate_is_judged_by_the_owner_s_pack(own: Session, minutes: int, sentence: str | None) -> None:
    verdict = gate.judge(own, changed(minutes=minutes, fields=FIELDS), ["533323101201"], MORNING)
    assert (sentence is None and "minutes" not in verdict.faults) or sentence in verdict.faults["minutes"]


def test_the_stated_time_and_the_median_follow_the_same_pack(own: Session) -> None:
    demand = granted(own, changed(minutes=20))
    with pytest.raises(Refused, match="1 至 20 分钟"):
        service.state_minutes(own, entry_key(demand), 21, DUE)
    service.state_minutes(own, entry_key(demand), 12, DUE)
    own.expire_all()
    assert demand.minutes == 12


def test_the_neighbour_keeps_the_national_value(own: Session) -> None:
    assert parameter(own, "burden.minutes_max", on=date(2026, 10, 12), unit_code="533325") == 480
    assert parameter(own, "burden.minutes_max", on=date(2026, 10, 12), unit_code=COUNTY) == 20
