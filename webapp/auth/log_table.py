"""The audit log as a table for a spreadsheet, in the words of its page."""

from collections.abc import Iterable, Iterator

from sqlalchemy.orm import Session

from webapp import clock
from webapp.audit import AuditEntry
from webapp.auth.wording import act_name, change_words, object_name
from webapp.org.queries import with_names
from webapp.spreadsheets import Row

LOG_HEADINGS = ("时间", "事项", "办理人", "单位", "对象", "编号", "变化", "网络地址")


def log_rows(session: Session, entries: Iterable[AuditEntry]) -> Iterator[Row]:
    """One row an entry."""
    for entry, unit in with_names(session, entries, lambda one: one.unit_code):
        yield (
            f"{clock.local(entry.at):%Y-%m-%d %H:%M:%S}",
            act_name(entry.action),
            entry.actor_name,
            unit or "不涉及单位",
            object_name(entry.object_kind),
            entry.object_id,
            change_words(entry),
            entry.address or "系统内部",
        )
