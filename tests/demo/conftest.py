"""The demo loaded once for all tests that only read it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests import factories
from webapp import clock
from webapp import db as database
from webapp.access import Viewer
from webapp.auth import passwords
from webapp.demo import service

KEY = b"k" * 32


@pytest.fixture(scope="package")
def loaded(
    database_kind: str, copy_empty: Callable[[str, Path], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Session]:
    """The demo as it stands on 2026-11-24, committed; the slow hash of passwords is left out."""
    url = copy_empty(database_kind, tmp_path_factory.mktemp("demo"))
    engine = database.configure(create_engine(url))
    with pytest.MonkeyPatch.context() as patch, Session(engine, info={"viewer": Viewer.system("test", "")}) as session:
        patch.setattr(passwords, "hashed", lambda password: f"hash of {password}")
        with clock.held_at(factories.at("2026-11-24 10:00")):
            assert service.load(session, KEY) is True
        session.commit()
        yield session
    engine.dispose()
