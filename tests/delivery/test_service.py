"""Deliveries: due once, claimed once, in the inbox once, however often and wherever they are cut off."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, at
from webapp.access import Viewer
from webapp.config import Settings
from webapp.delivery import archive, service
from webapp.delivery.models import Delivery, ReportFile, Subscription
from webapp.errors import OutOfScope, Refused
from webapp.evaluation.models import Run
from webapp.notices.models import InboxMessage, Mail

DUE = at("2026-11-02 09:00")


class Weekdays:
    def is_workday(self, day: date) -> bool:
        return day.weekday() < 5


@pytest.fixture
def leader(county: Session) -> int:
    return factories.posting(county, "leader", COUNTY).person_id


@pytest.fixture
def subscription(county: Session, leader: int) -> Subscription:
    return service.subscribe(
        county, kind="period-report", unit_code=COUNTY, recipient_id=leader, first_window="2026-10", at=DUE
    )


def run(session: Session) -> Run:
    row = Run(
        key="202610-533323-r1",
        period="2026-10",
        starts_on=date(2026, 10, 1),
        ends_on=date(2026, 10, 31),
        unit_code=COUNTY,
        revision=1,
        state="done",
        provisional=False,
        cut_off=date(2026, 10, 31),
        frozen={},
        result_hash="0" * 64,
        started_at=DUE,
        finished_at=DUE,
    )
    session.add(row)
    session.flush()
    return row


def report(session: Session, settings: Settings) -> ReportFile:
    content = b"%PDF-1.7 october"
    sha256 = archive.store_bytes(settings, content)
    row = run(session)
    code = archive.verification_code(settings, "period-report", row)
    return archive.register(
        session, "period-report", row, title="福贡县2026年10月工作情况报告", code=code, size=len(content), sha256=sha256
    )


def only_delivery(session: Session) -> Delivery:
    return session.scalars(select(Delivery)).one()


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_window_becomes_one_row_however_often_it_is_looked_at(county: Session, subscription: Subscription) -> None:
    assert [service.open_due(county, Weekdays(), DUE) for _ in range(3)] == [1, 0, 0]
    row = only_delivery(county)
    assert (row.window, row.due_on, row.late) == ("2026-10", date(2026, 11, 2), False)


def test_after_downtime_the_window_is_caught_up_and_marked_late(county: Session, subscription: Subscription) -> None:
    assert service.open_due(county, Weekdays(), at("2026-11-09 08:00")) == 1
    assert only_delivery(county).late


def test_an_ended_subscription_opens_nothing_more(county: Session, subscription: Subscription) -> None:
    service.end_subscription(county, subscription.id, on=date(2026, 10, 31))
    assert service.open_due(county, Weekdays(), DUE) == 0


def test_subscribing_twice_is_one_subscription(county: Session, subscription: Subscription, leader: int) -> None:
    again = service.subscribe(
        county, kind="period-report", unit_code=COUNTY, recipient_id=leader, first_window="2026-10", at=DUE
    )
    assert again.id == subscription.id


def test_a_recipient_without_a_post_over_the_unit_is_refused(county: Session) -> None:
    outsider = factories.posting(county, "leader", factories.NEIGHBOUR_COUNTY).person_id
    with pytest.raises(OutOfScope, match="收件人"):
        service.subscribe(
            county, kind="period-report", unit_code=COUNTY, recipient_id=outsider, first_window="2026-10", at=DUE
        )


def test_completed_once_it_is_never_claimed_again(
    county: Session, settings: Settings, subscription: Subscription, leader: int
) -> None:
    service.open_due(county, Weekdays(), DUE)
    delivery = service.claim(county, only_delivery(county).id, "one", DUE)
    assert delivery is not None
    service.complete(county, settings, delivery, report(county, settings), DUE)
    county.commit()
    assert service.workable(county, DUE) == []
    assert service.claim(county, delivery.id, "two", DUE) is None
    messages = county.scalars(select(InboxMessage)).all()
    assert [(m.person_id, m.path) for m in messages] == [(leader, f"/reports/{delivery.report_file_id}")]
    assert count(county, Mail) == 0  # no SMTP settings: the inbox alone serves


def test_killed_between_claim_and_commit_it_is_done_again_once(
    county: Session, settings: Settings, subscription: Subscription
) -> None:
    service.open_due(county, Weekdays(), DUE)
    wanted = only_delivery(county).id
    service.claim(county, wanted, "killed", DUE)
    county.commit()
    archive.store_bytes(settings, b"%PDF-1.7 october")  # the killed one had written the file already
    again = service.claim(county, wanted, "next", DUE)
    assert again is not None
    service.complete(county, settings, again, report(county, settings), DUE)
    county.rollback()  # and this one died just before its commit
    assert service.workable(county, DUE) == [wanted]
    last = service.claim(county, wanted, "last", DUE)
    assert last is not None
    service.complete(county, settings, last, report(county, settings), DUE)
    county.commit()
    assert [count(county, model) for model in (InboxMessage, ReportFile)] == [1, 1]
    assert len(list((settings.files / "reports").rglob("*.pdf"))) == 1


def test_mail_row_is_written_with_a_fixed_message_id(
    county: Session, settings: Settings, subscription: Subscription, leader: int
) -> None:
    from dataclasses import replace

    account = factories.account(county, leader)
    account.email = "leader@example.invalid"
    service.open_due(county, Weekdays(), DUE)
    delivery = service.claim(county, only_delivery(county).id, "one", DUE)
    assert delivery is not None
    service.complete(county, replace(settings, smtp_url="smtp://127.0.0.1:25"), delivery, report(county, settings), DUE)
    mail = county.scalars(select(Mail)).one()
    assert mail.message_id.startswith(f"<delivery-{delivery.id}.")
    assert mail.attachment_sha256 == delivery.report_file.sha256 if delivery.report_file else False


def test_a_failure_keeps_its_reason_and_is_tried_again_later(county: Session, subscription: Subscription) -> None:
    service.open_due(county, Weekdays(), DUE)
    wanted = only_delivery(county).id
    service.claim(county, wanted, "one", DUE)
    service.fail(county, wanted, "缺少字体。请运行 ./dandang doctor。", DUE)
    county.flush()
    assert service.workable(county, DUE) == []
    assert service.workable(county, at("2026-11-02 09:01")) == [wanted]
    assert only_delivery(county).last_error == "缺少字体。请运行 ./dandang doctor。"


def test_a_recipient_who_has_left_is_not_served(
    county: Session, settings: Settings, subscription: Subscription, leader: int
) -> None:
    from webapp.org.models import Posting

    county.scalars(select(Posting).where(Posting.person_id == leader)).one().ends_on = date(2026, 10, 31)
    service.open_due(county, Weekdays(), DUE)
    delivery = service.claim(county, only_delivery(county).id, "one", DUE)
    assert delivery is not None
    with pytest.raises(Refused, match="不在岗"):
        service.complete(county, settings, delivery, report(county, settings), DUE)


def test_archive_knows_its_own_bytes_and_no_others(county: Session, settings: Settings) -> None:
    row = report(county, settings)
    assert archive.genuine(county, b"%PDF-1.7 october") is row
    assert archive.genuine(county, b"%PDF-1.7 october altered") is None
    assert archive.by_code(county, row.verification_code.lower().replace("-", " ")) is row
    archive.path_of(settings, row.sha256).write_bytes(b"altered")
    with pytest.raises(Exception, match="已损坏"):
        archive.read_bytes(settings, row.sha256)


def test_the_neighbour_sees_neither_report_nor_delivery(
    county: Session, settings: Settings, subscription: Subscription
) -> None:
    service.open_due(county, Weekdays(), DUE)
    report(county, settings)
    county.commit()
    county.info["viewer"] = factories.viewer(county, "desk", COUNTY)
    assert [count(county, model) for model in (ReportFile, Delivery, Subscription)] == [1, 1, 1]
    county.info["viewer"] = Viewer.system("test", "")
    neighbour = factories.viewer(county, "desk", factories.NEIGHBOUR_COUNTY)
    county.info["viewer"] = neighbour
    assert [count(county, model) for model in (ReportFile, Delivery, Subscription)] == [0, 0, 0]
