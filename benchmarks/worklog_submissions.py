"""Submissions of logs per second, beside the bare insert in the same run, and the proof by kill -9:

    python -m benchmarks.worklog_submissions [--logs 400] [--rounds 3] [--kill 1000] [--database sqlite|postgresql]

The bare insert writes the two rows of a log by the driver, one transaction each: what the disk allows. Beside it stand
the same logs through the service in this process, and through the shipped server by four phones. Rounds alternate, so
that noise of the machine falls on all; the ratios are the finding. `--kill N` sends N logs while the server is killed
twice, then counts: each acknowledged log is there, none twice; else the exit code is 1. A private PostgreSQL is started for the run.
"""

import argparse
import contextlib
import json
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from tests import factories
from tests.migrating import upgrade
from tests.postgres import PrivatePostgres
from tests.worklogs.phones import Gunicorn, Sent, send_all, token_in
from tests.worklogs.sending import body
from webapp import clock
from webapp import db as database
from webapp.access import Viewer
from webapp.app import load_models
from webapp.auth.sending import SUBMIT, sender_of
from webapp.config import Settings
from webapp.org.models import Posting
from webapp.worklogs import service, submissions
from webapp.worklogs.models import WorkLog, WorkLogVersion

PHONES = 4
SYSTEM = Viewer.system("benchmark", "")


def settings_for(url: str, folder: Path) -> Settings:
    made = Settings(
        instance=folder / "instance",
        database_url=url,
        smtp_url=None,
        mail_from="dandang@example.invalid",
        base_url="http://127.0.0.1:8000",
        fonts=folder,
        production=False,
        trusted_proxies=0,
    )
    made.prepare()
    return made


def bare(url: str, post: int, person: int, logs: int) -> float:
    """Logs per second by the driver: two rows and a commit each."""
    now = datetime.now(UTC)
    version = {"number": 1, "day": clock.today(), "duty_area": "service", "text": "走访", "body_hash": "x" * 64}
    started = time.perf_counter()
    with database.engine_for(url).connect() as connection:
        for _ in range(logs):
            log_id = str(uuid.uuid4())
            row = {"id": log_id, "author_id": person, "posting_id": post, "unit_code": factories.VILLAGE}
            row |= {"day": clock.today(), "duty_area": "service", "created_at": now, "version": 1}
            connection.execute(insert(WorkLog.__table__), row)  # type: ignore[arg-type]
            more = {"log_id": log_id, "saved_at": now, "saved_by_id": person, "paper": False}
            connection.execute(insert(WorkLogVersion.__table__), version | more)  # type: ignore[arg-type]
            connection.commit()
    return logs / (time.perf_counter() - started)


def by_service(url: str, person: int, logs: int) -> float:
    """Logs per second through parsing and service, one transaction each."""
    lines = [json.dumps(body(id=str(uuid.uuid4()))).encode() for _ in range(logs)]
    started = time.perf_counter()
    for line in lines:
        with database.session_scope(url, SYSTEM) as session:
            at, sent = clock.now(), submissions.parsed(submissions.read(line))
            session.info["viewer"] = sender_of(session, "测试", None, person, clock.today()).through(SUBMIT)
            service.submit(
                session,
                log_id=sent.log_id,
                base_version=sent.base_version,
                author_id=person,
                entry=sent.entry,
                at=at,
                device=sent.clock_at(at),
            )
    return logs / (time.perf_counter() - started)


def by_phones(server: Gunicorn, tokens: list[str], logs: int) -> float:
    """Logs per second as four phones see the shipped server."""
    sent, started = Sent(), time.perf_counter()
    for thread in send_all(server.port, tokens, logs, sent):
        thread.join()
    if sent.wrong or len(sent.acknowledged) != logs:
        raise RuntimeError(f"not all were taken: {sent.wrong[:3]}")
    return logs / (time.perf_counter() - started)


def killed(server: Gunicorn, tokens: list[str], url: str, logs: int) -> dict[str, int]:
    """Send while the server is killed twice; what was acknowledged, what is held of it, how many versions too many."""
    sent = Sent()
    threads = send_all(server.port, tokens, logs, sent)
    for share in (logs // 4, logs // 2):
        while len(sent.acknowledged) < share and any(thread.is_alive() for thread in threads):
            time.sleep(0.02)
        server.kill()
        server.start()
    for thread in threads:
        thread.join()
    with database.session_scope(url, SYSTEM, writes=False) as session:
        versions = func.count(WorkLogVersion.id)
        rows = session.execute(select(WorkLogVersion.log_id, versions).group_by(WorkLogVersion.log_id)).tuples().all()
    held = dict(rows)
    return {
        "acknowledged": len(sent.acknowledged),
        "unanswered": sent.lost,
        "held": sum(1 for log_id in sent.acknowledged if log_id in held),
        "twice": sum(1 for log_id in sent.acknowledged if held.get(log_id, 0) > 1),
    }


@contextlib.contextmanager
def address(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'logs.db'}"
        return
    with PrivatePostgres() as server:
        yield server.create("logs")


def measure(kind: str, logs: int, rounds: int, kills: int) -> dict[str, Any]:
    """All figures of one database: the best round of each way, and their ratios."""
    with tempfile.TemporaryDirectory() as name, address(kind, Path(name)) as url:
        upgrade(url)
        settings = settings_for(url, Path(name))
        with database.session_scope(url, SYSTEM) as session:
            factories.add_fugong(session)
            tokens = [token_in(session) for _ in range(PHONES)]
            post, person = _first_post(session)
        server = Gunicorn(settings)
        server.start()
        try:
            ways: dict[str, list[float]] = {"bare": [], "service": [], "phones": []}
            for _ in range(rounds):
                ways["bare"].append(bare(url, post, person, logs))
                ways["service"].append(by_service(url, person, logs))
                ways["phones"].append(by_phones(server, tokens, logs))
            best = {way: round(max(found), 1) for way, found in ways.items()}
            told: dict[str, Any] = {"database": kind, "per_second": best}
            told["service_of_bare"] = round(best["service"] / best["bare"], 2)
            told["phones_of_bare"] = round(best["phones"] / best["bare"], 2)
            if kills:
                told["killed"] = killed(server, tokens, url, kills)
        finally:
            server.kill()
            database.engine_for(url).dispose()
    return told


def _first_post(session: Session) -> tuple[int, int]:
    post = session.scalars(select(Posting).order_by(Posting.id)).first()
    assert post is not None
    return post.id, post.person_id


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kill", type=int, default=0)
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    load_models()
    wrong = 0
    for kind in [asked.database] if asked.database else ["sqlite", "postgresql"]:
        found = measure(kind, asked.logs, asked.rounds, asked.kill)
        if proof := found.get("killed"):
            wrong += proof["acknowledged"] - proof["held"] + proof["twice"]
        json.dump(found, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        sys.stdout.flush()
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
