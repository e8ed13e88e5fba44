"""Logs as a table for a spreadsheet, with the tasks that they serve."""

from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.accountability.models import Assignment
from webapp.errors import Refused
from webapp.spreadsheets import Row
from webapp.worklogs.models import DUTY_AREAS, WorkLog, WorkLogTask
from webapp.worklogs.queries import Sought, sought_logs

LIMIT = 10_000
"""Rows of one file."""
HEADINGS = ("日期", "村", "工作方面", "记录人", "内容", "服务的任务")


def rows_of(session: Session, sought: Sought) -> list[Row]:
    """The logs of a list, with the tasks that they serve. Raises `Refused` over the limit."""
    statement = sought_logs(sought).options(
        joinedload(WorkLog.author),
        joinedload(WorkLog.unit),
        selectinload(WorkLog.tasks).joinedload(WorkLogTask.assignment).joinedload(Assignment.task),
    )
    rows = session.execute(statement.limit(LIMIT + 1)).all()
    if len(rows) > LIMIT:
        raise Refused(f"一次最多导出 {LIMIT} 条。请按月份分次导出。")
    return [_cells(log, text) for log, text in rows]


def _cells(log: WorkLog, text: str) -> Row:
    titles = [link.assignment.task.title for link in log.tasks if link.assignment is not None]
    return log.day, log.unit.name, DUTY_AREAS[log.duty_area], log.author.name, text, "；".join(titles)
