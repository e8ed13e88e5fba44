"""A million assignments to measure with.

A made-up province (89) of 100 counties of 100 villages; each county issued 100 tasks to all its villages, of which the
last 40 are partly open; one more county (890901) issued 40 tasks to its 300 villages. The SQLite file is made once and
kept under /tmp, PostgreSQL's database lives as long as the run.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import Integer, case, cast, func, insert, literal, null, select, text
from sqlalchemy.orm import Session

from tests.migrating import config_for, upgrade
from tests.postgres import PrivatePostgres
from webapp import clock
from webapp import db as database
from webapp.access import Viewer
from webapp.accountability.models import AccountabilityTask, Assignment
from webapp.db import session_scope
from webapp.org.models import Division, Person, Posting

PROVINCE, COUNTY, TOWNSHIP, VILLAGE = "89", "890101", "890101101", "890101101201"
WIDE_COUNTY = "890901"
"""The county of the matrix: 300 villages and the 40 open tasks."""
COUNTIES = [f"890{city}{county:02d}" for city in range(1, 9) for county in range(1, 15)][:100]
TASKS, OPEN_TASKS = 100, 40
FIRST_DUE = date(2025, 1, 10)
TOPICS = ("核对监测对象参保情况", "排查饮水管网", "报送农房安全排查结果", "更新帮扶联系人", "核查公益岗位到岗情况")


def build(session: Session) -> None:
    """The whole world: units and tasks row by row, a million assignments by one statement."""
    session.add(Division(code=PROVINCE, level=1, name="基准省"))
    session.flush()
    villages = [code for county in COUNTIES for code in _county(session, county, 10)]
    villages += _county(session, WIDE_COUNTY, 30)
    _people(session, villages)
    for county in (*COUNTIES, WIDE_COUNTY):
        first = 0 if county != WIDE_COUNTY else TASKS - OPEN_TASKS
        session.execute(insert(AccountabilityTask), [_task(county, number) for number in range(first, TASKS)])
    session.flush()
    _assignments(session)


def _county(session: Session, county: str, villages: int) -> list[str]:
    """Ten townships with so many villages each; gives the villages' codes."""
    rows: list[dict[str, Any]] = []
    if session.get(Division, county[:4]) is None:
        rows.append({"code": county[:4], "parent_code": PROVINCE, "level": 2, "name": f"基准市{county[2:4]}"})
    rows.append({"code": county, "parent_code": county[:4], "level": 3, "name": f"基准县{county[2:]}"})
    townships = [f"{county}{101 + number}" for number in range(10)]
    rows += [{"code": code, "parent_code": county, "level": 4, "name": f"第{code[-3:]}镇"} for code in townships]
    below = [f"{township}{201 + number}" for township in townships for number in range(villages)]
    rows += [{"code": code, "parent_code": code[:9], "level": 5, "name": f"第{code[6:]}村委会"} for code in below]
    session.execute(insert(Division), rows)
    return below


def _people(session: Session, villages: list[str]) -> None:
    """A secretary in each village, so that a search for a name has where to look."""
    names = [f"基准人员{number:05d}" for number in range(len(villages))]
    made = [
        {"id": number, "name": name, "is_demo": True, "created_at": clock.now()} for number, name in enumerate(names, 1)
    ]
    session.execute(insert(Person), made)
    posts = [
        {"person_id": number, "role": "secretary", "unit_code": code, "starts_on": date(2025, 1, 1)}
        for number, code in enumerate(villages, 1)
    ]
    session.execute(insert(Posting), posts)
    if session.get_bind().dialect.name == "postgresql":  # ids were given by hand
        session.execute(text("SELECT setval(pg_get_serial_sequence('person', 'id'), (SELECT max(id) FROM person))"))


def _task(county: str, number: int) -> dict[str, Any]:
    due_on = FIRST_DUE + timedelta(days=7 * number)
    issued = datetime.combine(due_on - timedelta(days=21), datetime.min.time(), clock.CHINA)
    return {
        "request_id": f"{county}-{number}",
        "state": "issued",
        "title": f"{TOPICS[number % len(TOPICS)]}（第 {number} 批）",
        "content": "逐户查看，如实填报。",
        "basis": f"基准〔2026〕{number}号",
        "document_no": f"基准〔2026〕{number}号",
        "evidence": "排查清单",
        "minutes": 30,
        "issuer_code": county,
        "issued_by_name": "基准",
        "drafted_at": issued,
        "issued_at": issued,
        "due_on": due_on,
    }


def _assignments(session: Session) -> None:
    """Every task at every village of its issuer; of the open ones each third village has reported, a third is done."""
    task, place = AccountabilityTask, Division
    ended = task.due_on < FIRST_DUE + timedelta(days=7 * (TASKS - OPEN_TASKS))
    share = (cast(func.substr(place.code, 10), Integer) + task.id) % 6
    done = ended | share.in_((0, 1))
    state = case(
        (done, "closed"),
        (share == 2, "reported"),
        (share == 3, "acknowledged"),
        (share == 4, "returned"),
        else_="issued",
    )
    reported = case((done | share.in_((2, 4)), task.due_on), else_=null())
    values: dict[str, Any] = {
        "task_id": task.id,
        "unit_code": place.code,
        "issuer_code": task.issuer_code,
        "state": state,
        "issued_on": task.due_on,
        "due_on": task.due_on,
        "first_due_on": task.due_on,
        "first_reported_on": reported,
        "last_reported_on": reported,
        "closed_on": case((done, task.due_on), else_=null()),
        "closed_as": case((done, "verified"), else_=null()),
        "times_returned": 0,
        "weight": 1,
        "vacant": False,
        "changed_at": task.drafted_at,
        "version": 1,
    }
    rows = (
        select(*(value if hasattr(value, "label") else literal(value) for value in values.values()))
        .select_from(task)
        .join(place, func.substr(place.code, 1, 6) == task.issuer_code)
        .where(place.level == 5)
    )
    session.execute(insert(Assignment).from_select(list(values), rows))


def filled(url: str) -> None:
    """Migrate and fill a database, unless it was left filled by an earlier run."""
    upgrade(url)
    with session_scope(url, Viewer.system("基准", ""), writes=False) as session:
        if session.scalar(select(func.count()).select_from(AccountabilityTask)):
            return
    started = time.perf_counter()
    with session_scope(url, Viewer.system("基准", "")) as session:
        build(session)
        number = session.scalar(select(func.count()).select_from(Assignment))
    with database.engine_for(url).connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))
        connection.commit()
    database.learn_sizes(url)
    print(f"{number:,} assignments made in {time.perf_counter() - started:.0f} s", flush=True)


@contextmanager
def databases(kinds: list[str]) -> Iterator[Iterator[tuple[str, str]]]:
    """Filled databases by kind: SQLite from /tmp, PostgreSQL private to this run."""
    head = ScriptDirectory.from_config(config_for("sqlite://")).get_current_head()
    kept = Path(tempfile.gettempdir()) / "dandang-benchmark" / f"tasks-{head}.db"
    kept.parent.mkdir(exist_ok=True)
    with PrivatePostgres() as server:

        def made() -> Iterator[tuple[str, str]]:
            for kind in kinds:
                url = f"sqlite:///{kept}" if kind == "sqlite" else server.create("bench")
                filled(url)
                yield kind, url
                database.engine_for(url).dispose()

        yield made()
