"""The duty list's tasks of each period, opened by the calendar. Order and retries only; the rules are in the service."""

from datetime import date

from prefect import flow, task

from webapp.access import Viewer
from webapp.accountability import recurring
from webapp.config import Settings
from webapp.db import session_scope

NAME = "责任清单"


@flow(name="open-recurring")
def open_recurring(on: date, root: str = "") -> list[int]:
    """Open what is due for opening by a day; gives the ids of the new assignments, none when run again."""
    return open_due(on, root)


@task(retries=2, retry_delay_seconds=5)
def open_due(on: date, root: str) -> list[int]:
    """One transaction: a run that is killed has opened nothing, and the next run opens it all."""
    with session_scope(Settings.from_env().database_url, Viewer.system(NAME, root)) as session:
        return recurring.open_recurring(session, on, root=root)
