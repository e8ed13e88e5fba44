"""Time to issue one task to 25,000 villages, beside the floor of bare inserts of the same rows in the same database:

    python -m benchmarks.fan_out [--villages 25000] [--rounds 3] [--db postgresql,sqlite]

One made-up province with a secretary in each village, so that each village also gets its message. The product's time is
the whole transaction with its commit: targets, gate, assignments, events, ledger entries, messages, audit entry. The
floors put rows of the same content into the same four tables and commit: one prepared statement each, and the bare
stream that the product uses as well (`webapp.bulk`). Seconds of the wall clock, the best of the rounds; ratios are the
finding.
"""

import argparse
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from benchmarks.compile_period import databases
from webapp import clock
from webapp.access import Grant, Viewer
from webapp.accountability import issuing
from webapp.accountability.models import AccountabilityTask, Assignment, AssignmentEvent
from webapp.accountability.rules import TaskTerms
from webapp.app import load_models
from webapp.bulk import insert_many
from webapp.burden.models import BurdenEntry
from webapp.db import session_scope
from webapp.notices.models import InboxMessage
from webapp.org.models import Division, Person, Posting
from webapp.policy import calendar
from webapp.sheets import months  # what a village's month sheet will cost is part of the gate

__all__ = ["months"]

PROVINCE = "89"
WRITTEN = (Assignment, AssignmentEvent, BurdenEntry, InboxMessage)
NOW = datetime(2026, 10, 12, 9, 30, tzinfo=clock.CHINA)
SYSTEM = Viewer.system("测量", "")


def made(session: Session, villages: int) -> tuple[Viewer, list[str]]:
    """A province with so many villages, 200 of them in each township; its desk and the villages' codes."""
    divisions, codes = [{"code": PROVINCE, "parent_code": None, "level": 1, "name": "测量省"}], []
    known = {PROVINCE}
    for number in range(villages):
        township = f"{PROVINCE}{number // 20000 + 1:02d}{number // 2000 % 10 + 1:02d}{number // 200 % 10 + 1:03d}"
        for length in (4, 6, 9):
            code = township[:length]
            if code not in known:
                known.add(code)
                parent = code[: {4: 2, 6: 4, 9: 6}[length]]
                level = {4: 2, 6: 3, 9: 4}[length]
                divisions.append({"code": code, "parent_code": parent, "level": level, "name": f"区划{code}"})
        codes.append(f"{township}{number % 200 + 1:03d}")
        divisions.append({"code": codes[-1], "parent_code": township, "level": 5, "name": f"测量村{number}"})
    session.execute(insert(Division), divisions)
    session.execute(insert(Person), [{"name": f"测量{number}", "created_at": NOW} for number in range(villages + 1)])
    people = list(session.scalars(select(Person.id).order_by(Person.id)))[-villages - 1 :]
    posts = [{"person_id": people[0], "role": "desk", "unit_code": PROVINCE, "starts_on": date(2025, 1, 1)}]
    posts += [
        {"person_id": person, "role": "secretary", "unit_code": code, "starts_on": date(2025, 1, 1)}
        for person, code in zip(people[1:], codes, strict=True)
    ]
    session.execute(insert(Posting), posts)
    calendar.seed(session)
    desk = Viewer("account", "测量", account_id=None, person_id=people[0], grants=(Grant("desk", PROVINCE, 1),))
    return desk, codes


def issued(url: str, desk: Viewer, codes: list[str], number: int) -> float:
    """Seconds that one issue takes, for a month whose sheets are still to be opened."""
    terms = TaskTerms(f"测量任务{number}", "内容", "测量〔2026〕1号", "一份", 10, date(2026, 11, 10))
    start = time.perf_counter()
    with session_scope(url, desk) as session:
        issuing.issue(session, terms, codes, issuer_code=PROVINCE, request_id=str(uuid4()), at=NOW)
    return time.perf_counter() - start


def put_statement(session: Session, model: Any, rows: list[dict[str, Any]]) -> None:
    """The usual insert of many rows."""
    session.execute(insert(model), rows)


def floor(url: str, put: Callable[[Session, Any, list[dict[str, Any]]], None]) -> tuple[float, int]:
    """Seconds that bare inserts of the rows of the last task take, and how many rows they are."""
    with session_scope(url, SYSTEM) as session:
        task_id = session.scalars(select(AccountabilityTask.id).order_by(AccountabilityTask.id.desc())).first()
        ids = set(session.scalars(select(Assignment.id).where(Assignment.task_id == task_id)))
        keys = {f"assignment:{one}" for one in ids}
        held: list[tuple[Any, list[dict[str, Any]]]] = []
        for model in WRITTEN:
            columns = list(model.__table__.columns)
            rows = [dict(zip((c.key for c in columns), row, strict=True)) for row in session.execute(select(*columns))]
            if model is Assignment:
                rows = [row for row in rows if row["id"] in ids]
            elif model is AssignmentEvent:
                rows = [row for row in rows if row["assignment_id"] in ids]
            else:
                rows = [row for row in rows if ":".join(row["key"].split(":")[:2]) in keys]
            held.append((model, rows))
        for model, rows in reversed(held):
            session.execute(delete(model).where(model.id >= min(row["id"] for row in rows)))
    start = time.perf_counter()
    with session_scope(url, SYSTEM) as session:
        for model, rows in held:
            put(session, model, rows)
    return time.perf_counter() - start, sum(len(rows) for _, rows in held)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--villages", type=int, default=25_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--db", default="postgresql,sqlite")
    chosen = parser.parse_args()
    load_models()
    with databases(chosen.db.split(",")) as places:
        for kind, url in places:
            with session_scope(url, SYSTEM) as session:
                desk, codes = made(session, chosen.villages)
            best = min(issued(url, desk, codes, number) for number in range(chosen.rounds))
            bare, rows = min(floor(url, put_statement) for _ in range(chosen.rounds))
            stream, _ = min(floor(url, insert_many) for _ in range(chosen.rounds))
            print(
                f"{kind}: {len(codes)} villages {best:.2f} s; {rows} bare rows: {bare:.2f} s by statement "
                f"({best / bare:.1f} ×), {stream:.2f} s by stream ({best / stream:.1f} ×)"
            )


if __name__ == "__main__":
    main()
