"""Time to compile a month for the demo county, and for 100 counties of its size, beside the scan floor of the same tables:

    python -m benchmarks.compile_period [--counties 100] [--period 2026-10] [--rounds 3] [--db sqlite,postgresql]

The counties are copies of the demo county's own rows under made-up codes (province 89). The floor reads every column
that the indicators need from every row of the fact tables, once, in the same database and the same run. "100 counties"
is the whole run as the flow makes it: one transaction a county, then the hash over all values. Seconds of the wall
clock, the best of the rounds; ratios are the finding.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, insert, literal, null, select, text
from sqlalchemy.orm import Session

from tests.migrating import upgrade
from tests.postgres import PrivatePostgres
from webapp import clock
from webapp import db as database
from webapp.access import Viewer
from webapp.accountability.models import AccountabilityTask, Assignment, AssignmentEvent, Extension
from webapp.app import load_models
from webapp.db import session_scope
from webapp.demo import service as demo
from webapp.evaluation import service
from webapp.evaluation.models import IndicatorValue
from webapp.org.models import Division, Handover, Posting, VillageDesignation

COUNTY, PROVINCE = "533323", "89"
# In the order in which their rows refer to each other.
FACTS = (VillageDesignation, Posting, Handover, AccountabilityTask, Assignment, AssignmentEvent, Extension)
CODES = {"unit_code", "issuer_code", "code", "parent_code", "actor_unit", "verified_by_unit"}
REFERENCES = {"task_id", "assignment_id", "leaver_posting_id", "successor_posting_id"}
STEP = 10_000_000
"""Ids of a copy lie this far above those of the one before."""
NEEDED = {
    VillageDesignation: ("unit_code", "valid_from", "valid_to"),
    Posting: ("unit_code", "role", "starts_on", "ends_on"),
    Handover: ("unit_code", "leaver_posting_id", "due_on", "done_on"),
    Assignment: ("unit_code", "issuer_code", "due_on", "first_due_on", "first_reported_on", "closed_on", "recalled_on"),
    AssignmentEvent: ("assignment_id", "unit_code", "kind", "at", "actor_unit"),
    Extension: ("assignment_id", "state", "wanted_due_on", "decided_at"),
    Division: ("code", "level", "valid_from", "valid_to"),
}


@contextmanager
def databases(kinds: list[str]) -> Iterator[Iterator[tuple[str, str]]]:
    """Addresses of fresh, migrated databases by kind; gone at the end."""
    with tempfile.TemporaryDirectory(prefix="dandang-bench-") as folder, PrivatePostgres() as server:

        def made() -> Iterator[tuple[str, str]]:
            for kind in kinds:
                url = f"sqlite:///{Path(folder) / 'bench.db'}" if kind == "sqlite" else server.create("bench")
                upgrade(url)
                yield kind, url
                database.engine_for(url).dispose()

        yield made()


def copied(number: int, name: str, column):  # type: ignore[no-untyped-def]
    """A column of a copy: codes under another city, ids shifted, unique texts marked."""
    if name == "period":
        return null()  # no indicator reads it, and what the province issued is the city's in a copy
    if name in CODES:
        return literal(f"{PROVINCE}{number:02d}") + func.substr(column, 5)
    if name == "id" or name in REFERENCES:
        return column + STEP * (number + 1)
    if name in ("request_id", "burden_key"):
        return literal(f"{number}:") + func.substr(column, 1, 30)
    return column


def multiply(session: Session, counties: int) -> None:
    """Copies of the county's divisions and facts."""
    session.add(Division(code=PROVINCE, level=1, name="基准省"))
    session.flush()
    for number in range(counties):
        city = f"{PROVINCE}{number:02d}"
        session.add(Division(code=city, parent_code=PROVINCE, level=2, name=f"基准市{number}"))
        session.flush()
        for level in (3, 4, 5):
            copy(session, Division, number, (Division.level == level) & Division.code.startswith(COUNTY))
        for model in FACTS:
            copy(session, model, number, model.id < STEP)


def copy(session: Session, model, number: int, where) -> None:  # type: ignore[no-untyped-def]
    """One copy of a table's rows."""
    columns = [column for column in model.__table__.columns if column.name != "successor_code"]
    rows = select(*(copied(number, column.name, column) for column in columns)).where(where)
    session.execute(insert(model).from_select([column.name for column in columns], rows))


def floor(session: Session) -> int:
    """Read every needed column of every fact once; gives the number of rows."""
    total = 0
    for model, names in NEEDED.items():
        columns = [getattr(model, name) for name in names]
        total += session.execute(select(func.count(), *(func.count(column) for column in columns))).one()[0]
    return total


def compile_all(url: str, root: str, period: str) -> int:
    """The run as the flow makes it, without the flow; gives the number of values. What it wrote is taken back."""
    now = clock.now()
    with session_scope(url, Viewer.system("基准", "")) as session:
        job = service.begin(session, period, root, "", now)
    for _, counties in job.groups:
        for county in counties:
            with session_scope(url, Viewer.system("基准", county)) as session:
                service.compile_county(session, job.run_id, county)
    with session_scope(url, Viewer.system("基准", job.root)) as session:
        count = session.scalar(select(func.count()).where(IndicatorValue.run_id == job.run_id)) or 0
        service.finish(session, job.run_id, now)
    return int(count)


def best(rounds: int, act: Callable[[], int]) -> tuple[float, int]:
    """Seconds of the fastest round, and what the act gave."""
    taken = []
    given = 0
    for _ in range(rounds):
        started = time.perf_counter()
        given = act()
        taken.append(time.perf_counter() - started)
    return min(taken), given


def floor_of(url: str) -> int:
    with session_scope(url, Viewer.system("基准", ""), writes=False) as session:
        return floor(session)


def measure(kind: str, url: str, counties: int, period: str, rounds: int) -> None:
    """Print one database's figures."""
    with session_scope(url, Viewer.system("基准", "")) as session:
        demo.load(session, b"benchmark-key-of-thirty-two-byte")
    report(
        kind, "1 county", best(rounds, lambda: compile_all(url, COUNTY, period)), best(rounds, lambda: floor_of(url))
    )
    with session_scope(url, Viewer.system("基准", "")) as session:
        multiply(session, counties)
    with database.engine_for(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    at_rest = best(rounds, lambda: floor_of(url))
    one = f"{PROVINCE}00{COUNTY[4:]}"
    report(kind, f"1 of {counties + 1}", best(rounds, lambda: compile_all(url, one, period)), at_rest)
    report(kind, f"{counties} counties", best(rounds, lambda: compile_all(url, PROVINCE, period)), at_rest)


def report(kind: str, what: str, compiled: tuple[float, int], scanned: tuple[float, int]) -> None:
    """One line: seconds, values, the floor and the ratio."""
    print(
        f"{kind:<11}{what:<14}{compiled[0]:8.3f} s {compiled[1]:>9,} values"
        f"   floor {scanned[0]:7.3f} s {scanned[1]:>10,} rows   ratio {compiled[0] / scanned[0]:6.1f}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counties", type=int, default=100)
    parser.add_argument("--period", default="2026-10")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--db", default="sqlite,postgresql")
    given = parser.parse_args()
    load_models()
    with databases(given.db.split(",")) as made:
        for kind, url in made:
            measure(kind, url, given.counties, given.period, given.rounds)


if __name__ == "__main__":
    main()
