"""Outside messages: one a person and working day, in the hours, saying nothing but that something waits (X-15, T-6)."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from flows.outbox import run_notices
from tests.factories import at
from tests.notices.conftest import MONDAY, add_channel, tell
from tests.notices.receiver import Receiver
from tests.notices.smtp_sink import Sink
from webapp.config import ROOT, Settings
from webapp.notices import channels, outbox
from webapp.notices.models import InboxMessage, NoticePreference, OutsideMessage
from webapp.notices.service import notify
from webapp.org.models import Posting

SAID = "您有待办，请登录查看：http://127.0.0.1:8000/"


def rows(session: Session) -> list[OutsideMessage]:
    """Every row as the database holds it; no lock stays behind for the sender to wait for."""
    session.rollback()
    session.expire_all()
    found = list(session.scalars(select(OutsideMessage).order_by(OutsideMessage.id)))
    session.expunge_all()
    session.rollback()
    return found


def test_one_message_a_person_and_day_by_mail_and_later_news_waits_for_tomorrow(
    county: Session, reachable: Callable[..., int], sink: Sink
) -> None:
    person = reachable("mail", "desk@example.invalid")
    for number in range(3):
        tell(county, person, f"assignment:{number}")
    for minutes in range(0, 300, 60):
        tell(county, person, f"assignment:later:{minutes}", MONDAY + timedelta(minutes=minutes + 1))
        run_notices(MONDAY + timedelta(minutes=minutes + 2))
    assert len(sink.accepted) == 1
    letter = message_from_bytes(sink.accepted[0].original_content)
    assert letter.get_payload(decode=True).decode().strip() == SAID and letter["To"] == "desk@example.invalid"
    run_notices(at("2026-11-03 08:29"))
    assert len(sink.accepted) == 1
    run_notices(at("2026-11-03 08:30"))
    assert [row.day.day for row in rows(county)] == [2, 3] and len(sink.accepted) == 2
    assert run_notices(at("2026-11-04 09:00")).gathered == 0  # nothing new since


@pytest.mark.parametrize(
    ("moment", "goes"),
    [
        ("2026-10-01 10:00", False),  # National Day
        ("2026-11-01 10:00", False),  # a Sunday
        ("2026-10-10 10:00", True),  # a Saturday that is worked
        ("2026-11-02 08:29", False),
        ("2026-11-02 08:30", True),
        ("2026-11-02 17:59", True),
        ("2026-11-02 18:00", False),
        ("2026-11-02 23:30", False),
    ],
)
def test_only_in_the_hours_of_the_pack_on_working_days(
    county: Session, reachable: Callable[..., int], receiver: Receiver, moment: str, goes: bool
) -> None:
    person = reachable("webhook", receiver.address)
    county.scalars(select(NoticePreference)).one().gathered_until = at("2026-09-01 09:00")
    tell(county, person, "assignment:1", at("2026-09-30 09:00"))
    run_notices(at(moment))
    assert len(receiver.arrived) == goes


def test_a_webhook_gets_the_sentence_and_a_key_it_may_know_again(
    county: Session, reachable: Callable[..., int], receiver: Receiver
) -> None:
    tell(county, reachable("webhook", receiver.address), "assignment:1")
    assert run_notices(MONDAY).reached == {"webhook": {"sent": 1}}
    path, headers, said = receiver.arrived[0]
    assert (
        path == f"/hook/secret-token-{receiver.port}?channel=duty" and headers["Host"] == f"127.0.0.1:{receiver.port}"
    )
    assert (said["title"], said["message"], said["attachments"]) == ("您有待办", SAID, [])
    row = rows(county)[0]
    assert (row.state, row.attempts, headers["Idempotency-Key"]) == ("sent", 1, row.message_id)


def test_own_hours_are_kept(county: Session, reachable: Callable[..., int], receiver: Receiver) -> None:
    person = reachable("webhook", receiver.address)
    own = county.scalars(select(NoticePreference)).one()
    own.opens, own.closes = "14:00", "16:00"
    tell(county, person, "assignment:1")
    for moment in ("2026-11-02 13:59", "2026-11-02 16:00"):
        run_notices(at(moment))
    assert receiver.arrived == []
    run_notices(at("2026-11-02 14:00"))
    assert len(receiver.arrived) == 1


def test_what_is_read_muted_or_without_a_channel_stays_inside(
    county: Session, reachable: Callable[..., int], receiver: Receiver
) -> None:
    reader, muting, without = (reachable("webhook", f"{receiver.address}&n={n}") for n in range(3))
    tell(county, reader, "assignment:1")
    county.scalars(select(InboxMessage)).one().read_at = MONDAY
    preference = county.scalars(select(NoticePreference).where(NoticePreference.person_id == muting)).one()
    preference.muted = ["tasks"]
    tell(county, muting, "assignment:2")
    for channel in channels.channels(county, without):
        channel.active = False
    tell(county, without, "assignment:3")
    assert run_notices(MONDAY).gathered == 0
    tell(county, muting, "report:4", path="/reports/4")
    assert run_notices(MONDAY).gathered == 1 and len(receiver.arrived) == 1


def test_who_has_left_the_post_or_lost_the_account_hears_nothing(
    county: Session, reachable: Callable[..., int], receiver: Receiver
) -> None:
    gone, leaving = reachable("webhook", receiver.address), reachable("webhook", receiver.address + "&n=2")
    county.scalars(select(Posting).where(Posting.person_id == gone)).one().ends_on = at("2026-10-31 09:00").date()
    for person in (gone, leaving):
        tell(county, person, f"assignment:{person}")
    receiver.answer = 503
    assert run_notices(MONDAY).reached == {"webhook": {"waiting": 1}}
    county.scalars(select(Posting).where(Posting.person_id == leaving)).one().ends_on = MONDAY.date()
    county.commit()
    run_notices(MONDAY + timedelta(days=1))
    assert [(row.person_id, row.state) for row in rows(county)] == [(leaving, "failed")]
    assert len(receiver.arrived) == 1 and "不在岗" in (rows(county)[0].last_error or "")


def test_a_busy_receiver_is_asked_again_with_growing_waits_and_still_once_a_day(
    county: Session, reachable: Callable[..., int], receiver: Receiver
) -> None:
    person = reachable("webhook", receiver.address)
    tell(county, person, "assignment:1", at("2026-11-02 08:00"))
    receiver.answer = 503
    moment, waits = at("2026-11-02 17:30"), []
    for _ in range(3):
        run_notices(moment)
        row = rows(county)[0]
        waits.append((row.next_try_at - moment).total_seconds() // 60)
        moment = row.next_try_at
    assert waits == [1, 5, 15] and row.state == "waiting" and "稍后自动重试" in (row.last_error or "")
    run_notices(at("2026-11-02 20:00"))  # a retry is no reason to speak at night
    assert len(receiver.arrived) == 3
    tell(county, person, "assignment:2", at("2026-11-03 08:00"))
    receiver.answer = 200
    for hour in (9, 10, 11):
        run_notices(at(f"2026-11-03 {hour:02}:00"))
    assert [(r.state, r.day.day) for r in rows(county)] == [("sent", 3)] and len(receiver.arrived) == 4


@pytest.mark.parametrize(
    ("answer", "state"), [("cut", "unknown"), (500, "unknown"), (404, "failed"), (302, "failed"), (429, "waiting")]
)
def test_an_unknown_outcome_is_shown_and_not_sent_again_by_itself(
    county: Session, reachable: Callable[..., int], receiver: Receiver, answer: str | int, state: str
) -> None:
    person = reachable("webhook", receiver.address)
    tell(county, person, "assignment:1")
    receiver.answer = answer
    run_notices(MONDAY)
    row = rows(county)[0]
    assert row.state == state and "。" in (row.last_error or "")
    receiver.answer = 200
    for days in (0, 1):
        run_notices(MONDAY + timedelta(days=days, hours=1))
    assert len(receiver.arrived) == (2 if state == "waiting" else 1)
    if state != "waiting":
        outbox.again(county, county.scalars(select(OutsideMessage)).one(), MONDAY + timedelta(hours=2))
        county.commit()
        run_notices(MONDAY + timedelta(hours=2))
        assert rows(county)[0].state == "sent" and len(receiver.arrived) == 2


def test_nobody_listening_waits_and_a_robot_that_says_no_has_failed(
    county: Session, reachable: Callable[..., int], receiver: Receiver
) -> None:
    silent = reachable("webhook", "http://127.0.0.1:9/hook/abcd")
    refused = reachable("webhook", receiver.address)
    receiver.body = json.dumps({"errcode": 93000, "errmsg": "invalid webhook url"}).encode()
    for person in (silent, refused):
        tell(county, person, f"assignment:{person}")
    assert run_notices(MONDAY).reached == {"webhook": {"waiting": 1, "failed": 1}}
    assert [row.state for row in rows(county)] == ["waiting", "failed"]


def test_killed_between_sending_and_the_answer_it_is_unknown(
    county: Session, reachable: Callable[..., int], receiver: Receiver
) -> None:
    tell(county, reachable("webhook", receiver.address), "assignment:1")
    code = (
        "import os, signal\n"
        "from flows import outbox\n"
        "from webapp.app import load_models\n"
        "from webapp.notices import wire\n"
        "load_models()\n"
        "wire._judge = lambda response: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"outbox.run_notices(__import__('datetime').datetime.fromisoformat('{MONDAY.isoformat()}'))\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=dict(os.environ), timeout=120)
    assert ended.returncode == -signal.SIGKILL and len(receiver.arrived) == 1
    for hours in (0, 24):
        run_notices(MONDAY + timedelta(hours=hours))
    row = rows(county)[0]
    assert row.state == "unknown" and "不会自动重发" in (row.last_error or "") and len(receiver.arrived) == 1


@trying(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.text("甲乙丙丁任务村退回", min_size=4, max_size=12), min_size=3, max_size=3))
def test_no_name_title_or_text_leaves(
    county: Session, reachable: Callable[..., int], receiver: Receiver, sink: Sink, words: list[str]
) -> None:
    marked = [f"标{word}记" for word in words]
    receiver.arrived.clear()
    sink.accepted.clear()
    number = len(rows(county))
    people = (
        reachable("webhook", f"{receiver.address}&n={number}", name=marked[0]),
        reachable("mail", f"n{number}@example.invalid", name=marked[0]),
    )
    for person in people:
        notify(county, person, f"assignment:{person}:{number}", marked[1], marked[2], f"/tasks/{person}", MONDAY)
    county.commit()
    run_notices(MONDAY)
    assert len(receiver.arrived) == 1 and len(sink.accepted) == 1
    letter = message_from_bytes(sink.accepted[0].original_content)
    left = json.dumps(receiver.arrived, ensure_ascii=False) + letter.get_payload(decode=True).decode() + str(letter)
    assert not any(word in left for word in marked) and f"/tasks/{people[0]}" not in left
    assert (receiver.arrived[0][2]["message"], letter.get_payload(decode=True).decode().strip()) == (SAID, SAID)


def test_the_command_prints_counts_by_channel_and_state(
    app: Flask, county: Session, reachable: Callable[..., int], receiver: Receiver
) -> None:
    from flows import cli

    cli.register(app)
    tell(county, reachable("webhook", receiver.address), "assignment:1")
    tell(county, reachable("mail", "desk@example.invalid"), "assignment:2")
    runner = app.test_cli_runner()
    done = json.loads(runner.invoke(args=["notices", "run", "--at", "2026-11-02T09:00", "--json"]).output)
    assert done["gathered"] == 2 and done["channels"] == {"mail": {"sent": 1}, "webhook": {"sent": 1}}
    done = json.loads(runner.invoke(args=["notices", "run", "--at", "2026-11-02T09:01", "--json"]).output)
    assert (done["gathered"], done["channels"]) == (0, {})
    assert runner.invoke(args=["notices", "run", "--at", "morgen"]).exit_code == 1


def test_a_second_channel_is_no_second_message(
    county: Session, outgoing: Settings, reachable: Callable[..., int], receiver: Receiver, sink: Sink
) -> None:
    person = reachable("webhook", receiver.address)
    add_channel(county, outgoing, person, "mail", "second@example.invalid")
    tell(county, person, "assignment:1")
    assert run_notices(MONDAY).gathered == 1
    assert (len(receiver.arrived), len(sink.accepted)) == (1, 0)


def test_two_senders_at_once_make_one_message(
    county: Session, outgoing: Settings, reachable: Callable[..., int]
) -> None:
    from flows.lease import held

    tell(county, reachable("mail", "desk@example.invalid"), "assignment:1")
    with held(outgoing, "notices"):
        assert run_notices(MONDAY).busy
    assert rows(county) == []
