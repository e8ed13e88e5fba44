"""The proof that stored submissions played again change no row, and the time it takes:

    python -m benchmarks.worklog_replay [--logs 100000] [--authors 200] [--db sqlite,postgresql]

So many logs are held, each under its UUID with the body that its submission has; the first hundred came the usual way.
Then the shipped command `worklogs replay FILE --json` plays the file of all submissions. Every row of every table is
compared before and after; the exit code is 1 where any changed. Seconds of the wall clock, with the start of the command in them.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.compile_period import databases
from benchmarks.worklog_submissions import settings_for
from tests import factories
from tests.worklogs.sending import body
from webapp import clock
from webapp.access import Viewer
from webapp.app import load_models
from webapp.bulk import insert_many
from webapp.config import ROOT, Settings
from webapp.db import Base, session_scope
from webapp.org.models import Posting
from webapp.worklogs import submissions
from webapp.worklogs.models import WorkLog, WorkLogVersion
from webapp.worklogs.replay import READER, Outcome, replay

SYSTEM = Viewer.system("测量", "")
USUAL = 100
"""Submissions that the service itself takes; the rows of the others are stored as it stores them."""


def authors(session: Session, number: int) -> list[tuple[str, Posting]]:
    """Logins of first secretaries with their posts."""
    factories.add_fugong(session)
    made = []
    for _ in range(number):
        post = factories.posting(session, "first_secretary", factories.VILLAGE)
        made.append((factories.account(session, post.person_id).login, post))
    session.flush()
    return made


def store(session: Session, people: list[tuple[str, Posting]], count: int) -> Iterator[bytes]:
    """Hold so many logs; gives the line of each."""
    now = clock.now()
    logs: list[dict[str, Any]] = []
    versions: list[dict[str, Any]] = []
    for serial in range(count):
        login, post = people[serial % len(people)]
        line = json.dumps(body(id=str(uuid.uuid4()), text=f"走访第 {serial} 户，修好水管") | {"login": login}).encode()
        yield line
        if serial < USUAL:
            replay(session, [(serial + 1, line)], Outcome(), now)
            continue
        sent = submissions.parsed(submissions.read(line))
        said = {"day": sent.entry.day, "duty_area": sent.entry.duty_area}
        unit = {"unit_code": sent.entry.unit_code, "author_id": post.person_id, "posting_id": post.id}
        logs.append({"id": sent.log_id, "created_at": now, "version": 1} | unit | said)
        text = {"number": 1, "text": sent.entry.text, "body_hash": sent.entry.body_hash}
        saved = {"log_id": sent.log_id, "saved_at": now, "saved_by_id": post.person_id, "paper": False}
        versions.append(text | saved | said)
    insert_many(session, WorkLog, logs)
    insert_many(session, WorkLogVersion, versions)


def rows_of(url: str) -> set[bytes]:
    """A digest of every row of every table."""
    found = set()
    with session_scope(url, SYSTEM, writes=False) as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)).yield_per(5_000):
                found.add(hashlib.blake2b(repr((table.name, *row)).encode(), digest_size=16).digest())
    return found


def played(settings: Settings, file: Path) -> tuple[dict[str, Any], float]:
    """What the command says, and its seconds."""
    environment = os.environ | {"DATABASE_URL": settings.database_url, "DANDANG_INSTANCE": str(settings.instance)}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worklogs", "replay", str(file), "--json"]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)  # noqa: S603 — our own
    return json.loads(done.stdout), time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=int, default=100_000)
    parser.add_argument("--authors", type=int, default=200)
    parser.add_argument("--db", default="sqlite,postgresql")
    chosen = parser.parse_args()
    load_models()
    wrong = 0
    with databases(chosen.db.split(",")) as places, tempfile.TemporaryDirectory() as folder:
        for kind, url in places:
            file = Path(folder) / f"{kind}.jsonl"
            with session_scope(url, READER) as session, file.open("wb") as stored:
                stored.writelines(
                    line + b"\n" for line in store(session, authors(session, chosen.authors), chosen.logs)
                )
            before = rows_of(url)
            told, seconds = played(settings_for(url, Path(folder) / kind), file)
            changed = len(before ^ rows_of(url))
            print(
                f"{kind}: {chosen.logs} submissions in {seconds:.1f} s: {told['new']} new, {told['same']} held, "
                f"{told['conflict']} in conflict, {told['refused']} refused; {changed} of {len(before)} rows changed",
                flush=True,
            )
            wrong += changed + abs(told["same"] - chosen.logs)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
