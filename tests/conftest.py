"""Fixtures of all tests: both databases, an application, signed-in clients. Only clock and mail are ever replaced."""

import gc
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from tests import factories
from tests.engines import prepared
from tests.migrating import upgrade
from tests.postgres import PrivatePostgres
from webapp import db as database
from webapp.access import Viewer
from webapp.app import create_app, load_models
from webapp.config import ROOT, Settings
from webapp.extensions import db, limiter
from webapp.keys import derive

# How fast the machine draws examples says nothing about what is tested.
hypothesis.settings.register_profile("dandang", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("dandang")

DATABASES = ("sqlite", "postgresql")
EMPTY = "template_empty"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", default=",".join(DATABASES), help="databases to run on: sqlite,postgresql")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "one_database: what is tested does not depend on the database, and is slow")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        kinds = metafunc.config.getoption("--db").split(",")
        if metafunc.definition.get_closest_marker("one_database"):
            kinds = kinds[:1]
        metafunc.parametrize("database_kind", kinds, scope="session")


@pytest.fixture(scope="module", autouse=True)
def _settled() -> Iterator[None]:
    """What outlives a module of tests (the application, compiled statements) is searched for garbage only once: with all
    that has come together a search takes seconds, and `_let_go` asks for one often."""
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    with PrivatePostgres() as server:
        yield server


@pytest.fixture(scope="session")
def templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Address of a migrated, empty database of a kind; made once a session, copied by each test."""

    @lru_cache
    def made(kind: str) -> str:
        load_models()
        if kind == "postgresql":
            url = request.getfixturevalue("postgres").create(EMPTY)
            upgrade(url)
            return url
        file = tmp_path_factory.mktemp("template") / "empty.db"
        upgrade(f"sqlite:///{file}")
        connection = sqlite3.connect(file)  # moves what is in the log into the file, which is then copied alone
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return f"sqlite:///{file}"

    return made


@pytest.fixture(scope="session")
def copy_empty(templates: Callable[[str], str], request: pytest.FixtureRequest) -> Callable[[str, Path], str]:
    """`copy_empty(kind, folder)` → address of a new, empty, migrated database."""

    def copied(kind: str, folder: Path) -> str:
        template = templates(kind)
        if kind == "postgresql":
            return str(request.getfixturevalue("postgres").create_from(EMPTY))
        shutil.copy(template.removeprefix("sqlite:///"), folder / "test.db")
        return f"sqlite:///{folder / 'test.db'}"

    return copied


@pytest.fixture
def database_url(
    database_kind: str, copy_empty: Callable[[str, Path], str], request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """Address of this test's own database, empty for another one after the test."""
    url = copy_empty(database_kind, tmp_path)
    prepared(database.engine_for(url))
    server = request.getfixturevalue("postgres") if database_kind == "postgresql" else None
    yield url
    _let_go(database.engine_for(url))
    database.engine_for.cache_clear()
    if server is not None:
        server.give_back(url)


def _let_go(engine: Engine) -> None:
    """Close every connection, also one that an answer nobody read to its end still holds: left to itself it would break
    off in the middle of some later test, when its database is long gone."""
    checked_out = getattr(engine.pool, "checkedout", lambda: 0)()
    if checked_out:
        gc.collect()
    engine.dispose()


def _settings(instance: Path, database_url: str) -> Settings:
    return Settings(
        instance=instance,
        database_url=database_url,
        smtp_url=None,
        mail_from="dandang@example.invalid",
        base_url="http://127.0.0.1:8000",
        fonts=ROOT / ".dandang" / "fonts",
        production=False,
        trusted_proxies=0,
    )


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    settings = _settings(tmp_path / "instance", database_url)
    settings.prepare()
    return settings


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A session that may see and write everything; tests of access change `session.info["viewer"]`."""
    database.intend_to_write(True)
    with Session(database.engine_for(database_url), info={"viewer": Viewer.system("test", "")}) as session:
        yield session
    database.intend_to_write(False)


@pytest.fixture
def county(session: Session) -> Session:
    """The session with the real divisions of 福贡县 and of its neighbour 泸水市 (township 六库 only)."""
    factories.add_fugong(session)
    session.commit()
    return session


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The one application of all tests that do not build their own: its routes and pages are compiled once."""
    folder = tmp_path_factory.mktemp("served")
    return create_app(_settings(folder / "instance", f"sqlite:///{folder / 'none.db'}"))


@pytest.fixture
def app(served: Flask, settings: Settings) -> Iterator[Flask]:
    """The application on this test's own database and instance folder; what a test changes in its configuration ends
    with it. A test that adds routes builds its own (`own_app`)."""
    held, extensions = dict(served.config), dict(served.extensions)
    served.config.update(
        SETTINGS=settings,
        SECRET_KEY=derive(settings.master_key(), "flask-session"),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        TESTING=True,
        WTF_CSRF_ENABLED=False,
    )
    engine = prepared(database.configure(create_engine(settings.database_url, hide_parameters=True)))
    with served.app_context():
        db.engines[None].dispose()
        db.engines[None] = engine
        limiter.reset()
    yield served
    with served.app_context():
        db.session.remove()
    _let_go(engine)
    served.config.clear()
    served.config.update(held)
    served.extensions.clear()
    served.extensions.update(extensions)


@pytest.fixture
def own_app(settings: Settings) -> Iterator[Flask]:
    """An application of the test's own, to which it may add routes."""
    app = create_app(settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        prepared(db.engine)
    yield app
    with app.app_context():
        db.session.remove()
        _let_go(db.engine)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor who has not signed in."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, county: Session) -> Callable[..., FlaskClient]:
    """`sign_in("desk", "533323")` → a client of a new person in that post; `.person_id` names the person."""

    def signed_in(role: str, unit_code: str, person_id: int | None = None, kind: str | None = None) -> FlaskClient:
        token, person = factories.signed_in_person(county, role, unit_code, person_id, kind)
        county.commit()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        client.person_id = person  # type: ignore[attr-defined]
        return client

    return signed_in
