"""Postings and divisions as tables for a spreadsheet."""

from collections.abc import Iterable, Iterator

from webapp import clock
from webapp.org.codes import LEVEL_NAMES, full
from webapp.org.models import Delegation, Division, Posting
from webapp.permissions import ROLE_NAMES
from webapp.spreadsheets import Row

HEADINGS = ("区划代码", "区划", "岗位", "姓名", "所在机构", "派出单位", "任职开始", "最后任职日", "文号", "离任原因")
DIVISION_HEADINGS = ("区划代码", "区划", "级别")
DELEGATION_HEADINGS = ("委托人", "委托岗位", "单位", "受托人", "开始日期", "结束日期", "原因", "收回日期")


def posting_rows(rows: Iterable[Posting]) -> Iterator[Row]:
    """One row a posting."""
    for row in rows:
        yield (
            full(row.unit_code),
            row.division.name,
            ROLE_NAMES[row.role],
            row.person.name,
            row.organisation.name if row.organisation else "",
            row.sending_unit.name if row.sending_unit else "",
            row.starts_on,
            row.ends_on,
            row.document_no,
            row.end_reason,
        )


def division_rows(rows: Iterable[Division]) -> Iterator[Row]:
    """One row a division, by code."""
    for row in rows:
        yield full(row.code), row.name, LEVEL_NAMES[row.level]


def delegation_rows(rows: Iterable[Delegation]) -> Iterator[Row]:
    """One row a delegation that the viewer has made or received."""
    for row in rows:
        post = row.posting
        yield (
            post.person.name,
            ROLE_NAMES[post.role],
            post.division.name,
            row.to_person.name,
            row.starts_on,
            row.ends_on,
            row.reason,
            clock.day_of(row.revoked_at) if row.revoked_at else None,
        )
