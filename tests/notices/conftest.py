"""A mail server, a receiver of webhooks, and an instance whose administrator allowed this machine alone."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, at
from tests.notices.receiver import Receiver, receiving
from tests.notices.smtp_sink import Sink, accepting
from webapp.config import Settings
from webapp.notices import channels
from webapp.notices.models import PersonChannel
from webapp.notices.service import notify
from webapp.policy import calendar

MONDAY = at("2026-11-02 09:00")
BEFORE = at("2026-11-01 12:00")


@pytest.fixture
def sink() -> Iterator[Sink]:
    with accepting() as sink:
        yield sink


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def outgoing(settings: Settings, county: Session, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The instance as commands and jobs find it in the environment; the working calendar is there."""
    calendar.seed(county)
    county.commit()
    monkeypatch.setenv("DANDANG_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("DANDANG_BASE_URL", settings.base_url)
    monkeypatch.setenv("DANDANG_MAIL_FROM", settings.mail_from)
    monkeypatch.setenv("DANDANG_SMTP_URL", f"smtp://127.0.0.1:{sink.port}")
    monkeypatch.setenv("DANDANG_WEBHOOK_HOSTS", "127.0.0.1/32")
    return settings


@pytest.fixture
def reachable(county: Session, outgoing: Settings) -> Callable[..., int]:
    """`reachable("mail", "name@example.invalid")` → a person in post with an account and that channel."""

    def made(kind: str, address: str, unit_code: str = COUNTY, name: str | None = None, **channel: str) -> int:
        person = factories.person(county, name)
        factories.posting(county, "desk", unit_code, person.id)
        factories.account(county, person.id)
        add_channel(county, outgoing, person.id, kind, address, **channel)
        county.commit()
        return person.id

    return made


def add_channel(
    session: Session, settings: Settings, person_id: int, kind: str, address: str, **more: str
) -> PersonChannel:
    return channels.add(
        session,
        settings.master_key(),
        person_id,
        kind=kind,
        address=address,
        hosts=("127.0.0.1", "oapi.dingtalk.com", "qyapi.weixin.qq.com"),
        at=BEFORE,
        **more,
    )


def tell(session: Session, person_id: int, key: str, moment=MONDAY, path: str = "/tasks/assignments/1") -> None:  # type: ignore[no-untyped-def]
    """An inbox message with a name and a title in it."""
    notify(session, person_id, key, "标记标题乙（标记村丙）", "标记姓名甲已退回补充，理由：标记理由丁", path, moment)
    session.commit()
