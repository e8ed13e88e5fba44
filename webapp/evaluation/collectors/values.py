"""From rows to values: one grouped statement an indicator, over all subjects at once, written inside the database."""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Insert,
    Integer,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from webapp.access import viewer_of
from webapp.errors import OutOfScope
from webapp.evaluation.collectors import duties, handovers, postings, support, tasks
from webapp.evaluation.collectors.cut import Collector, Cut, shard, within
from webapp.evaluation.models import IndicatorValue
from webapp.org.models import Division
from webapp.policy.work_areas import Indicator

COLLECTORS: dict[str, Collector] = {
    "TSK-1": tasks.reported_in_time,
    "TSK-2": tasks.closed_in_time,
    "TSK-3": tasks.answered_in_time,
    "TSK-4": tasks.returned_before_closing,
    "TSK-5": tasks.open_past_due,
    "POS-1": postings.posts_filled,
    "POS-2": postings.teams_of_size,
    "POS-3": handovers.done_in_time,
    "STA-1": postings.teams_sent,
    "STA-2": support.support_in_place,
    "STA-3": handovers.signed_before_leaving,
    "LEA-1": duties.sessions_held,
    "LEA-2": duties.yearly_reports,
}
SUBJECT_LEVELS = {"county": 3, "township": 4, "village": 5}
_LENGTHS = {3: 6, 4: 9, 5: 12}
COLUMNS = ["run_id", "indicator", "unit_code", "numerator", "denominator", "state"]


def levels_of(indicator: Indicator) -> list[int]:
    """Levels of divisions an indicator speaks of: 3 county, 4 township, 5 village."""
    return [SUBJECT_LEVELS[name] for name in indicator.subjects if name in SUBJECT_LEVELS]


def collect(session: Session, run_id: int, indicator: Indicator, cut: Cut, root: str, *, exempt: bool = False) -> None:
    """Write the indicator's values of every subject below a root. `exempt`: a higher level assesses them (A-8).

    Raises `OutOfScope` when the root is not the viewer's. The scope is judged here once: the listener of `access`
    would walk each statement again, which for a county costs more than running it.
    """
    if not viewer_of(session).reaches(root):
        raise OutOfScope()
    session.flush()
    session.connection().execute(_statement(indicator, cut, exempt), {"run_id": run_id, **shard(root)})


@lru_cache(maxsize=64)
def _statement(indicator: Indicator, cut: Cut, exempt: bool) -> Insert:
    """Subjects and rolled-up rows meet in one UNION ALL: no join that one of the databases could make quadratic."""
    rows = COLLECTORS[indicator.code](cut).subquery("fact")
    facts = (
        select(rows.c.unit_code, *(func.sum(rows.c[name]).label(name) for name in ("n", "d", "missing", "later")))
        .group_by(rows.c.unit_code)
        .cte("facts")
    )
    subjects = select(
        Division.code.label("unit_code"),
        literal(1).label("subject"),
        *(literal(0).label(name) for name in ("n", "d", "missing", "later")),
    ).where(
        Division.level.in_(levels_of(indicator)),
        within(Division.code),
        Division.valid_from.is_(None) | (Division.valid_from <= cut.cut_off),
        Division.valid_to.is_(None) | (Division.valid_to >= cut.cut_off),
    )
    rolled = [
        select(
            func.substr(facts.c.unit_code, 1, _LENGTHS[level]),
            literal(0),
            *(facts.c[name] for name in ("n", "d", "missing", "later")),
        ).where(func.length(facts.c.unit_code) >= _LENGTHS[level])
        for level in levels_of(indicator)
    ]
    parts = union_all(subjects, *rolled).subquery("part")
    # PostgreSQL sums whole numbers into numeric; the cast keeps them whole in both databases.
    sums = {name: cast(func.sum(parts.c[name]), BigInteger) for name in ("n", "d", "missing", "later")}
    state = case(
        (sums["d"] > 0, "value"),
        (sums["missing"] > 0, "missing"),
        (sums["later"] > 0, "not_due"),
        else_="not_applicable",
    )
    said = state.in_(("value", "not_applicable"))
    values = (
        select(
            bindparam("run_id", type_=Integer),
            literal(indicator.code),
            parts.c.unit_code,
            null() if exempt else case((said, sums["n"]), else_=null()),
            null() if exempt else case((said, sums["d"]), else_=null()),
            literal("exempt") if exempt else state,
        )
        .group_by(parts.c.unit_code)
        .having(func.max(parts.c.subject) == 1)
    )
    table: Any = IndicatorValue.__table__
    return insert(table).from_select(COLUMNS, values)
