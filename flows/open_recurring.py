"""The duty list's tasks of each period, opened by the calendar. Order and retries only; the rules are in the service."""

import logging
from datetime import date, datetime

from prefect import flow, task
from sqlalchemy.orm import Session

from flows.lease import held
from webapp import clock
from webapp.access import Viewer
from webapp.accountability import recurring
from webapp.accountability.not_opened import record
from webapp.accountability.openings import Opening
from webapp.config import Settings
from webapp.db import session_scope
from webapp.policy.calendar import work_calendar
from webapp.sheets.opening import open_sheets

NAME = "责任清单"
log = logging.getLogger("dandang.recurring")


@flow(name="open-recurring")
def open_recurring(on: date, root: str = "") -> list[int]:
    """Open what is due for opening by a day; gives the ids of the new assignments, none when run again."""
    return open_due(on, root)


@task(retries=2, retry_delay_seconds=5)
def open_due(on: date, root: str) -> list[int]:
    """One transaction: a run that is killed has opened nothing, and the next run opens it all."""
    settings = Settings.from_env()
    # The issuer of what the root itself owes lies above the root, so that the system reaches the whole tree.
    # The command may run beside the scheduler: the second one waits, and finds everything open.
    with (
        held(settings, "recurring", wait=True),
        session_scope(settings.database_url, Viewer.system(NAME, "")) as session,
    ):
        found = open_all(session, on, root)
        log.info("opened %d duties, %d not opened", len(found.ids), len(found.not_opened))
        for one in found.not_opened:
            log.warning("not opened for %s: %s %s", one.unit_code, one.title, one.reason)
        return found.ids


def open_all(session: Session, on: date, root: str, at: datetime | None = None) -> Opening:
    """Open every duty and month sheet that has come due for opening by a day; remember how far that went and what did not open."""
    found = recurring.open_recurring(session, on, root=root, at=at)
    sheets = open_sheets(session, on, root=root, at=at)
    found.ids += sheets.ids
    found.not_opened += sheets.not_opened
    if work_calendar(session).is_workday(on):
        recurring.mark_opened(session, root, on)
        record(session, found, on, root, at or clock.now())
    return found
