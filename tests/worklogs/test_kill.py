"""kill -9 of the server while phones send: each acknowledged log is there, none twice."""

import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.worklogs.phones import Gunicorn, Sent, send_all, token_in
from webapp.config import Settings
from webapp.worklogs.models import WorkLog, WorkLogVersion

LOGS = 200


def test_acknowledged_logs_survive_a_killed_server_and_none_is_there_twice(county: Session, settings: Settings) -> None:
    tokens = [token_in(county) for _ in range(4)]
    county.commit()
    server, sent = Gunicorn(settings), Sent()
    server.start()
    try:
        threads = send_all(server.port, tokens, LOGS, sent)
        for share in (LOGS // 4, LOGS // 2):
            _wait_for(sent, share)
            server.kill()
            server.start()
        for thread in threads:
            thread.join(timeout=300)
    finally:
        server.kill()
    assert sent.wrong == []
    assert sent.lost > 0, "the server was killed while a phone waited for its answer"
    county.rollback()
    rows = county.execute(
        select(WorkLog.id, WorkLogVersion.text).join(WorkLogVersion, WorkLogVersion.log_id == WorkLog.id)
    ).all()
    assert len(sent.acknowledged) == LOGS
    assert sorted(rows) == sorted(sent.acknowledged.items())


def _wait_for(sent: Sent, count: int) -> None:
    until = time.monotonic() + 180
    while len(sent.acknowledged) < count and time.monotonic() < until:
        time.sleep(0.02)
