"""A production configuration refuses to start where it would not be safe; a lost key is said, not replaced."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from tests import factories
from webapp import clock
from webapp.app import create_app
from webapp.config import Settings
from webapp.errors import Refused
from webapp.extensions import db


@pytest.fixture
def live(settings: Settings) -> Settings:
    return replace(settings, production=True, base_url="https://dandang.example.gov.cn")


def test_starts_with_https_and_without_demo_accounts(live: Settings) -> None:
    app = create_app(live)
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-dandang"
    assert app.config["SESSION_COOKIE_SECURE"]


def test_refuses_an_address_without_https(live: Settings) -> None:
    with pytest.raises(Refused, match="HTTPS"):
        create_app(replace(live, base_url="http://dandang.example.gov.cn"))


def test_refuses_debugging(live: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(Refused, match="调试"):
        create_app(live)


def test_refuses_demo_accounts(live: Settings, county: Session) -> None:
    account = factories.account(county, factories.person(county).id)
    account.is_demo = True
    county.commit()
    with pytest.raises(Refused, match="演示账号"):
        create_app(live)


def test_a_database_without_its_key_is_not_given_a_new_one(settings: Settings) -> None:
    settings.key_file.unlink()
    with pytest.raises(Refused, match="主密钥"):
        create_app(settings)
    assert not settings.key_file.exists()


def test_a_database_that_is_down_is_said_by_the_pages(live: Settings) -> None:
    app = create_app(replace(live, database_url="postgresql+psycopg://nobody@127.0.0.1:9/none"))
    assert app.test_client().get("/login").status_code in (200, 503)


@pytest.fixture
def machine_clock() -> Iterator[None]:
    yield
    clock.stand_still(None)


@pytest.mark.usefixtures("machine_clock")
class TestClockOfADemo:
    MOMENT = factories.at("2026-05-06 09:30")

    def test_it_stands_still_in_a_demo_and_pages_say_so(self, settings: Settings, county: Session) -> None:
        person = factories.person(county)
        factories.account(county, person.id).is_demo = True
        county.commit()
        app = create_app(replace(settings, now=self.MOMENT))
        assert clock.now() == self.MOMENT
        page = app.test_client().get("/login").text
        assert "时间设定在2026年5月6日 09:30，不走动" in page
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        create_app(settings)
        assert not clock.stands_still()

    def test_it_is_refused_where_somebody_real_is_enrolled(self, settings: Settings, county: Session) -> None:
        factories.person(county).is_demo = False
        county.commit()
        with pytest.raises(Refused, match="只有演示实例"):
            create_app(replace(settings, now=self.MOMENT))
        assert not clock.stands_still()

    def test_it_is_refused_in_production(self, live: Settings) -> None:
        with pytest.raises(Refused, match="正式环境不能用 DANDANG_NOW"):
            create_app(replace(live, now=self.MOMENT))

    def test_what_is_no_moment_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DANDANG_NOW", "明天")
        with pytest.raises(Refused, match="DANDANG_NOW 不是日期时间"):
            Settings.from_env()
        monkeypatch.setenv("DANDANG_NOW", "2026-05-06T09:30")
        assert Settings.from_env().now == self.MOMENT
        monkeypatch.delenv("DANDANG_NOW")
        assert Settings.from_env().now is None
