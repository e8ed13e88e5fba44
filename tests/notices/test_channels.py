"""Channels: addresses sealed and masked; requests only to where the administrator allowed, never redirected."""

import os
from collections.abc import Callable
from pathlib import Path

import apprise
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from flows.outbox import run_notices
from tests import factories
from tests.notices.conftest import BEFORE, MONDAY, add_channel, tell
from tests.notices.receiver import Receiver, receiving
from webapp.config import Settings
from webapp.errors import Faulty, Refused
from webapp.notices import addresses, channels, robots
from webapp.notices.models import OutsideMessage, PersonChannel
from webapp.notices.outbox import NotTaken

WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=11111111-2222-3333-4444-555555555555"
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=" + "a1b2c3d4" * 8
ROBOT_HOSTS = ("qyapi.weixin.qq.com", "oapi.dingtalk.com")


def test_the_address_is_nowhere_in_clear(county: Session, outgoing: Settings, tmp_path: Path) -> None:
    person = factories.person(county).id
    add_channel(county, outgoing, person, "dingtalk", DINGTALK, secret="SECmarked0001")
    add_channel(county, outgoing, person, "mail", "marked@example.invalid")
    county.commit()
    stored = str(county.execute(text("SELECT * FROM person_channel")).all())
    stored += str(county.execute(text("SELECT * FROM audit_entry")).all())
    for file in tmp_path.rglob("*.db*"):
        stored += file.read_bytes().decode("latin-1")
    assert not any(secret in stored for secret in ("a1b2c3d4a1b2", "SECmarked0001", "marked@example"))


def test_a_cell_opens_in_its_own_row_alone(county: Session, outgoing: Settings) -> None:
    person, other = factories.person(county).id, factories.person(county).id
    row = add_channel(county, outgoing, person, "wecom", WECOM)
    copied = add_channel(county, outgoing, other, "wecom", WECOM.replace("1", "9"))
    assert channels.target_of(outgoing.master_key(), row).address == WECOM
    copied.target = row.target
    with pytest.raises(Refused, match="重新添加"):
        channels.target_of(outgoing.master_key(), copied)
    with pytest.raises(Refused):
        channels.target_of(os.urandom(32), row)


def test_a_second_click_adds_nothing_and_there_is_an_end(county: Session, outgoing: Settings) -> None:
    person = factories.person(county).id
    assert add_channel(county, outgoing, person, "wecom", WECOM) is add_channel(
        county, outgoing, person, "wecom", WECOM
    )
    for number in range(4):
        add_channel(county, outgoing, person, "mail", f"n{number}@example.invalid")
    with pytest.raises(Refused, match="最多"):
        add_channel(county, outgoing, person, "mail", "one.more@example.invalid")


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("wecom", DINGTALK),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="),
        ("dingtalk", "https://oapi.dingtalk.com/robot/other?access_token=" + "a" * 64),
        ("webhook", "https://elsewhere.example/hook"),
        ("webhook", "http://oapi.dingtalk.com/robot/send"),
        ("webhook", "https://name:word@oapi.dingtalk.com/robot/send"),
        ("webhook", "https://oapi.dingtalk.com.elsewhere.example/x"),
        ("webhook", "https://oapi.dingtalk.com:99999/x"),
        ("webhook", "file:///etc/passwd"),
        ("webhook", "https://[::1/x"),
        ("webhook", "http://localhost/x"),
        ("webhook", "http://2130706433/x"),
        ("webhook", "http://169.254.169.254/latest/meta-data"),
        ("webhook", "https://oapi.dingtalk.com/a\r\nHost: x"),
        ("mail", "two words@example.invalid"),
        ("mail", "a@example.invalid\nBcc: b@example.invalid"),
        ("carrier pigeon", "x"),
    ],
)
def test_what_cannot_be_a_channel_is_refused_with_a_sentence(
    county: Session, outgoing: Settings, kind: str, address: str
) -> None:
    person = factories.person(county).id
    with pytest.raises(Faulty, match="。"):
        channels.add(county, outgoing.master_key(), person, kind=kind, address=address, hosts=ROBOT_HOSTS, at=BEFORE)
    assert county.scalars(select(PersonChannel)).all() == []


@pytest.mark.parametrize(
    ("host", "hosts", "goes"),
    [
        ("127.0.0.1", ("127.0.0.1",), True),
        ("127.0.0.1", ("127.0.0.0/8",), True),
        ("127.0.0.1", ("localhost",), False),
        ("localhost", ("localhost",), False),  # a listed name that leads inside
        ("localhost", ("localhost", "127.0.0.0/8", "::1"), True),
        ("10.0.0.1", ("127.0.0.1",), False),
        ("::ffff:127.0.0.1", ("oapi.dingtalk.com",), False),
        ("8.8.8.8", ("dns.example",), False),  # a bare address is listed itself or not at all
    ],
)
def test_inner_addresses_need_a_line_of_their_own(host: str, hosts: tuple[str, ...], goes: bool) -> None:
    if goes:
        assert addresses.permitted(host, 80, hosts)
    else:
        with pytest.raises(Refused, match="请系统管理员添加"):
            addresses.permitted(host, 80, hosts)


@pytest.mark.parametrize(
    "answer", ["64:ff9b::a00:1", "2002:a00:1::", "2001:0:4136:e378:8000:63bf:f5ff:fffe", "10.0.0.1"]
)
def test_a_listed_name_that_a_name_server_leads_inside_is_refused(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "_resolved", lambda _host, _port: [addresses._literal(answer)])
    with pytest.raises(Refused, match="请系统管理员添加"):
        addresses.permitted("oapi.dingtalk.com", 443, ROBOT_HOSTS)


def test_a_redirect_is_not_followed(
    county: Session, reachable: Callable[..., int], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving() as inner:
        receiver.answer, receiver.location = 302, f"http://127.0.0.1:{inner.port}/inner"
        tell(county, reachable("webhook", receiver.address), "assignment:1")
        assert run_notices(MONDAY).reached == {"webhook": {"failed": 1}}
        assert (len(receiver.arrived), inner.arrived) == (1, [])


def test_an_address_that_is_not_allowed_any_more_gets_nothing(
    county: Session, reachable: Callable[..., int], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(county, reachable("webhook", receiver.address), "assignment:1")
    monkeypatch.setenv("DANDANG_WEBHOOK_HOSTS", "oapi.dingtalk.com")
    assert run_notices(MONDAY).reached == {"webhook": {"failed": 1}}
    county.rollback()
    assert receiver.arrived == [] and "管理员" in (county.scalars(select(OutsideMessage.last_error)).one() or "")


@pytest.mark.parametrize(("kind", "address"), [("wecom", WECOM), ("dingtalk", DINGTALK)])
def test_robots_speak_through_the_guarded_line_alone(kind: str, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name server of the test leads the robot's host inside: the line refuses before anything is said."""
    monkeypatch.setattr(addresses, "_resolved", lambda _host, _port: [addresses._literal("127.0.0.1")])
    promised: list[bool] = []
    with pytest.raises(NotTaken, match="请系统管理员添加"):
        robots.say(
            channels.Target(kind, address), "您有待办", "您有待办", "<1@x>", ROBOT_HOSTS, lambda: promised.append(True)
        )
    assert promised == []


def test_the_plugins_are_those_that_were_looked_at() -> None:
    """A new version of Apprise may send by other means than `requests`: look before raising this."""
    assert apprise.__version__ == "1.13.1"
    assert apprise.AppriseAsset().plugin_paths == [] and robots._ASSET.http_redirects is False


def test_what_was_taken_out_is_wiped_and_says_nothing_more(
    county: Session, outgoing: Settings, reachable: Callable[..., int], receiver: Receiver
) -> None:
    person = reachable("webhook", receiver.address)
    tell(county, person, "assignment:1")
    receiver.answer = 503
    run_notices(MONDAY)
    county.rollback()
    channels.take_out(county, person, channels.channels(county, person)[0].id, MONDAY)
    county.commit()
    assert county.scalars(select(PersonChannel.target)).one() == ""
    county.rollback()
    run_notices(MONDAY.replace(hour=15))
    assert len(receiver.arrived) == 1
    county.rollback()
    assert county.scalars(select(OutsideMessage.state)).one() == "failed"
