"""The test's own session must not hold the database's lock while a page is asked for."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Select
from sqlalchemy.orm import Session

from webapp.access import Viewer
from webapp.db import session_scope


@pytest.fixture
def county(county: Session) -> Session:
    """Rows stay readable after a commit without a new transaction."""
    county.expire_on_commit = False
    return county


@pytest.fixture
def stored(database_url: str) -> Callable[[Select[Any]], list[Any]]:
    """What the database holds now: `stored(select(Account))`."""

    def read(statement: Select[Any]) -> list[Any]:
        with session_scope(database_url, Viewer.system("test", ""), writes=False) as session:
            rows = list(session.scalars(statement))
            session.expunge_all()
        return rows

    return read
