"""The demo loaded once for all tests that only read it."""

import shutil
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from tests import factories
from webapp import clock
from webapp import db as database
from webapp.access import Viewer
from webapp.auth import passwords
from webapp.demo import service

KEY = b"k" * 32


@pytest.fixture(scope="module")
def loaded(
    database_kind: str, template: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Session]:
    """The demo as it stands on 2026-11-24, committed; the slow hash of passwords is left out."""
    if database_kind == "sqlite":
        target = tmp_path_factory.mktemp("demo") / "demo.db"
        source = create_engine(template)
        with source.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        source.dispose()
        shutil.copy(template.removeprefix("sqlite:///"), target)
        url = f"sqlite:///{target}"
    else:
        url = request.getfixturevalue("postgres").create_from("template_empty")
    engine = database.configure(create_engine(url))
    with pytest.MonkeyPatch.context() as patch, Session(engine, info={"viewer": Viewer.system("test", "")}) as session:
        patch.setattr(passwords, "hashed", lambda password: f"hash of {password}")
        with clock.held_at(factories.at("2026-11-24 10:00")):
            assert service.load(session, KEY) is True
        session.commit()
        yield session
    engine.dispose()
