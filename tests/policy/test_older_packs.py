"""A national pack of one's own that an earlier version has loaded."""

import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.policy.test_packs import STANDING
from webapp import clock
from webapp.errors import Refused
from webapp.policy import packs, service
from webapp.policy.models import RulePackRecord
from webapp.policy.reading import Unreadable


def test_an_older_national_pack_of_ones_own_is_named_until_it_is_completed(session: Session, tmp_path: Path) -> None:
    """It can only lie before the shipped ones, which bring their new parameters along without being loaded."""
    text = re.sub(r"(?m)^valid_from: .*$", "valid_from: '2020-01-01'\nvalid_to: '2020-12-31'", STANDING, count=1)
    text = text.replace("slug: standing-2026", "slug: own-2020", 1).replace("valid_to: null\n", "", 1)
    line = next(line for line in text.splitlines() if line.strip().startswith("reason_years"))
    own = tmp_path / "own.yaml"
    own.write_text(text.replace(line + "\n", ""), encoding="utf-8")
    with pytest.raises(Unreadable, match="own.yaml .*缺少“leave.reason_years”。全国规则包必须给出全部参数"):
        service.load_packs(session, tmp_path)
    body = packs.parse("own.yaml", text.encode(), packs.shipped()).body
    kept = {key: value for key, value in body["parameters"]["leave"].items() if key != "reason_years"}
    old = body | {"parameters": body["parameters"] | {"leave": kept}}
    row = RulePackRecord(slug="own-2020", sha256="0" * 64, valid_from=date(2020, 1, 1), loaded_at=clock.now())
    row.valid_to, row.body = date(2020, 12, 31), old
    session.add(row)
    session.flush()
    session.info.pop("policy.packs")  # as in the next session
    with pytest.raises(Refused, match="own-2020.*没有参数“leave.reason_years”"):
        service.parameter(session, "leave.reason_years", on=date(2020, 5, 1))
    assert service.parameter(session, "leave.reason_years", on=date(2026, 5, 1)) == 2
    with pytest.raises(KeyError):
        service.parameter(session, "leave.no_such", on=date(2020, 5, 1))
    own.write_text(text, encoding="utf-8")
    service.load_packs(session, tmp_path)
    assert service.parameter(session, "leave.reason_years", on=date(2020, 5, 1)) == 2
