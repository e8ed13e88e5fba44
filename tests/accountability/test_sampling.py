"""What becomes of a drawn sample: what leaves the count, and who may not close what he reported himself (T-3, T-4)."""

from collections.abc import Callable
from itertools import count

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.accountability.making import MORNING, act
from tests.accountability.reports import VILLAGES, Desk
from tests.factories import COUNTY, TOWNSHIP
from webapp.access import acting_as
from webapp.accountability import paper, sampling
from webapp.accountability.models import Assignment, VerificationSample
from webapp.accountability.reply_template import Entry
from webapp.errors import Refused


@pytest.fixture
def desk(county: Session) -> Desk:
    return Desk(county)


def drawn(session: Session, desk: Desk) -> tuple[VerificationSample, list[Assignment], Assignment]:
    """The sample of three in four, what it drew, and the one it did not."""
    with acting_as(session, desk.me):
        sample = sampling.draw(session, desk.task.id, TOWNSHIP, MORNING)
    rows = [desk.rows[code] for code in VILLAGES]
    (left,) = (row for row in rows if not row.sampled)
    return sample, [row for row in rows if row.sampled], left


@pytest.mark.parametrize("leaving", ["exempt", "recall"])
def test_a_drawn_one_that_leaves_the_count_holds_nothing_up(county: Session, desk: Desk, leaving: str) -> None:
    sample, chosen, left = drawn(county, desk)
    for row in chosen[:2]:
        for kind in ("verify", "close"):
            act(county, desk.me, kind, row)
    assert (sample.state, left.state) == ("open", "reported")
    act(county, desk.me, leaving, chosen[2])
    assert (sample.state, left.state, left.closed_as) == ("passed", "closed", "unsampled")
    desk.check_rebuilt()


def test_a_sample_of_which_nobody_has_seen_one_closes_nothing(county: Session, desk: Desk) -> None:
    sample, chosen, left = drawn(county, desk)
    for row in chosen:
        act(county, desk.me, "exempt", row)
    assert (sample.state, left.state) == ("failed", "reported")
    act(county, desk.me, "verify", left)
    assert left.state == "verified"


def test_nobody_closes_what_he_entered_from_paper_by_passing_the_sample(
    county: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(county, states=("acknowledge", *("report",) * 3))
    own, *others = VILLAGES
    with acting_as(county, desk.me):
        typed = [Entry(2, own, "纸质报来，已办理。", version=desk.rows[own].version)]
        paper.enter(county, desk.task, [TOWNSHIP], typed, at=MORNING)
    leaves_own_out = next(seed for seed in map(str, count()) if sampling.drawn(VILLAGES, seed, 3) == others)
    monkeypatch.setattr(sampling.secrets, "token_hex", lambda size: leaves_own_out)
    sample, chosen, left = drawn(county, desk)
    for row in chosen:
        for kind in ("verify", "close"):
            act(county, desk.me, kind, row)
    assert (sample.state, left.unit_code, left.state) == ("passed", own, "reported")
    with pytest.raises(Refused, match="不能由您核验"):
        act(county, desk.me, "verify", left)
    act(county, desk.colleague, "verify", left)


def test_what_nobody_verified_is_never_shown_as_verified(
    county: Session, desk: Desk, sign_in: Callable[..., FlaskClient]
) -> None:
    _, chosen, left = drawn(county, desk)
    for row in chosen:
        for kind in ("verify", "close"):
            act(county, desk.me, kind, row)
    number, record, seen = desk.task.number, left.id, chosen[0].id
    county.commit()
    client, above = sign_in("desk", TOWNSHIP), sign_in("leader", COUNTY)
    for page in (above.get(f"/tasks/{number}").text, above.get(f"/tasks/{number}?under={COUNTY}000000").text):
        assert "已销号 4 个（其中未抽中、未核验 1 个）" in page
        assert page.count("已销号 1 个（其中未抽中、未核验 1 个）") == 1, "in the line of the unit"
    cells = client.get(f"/tasks/{number}/matrix").text
    assert f'/assignments/{record}" title="已销号（未抽中，未核验）" aria-label="已销号（未抽中，未核验）">◎结' in cells
    assert f'/assignments/{seen}" title="已销号" aria-label="已销号">●结' in cells
    assert "· 已销号（未抽中，未核验）" in client.get(f"/tasks/assignments/{record}").text
    assert "未抽中，未核验" not in client.get(f"/tasks/assignments/{seen}").text


def test_the_undrawn_are_told(county: Session, desk: Desk) -> None:
    _, chosen, left = drawn(county, desk)
    desk.decide("verify", desk.picked(*(row.unit_code for row in chosen)))
    assert desk.told(left.unit_code)[-1] == "上帕镇抽样核验已通过，本单位未抽中，不需再办理。"
