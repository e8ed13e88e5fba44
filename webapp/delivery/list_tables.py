"""The lists of reports and of deliveries as tables for a spreadsheet."""

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy.orm import Session

from webapp import clock
from webapp.delivery import queries
from webapp.delivery.models import Delivery, ReportFile
from webapp.evaluation.models import REPORT_KINDS
from webapp.evaluation.periods import parse
from webapp.org.codes import full
from webapp.org.queries import with_names
from webapp.spreadsheets import Row

AT_ONCE = 500
MAILS = {
    "waiting": "邮件待发",
    "sending": "邮件发送中",
    "sent": "邮件已发",
    "unknown": "邮件是否到达不明，请向收件人核实",
    "failed": "邮件被拒收",
}
STATES = {"due": "待生成", "claimed": "正在生成", "delivered": "已送达", "failed": "未送达"}
NO_MAIL, OUT_OF_REACH = "未发邮件", "不在管辖范围内"
REPORT_HEADINGS = ("报告", "种类", "单位", "区划代码", "周期", "生成日期", "核验码")
DELIVERY_HEADINGS = ("报告", "单位", "区划代码", "月份", "收件人", "状态", "停机补送", "送达日期", "原因", "邮件")


def report_rows(session: Session, reports: Iterable[ReportFile]) -> Iterator[Row]:
    """One row a report in the archive."""
    for row, unit in with_names(session, reports, lambda one: one.unit_code):
        place, made = (unit, full(row.unit_code)), clock.day_of(row.made_at)
        yield row.title, REPORT_KINDS[row.kind], *place, parse(row.period).label, made, row.verification_code


def delivery_rows(session: Session, deliveries: Iterable[Delivery]) -> Iterator[Row]:
    """One row a delivery, with the mail's state."""
    waiting = iter(deliveries)
    while some := list(islice(waiting, AT_ONCE)):
        mails, people = queries.mails_of(session, some), queries.people_of(session, some)
        for row, unit in with_names(session, some, lambda one: one.unit_code):
            yield (
                row.report_file.title if row.report_file else "尚未生成",
                unit,
                full(row.unit_code),
                parse(row.window).label,
                people.get(row.recipient_id, OUT_OF_REACH),
                STATES[row.state],
                "是" if row.late else "否",
                clock.day_of(row.delivered_at) if row.delivered_at else None,
                row.last_error,
                MAILS.get(mails.get(row.mail_id or 0, ""), NO_MAIL),
            )
