"""Deliveries: windows become rows, a row is claimed once, the PDF reaches inbox and mail row in one transaction."""

from datetime import date, datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from webapp import access, audit, clock
from webapp.access import Viewer
from webapp.auth.models import Account
from webapp.config import Settings
from webapp.delivery.models import Delivery, ReportFile, Subscription
from webapp.delivery.windows import Workdays, due_windows
from webapp.errors import NotFound, OutOfScope, Refused
from webapp.evaluation.models import REPORT_KINDS
from webapp.evaluation.periods import parse
from webapp.notices.models import Mail
from webapp.notices.service import notify
from webapp.org.models import Division, Person, Posting
from webapp.org.queries import valid_grants
from webapp.permissions import ROLE_NAMES, permissions_of

RETRY_MINUTES = (1, 5, 15, 60, 240, 1440)
LONGEST_CATCH_UP = timedelta(days=366)


def subscribe(
    session: Session, *, kind: str, unit_code: str, recipient_id: int, first_window: str, at: datetime
) -> Subscription:
    """Subscribe a person in post over the unit to a monthly report from a month on; a second one is the same one.

    Raises `Refused` for a month that is none or lies more than a year back, `NotFound`, `OutOfScope`.
    """
    window = parse(first_window)
    if window.kind != "month":
        raise Refused("报告按月报送。请填写起始月份，例如 2026-11。")
    if window.ends_on < clock.day_of(at) - LONGEST_CATCH_UP:
        raise Refused("起始月份早于一年以前。请填写最近十二个月以内的月份。")
    if kind != "period-report":
        raise Refused("只有月度工作情况报告可以按月订阅。考核评价报告请在考核页面生成。")
    if session.get(Division, unit_code) is None:
        raise NotFound("没有这个区划。请重新选择报告单位。")
    if session.get(Person, recipient_id) is None:
        raise NotFound("没有找到收件人。请重新选择。")
    if not may_receive(session, recipient_id, unit_code, clock.day_of(at)):
        raise OutOfScope("收件人现任岗位不能阅读该单位的报告。请选择该单位或上级单位的在岗领导。")
    same = select(Subscription).where(
        Subscription.kind == kind,
        Subscription.unit_code == unit_code,
        Subscription.recipient_id == recipient_id,
        Subscription.cadence == "month",
    )
    row = session.scalar(same)
    if row is not None and row.ends_on is None:
        return row
    if row is None:
        row = Subscription(
            kind=kind, unit_code=unit_code, recipient_id=recipient_id, first_window=window.text, created_at=at
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            return session.scalars(same).one()  # a second click was faster
    else:
        # Taken up again: the months between are not caught up.
        row.ends_on, row.first_window, row.created_at = None, window.text, at
    session.flush()
    after = {"first_window": window.text, "recipient": recipient_id}
    audit.record(session, "subscription.start", "subscription", row.id, unit_code=unit_code, after=after)
    return row


def end_subscription(session: Session, subscription_id: int, *, on: date) -> None:
    """No window after the day is delivered; what is due already still is."""
    row = session.get(Subscription, subscription_id)
    if row is None:
        raise NotFound("没有找到这项订阅。请返回订阅列表。")
    if row.ends_on is not None:
        return
    row.ends_on = on
    audit.record(session, "subscription.end", "subscription", row.id, unit_code=row.unit_code)


def may_receive(session: Session, person_id: int, unit_code: str, on: date) -> bool:
    """Whether a post valid that day lets the person read reports of the unit."""
    grants = valid_grants(session, person_id, on)
    return any("report.read" in g.permissions and unit_code.startswith(g.unit_code) for g in grants)


def open_due(session: Session, calendar: Workdays, at: datetime) -> int:
    """Write a row for every window that is due; a window whose day has passed is marked late. Safe to repeat.

    Not late is what was asked for only after its day: nothing was missed.
    """
    today = clock.day_of(at)
    opened = 0
    for row in session.scalars(select(Subscription).order_by(Subscription.id)):
        known = set(session.scalars(select(Delivery.window).where(Delivery.subscription_id == row.id)))
        for window, due_on in due_windows(row.first_window, today, calendar):
            if window in known or (row.ends_on and due_on > row.ends_on):
                continue
            session.add(
                Delivery(
                    subscription_id=row.id,
                    window=window,
                    unit_code=row.unit_code,
                    recipient_id=row.recipient_id,
                    due_on=due_on,
                    late=today > due_on >= clock.day_of(row.created_at),
                )
            )
            opened += 1
    session.flush()
    return opened


def workable(session: Session, at: datetime) -> list[int]:
    """Ids of deliveries to work off now. Call only while holding the delivery lock: a claim found then is a dead one."""
    ready = or_(Delivery.next_try_at.is_(None), Delivery.next_try_at <= at)
    rows = select(Delivery.id).where(Delivery.state != "delivered", ready).order_by(Delivery.due_on, Delivery.id)
    return list(session.scalars(rows))


def claim(session: Session, delivery_id: int, holder: str, at: datetime) -> Delivery | None:
    """Claim one delivery by conditional update; None when it has been delivered meanwhile."""
    taken = (
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state != "delivered")
        .values(state="claimed", claimed_by=holder, claimed_at=at, attempts=Delivery.attempts + 1)
    )
    if session.execute(taken).rowcount != 1:  # type: ignore[attr-defined]
        return None
    return session.get(Delivery, delivery_id, populate_existing=True)


def complete(session: Session, settings: Settings, delivery: Delivery, report: ReportFile, at: datetime) -> None:
    """Archive row, inbox message and mail row: all or nothing with the delivery's new state."""
    day = clock.day_of(at)
    if not may_receive(session, delivery.recipient_id, delivery.unit_code, day):
        raise Refused("收件人已不在岗，报告未送达。请县级经办人员调整订阅。")
    key = f"delivery:{delivery.id}"
    late = "（系统停机，补送）" if delivery.late else ""
    body = f"{report.title}已生成{late}，核验码 {report.verification_code}。请在报告页面查阅。"
    notify(session, delivery.recipient_id, key, report.title, body, path=f"/reports/{report.id}", at=at)
    address = session.scalar(select(Account.email).where(Account.person_id == delivery.recipient_id))
    if settings.smtp_url and address:
        mail = Mail(
            key=key,
            message_id=f"<{key.replace(':', '-')}.{report.sha256[:16]}@{settings.mail_from.rpartition('@')[2]}>",
            recipient=address,
            subject=report.title,
            body=f"{body}\n{settings.base_url}/reports/{report.id}\n",
            attachment_sha256=report.sha256,
            attachment_name=f"{report.title}.pdf",
            next_try_at=at,
        )
        session.add(mail)
        session.flush()
        delivery.mail_id = mail.id
    delivery.report_file_id = report.id
    delivery.state = "delivered"
    delivery.delivered_at = at
    delivery.last_error = None
    audit.record(
        session,
        "delivery.done",
        "delivery",
        delivery.id,
        unit_code=delivery.unit_code,
        after={"window": delivery.window, "sha256": report.sha256, "late": delivery.late},
    )


def fail(session: Session, delivery_id: int, sentence: str, at: datetime) -> None:
    """Keep the reason and the time of the next try; nothing is lost and nothing is half-delivered."""
    delivery = session.get(Delivery, delivery_id, populate_existing=True)
    if delivery is None or delivery.state == "delivered":
        return
    delivery.state = "failed"
    delivery.last_error = sentence[:500]
    wait = RETRY_MINUTES[min(delivery.attempts, len(RETRY_MINUTES)) - 1] if delivery.attempts else RETRY_MINUTES[0]
    delivery.next_try_at = at + timedelta(minutes=wait)
    audit.record(
        session,
        "delivery.failed",
        "delivery",
        delivery.id,
        unit_code=delivery.unit_code,
        after={"window": delivery.window, "attempts": delivery.attempts},
        reason=sentence,
    )


def subscribable_units(session: Session, viewer: Viewer) -> list[tuple[str, str]]:
    """(code, name) of the counties and townships that the viewer may subscribe reports of."""
    units = select(Division).where(Division.level.in_((3, 4)), Division.code.in_(access.units(viewer, Division)))
    return [(row.code, row.name) for row in session.scalars(units.order_by(Division.code))]


def possible_recipients(session: Session, viewer: Viewer, on: date) -> list[tuple[int, str]]:
    """(person id, name and post) of secretaries and leaders in post within the viewer's units."""
    posts = (
        select(Posting)
        .where(
            Posting.role.in_(("leader", "secretary")),
            Posting.starts_on <= on,
            or_(Posting.ends_on.is_(None), Posting.ends_on >= on),
        )
        .options(joinedload(Posting.person), joinedload(Posting.division))
        .order_by(Posting.unit_code, Posting.id)
    )
    return [
        (post.person_id, f"{post.person.name}（{post.division.name}{ROLE_NAMES[post.role]}）")
        for post in session.scalars(posts)
        if "report.read" in permissions_of(post.role, post.unit_code)
    ]


def report_title(session: Session, kind: str, unit_code: str, label: str) -> str:
    """ "福贡县2026年10月工作情况报告"."""
    division = session.get(Division, unit_code)
    return f"{division.name if division else unit_code}{label}{REPORT_KINDS[kind]}"
