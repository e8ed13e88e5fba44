"""The files beside the replies to one task as one ZIP: a folder for each unit in code order, and a table of contents."""

import tempfile
import zipfile
from datetime import date
from typing import IO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Viewer, below
from webapp.accountability import attachments
from webapp.accountability.export import AT_ONCE, head
from webapp.accountability.models import AccountabilityTask, Assignment, AssignmentFile
from webapp.config import Settings
from webapp.errors import Refused
from webapp.org.codes import full
from webapp.org.queries import names
from webapp.spreadsheets import csv_bytes

LARGEST = 1024**3
"""Bytes of the files of one archive; it lies on the disk while it is sent."""
CONTENTS = "目录.csv"
HEADINGS = ("区划代码", "承办单位", "文件", "字节", "上传人", "上传日期", "SHA-256", "说明")


def size_of(session: Session, task: AccountabilityTask, prefix: str = "") -> tuple[int, int]:
    """How many files there are in scope, and their bytes. Raises `Refused` where there are none or too many."""
    statement = select(func.count(), func.sum(AssignmentFile.size)).select_from(AssignmentFile)
    number, size = session.execute(_of(statement, task, prefix)).one()
    if not number:
        raise Refused("还没有单位上传佐证材料。材料为选填，反馈中的佐证说明请看汇总表。")
    if size > LARGEST:
        raise Refused("材料总计超过 1 GB。请按单位筛选后分次下载。")
    return number, int(size)


def any_of(session: Session, task: AccountabilityTask, prefix: str = "") -> bool:
    """Whether there is a file in scope, so that an archive can be offered."""
    return session.scalar(_of(select(AssignmentFile.id), task, prefix).limit(1)) is not None


def archive(
    session: Session, settings: Settings, task: AccountabilityTask, viewer: Viewer, on: date, prefix: str = ""
) -> IO[bytes]:
    """The archive in a temporary file of the instance folder, at its beginning; the caller closes it.

    A file that the disk does not hold is named in the table of contents, never left out in silence.
    """
    handle = tempfile.TemporaryFile(dir=settings.instance)  # noqa: SIM115 - the caller closes it
    lines: list[tuple[object, ...]] = []
    statement = _of(select(AssignmentFile), task, prefix).order_by(AssignmentFile.unit_code, AssignmentFile.id)
    units: dict[str, str] = {}
    taken: set[str] = set()
    with zipfile.ZipFile(handle, "w", zipfile.ZIP_STORED) as pack:
        for part in session.scalars(statement.execution_options(yield_per=AT_ONCE)).partitions():
            units |= names(session, {row.unit_code for row in part} - units.keys())
            for row in part:
                inside = _place(row, units[row.unit_code], taken)
                path = attachments.path_of(settings, row.sha256)
                there = path.is_file()
                if there:
                    pack.write(path, inside)
                day = clock.day_of(row.uploaded_at)
                note = "" if there else "文件缺失，请联系系统管理员从备份恢复"
                lines.append(
                    (
                        full(row.unit_code),
                        units[row.unit_code],
                        inside,
                        row.size,
                        row.uploaded_by_name,
                        day,
                        row.sha256,
                        note,
                    )
                )
        top = head(session, f"{task.title}（{task.number}）佐证材料", viewer, on)
        pack.writestr(CONTENTS, csv_bytes([*top, HEADINGS, *lines]))
    handle.seek(0)
    return handle


def _of(statement, task: AccountabilityTask, prefix: str):  # type: ignore[no-untyped-def]
    statement = statement.join(Assignment, Assignment.id == AssignmentFile.assignment_id)
    statement = statement.where(Assignment.task_id == task.id)
    return statement.where(below(AssignmentFile.unit_code, prefix)) if prefix else statement


def _place(row: AssignmentFile, unit_name: str, taken: set[str]) -> str:
    """ "533323101201_珠明林村委会/会议记录.pdf"; a second file of the same name gets a number."""
    folder = attachments.clean_name(f"{full(row.unit_code)}_{unit_name}.x", "").rstrip(".")
    stem, _, ending = attachments.clean_name(row.name, row.kind).rpartition(".")
    inside, number = f"{folder}/{stem}.{ending}", 1
    while inside in taken:
        number += 1
        inside = f"{folder}/{stem}（{number}）.{ending}"
    taken.add(inside)
    return inside
