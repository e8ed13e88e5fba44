"""Reports, subscriptions and deliveries as pages and commands read them."""

from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from webapp.access import Viewer, acting_as
from webapp.delivery.models import Delivery, ReportFile, Subscription
from webapp.errors import NotFound, Refused
from webapp.evaluation.models import REPORT_KINDS, Assessment
from webapp.evaluation.periods import parse
from webapp.notices.models import Mail
from webapp.org.models import Division, Person
from webapp.org.queries import find


def reports(session: Session, kind: str = "", period: str = "", unit: str = "") -> Select[tuple[ReportFile]]:
    """Archived reports in scope, newest first; `unit` is a code of any form. Raises `Refused` for what is none."""
    statement = select(ReportFile).order_by(ReportFile.made_at.desc(), ReportFile.id.desc())
    if kind in REPORT_KINDS:
        statement = statement.where(ReportFile.kind == kind)
    if period:
        statement = statement.where(ReportFile.period == parse(period).text)
    if unit:
        statement = statement.where(ReportFile.unit_code == find(session, unit).code)
    return statement


def report(session: Session, report_id: int) -> ReportFile:
    """One report in scope. Raises `NotFound`."""
    row = session.scalar(select(ReportFile).where(ReportFile.id == report_id))
    if row is None:
        raise NotFound("没有找到这份报告。请返回报告列表重新选择。")
    return row


def versions(session: Session, row: ReportFile) -> list[ReportFile]:
    """All reports of the same kind, unit and period, newest first."""
    same = (ReportFile.kind == row.kind, ReportFile.unit_code == row.unit_code, ReportFile.period == row.period)
    return list(session.scalars(select(ReportFile).where(*same).order_by(ReportFile.id.desc())))


def subscriptions() -> Select[tuple[Subscription, Person, Division]]:
    """Subscriptions in scope with recipient and unit."""
    return (
        select(Subscription, Person, Division)
        .join(Person, Person.id == Subscription.recipient_id)
        .join(Division, Division.code == Subscription.unit_code)
        .order_by(Subscription.unit_code, Subscription.id)
    )


def deliveries() -> Select[tuple[Delivery]]:
    """Deliveries in scope, newest window first."""
    return (
        select(Delivery)
        .options(joinedload(Delivery.report_file), joinedload(Delivery.subscription))
        .order_by(Delivery.window.desc(), Delivery.id.desc())
    )


def all_deliveries(session: Session, until: date) -> list[Delivery]:
    """Deliveries due by a day, in a stable order."""
    statement = (
        select(Delivery)
        .where(Delivery.due_on <= until)
        .options(joinedload(Delivery.report_file))
        .order_by(Delivery.subscription_id, Delivery.window)
    )
    return list(session.scalars(statement))


def assessment_of(session: Session, unit_code: str, period: str) -> Assessment:
    """The assessment opened for a unit and period. Raises `Refused` when there is none (X-9)."""
    wanted = (Assessment.unit_code == unit_code, Assessment.period == parse(period).text)
    row = session.scalar(select(Assessment).where(*wanted).order_by(Assessment.id.desc()).limit(1))
    if row is None:
        raise Refused("该单位在这个周期没有启动考核，不能生成考核评价报告。请先按批准的年度计划启动考核。")
    return row


def mails_of(session: Session, rows: list[Delivery]) -> dict[int, str]:
    """State of the mail of each delivery, by mail id."""
    wanted = [row.mail_id for row in rows if row.mail_id]
    with acting_as(session, Viewer.system("报送页面", "")):
        return dict(session.execute(select(Mail.id, Mail.state).where(Mail.id.in_(wanted))).tuples().all())


def people_of(session: Session, rows: list[Delivery]) -> dict[int, str]:
    """Names of the recipients, by person id."""
    wanted = {row.recipient_id for row in rows}
    return dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted))).tuples().all())
