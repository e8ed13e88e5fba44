"""Files beside a report: always by the unit's own choice (X-6), known by content, stored by hash, opaque to us.

Pictures are drawn anew (`webapp.images`); everything else is kept as it came and only ever offered for saving. There is
no virus scanner; a site that has one lets it watch the folder `files/evidence`.
"""

import io
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, files, images
from webapp.access import viewer_of
from webapp.accountability.models import Assignment, AssignmentFile
from webapp.accountability.parties import actor_at
from webapp.accountability.rules import OPEN
from webapp.config import Settings
from webapp.errors import NotFound, Refused

MOST = 10
BYTES_LIMIT = 10 * 1024 * 1024
NAME_LIMIT = 80
FOLDER, ENDING = "evidence", ".file"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
KINDS = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "odt": f"{_ODF}.text",
    "ods": f"{_ODF}.spreadsheet",
    "odp": f"{_ODF}.presentation",
    "ofd": "application/ofd",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "wps": "application/vnd.ms-works",
    "et": "application/octet-stream",
    "dps": "application/octet-stream",
}
"""Ending → media type. OFD, WPS, ET and DPS are what Chinese offices write beside the well-known ones."""
_OLD_OFFICE = ("doc", "xls", "ppt", "wps", "et", "dps")
_IN_ZIP = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "ppt/presentation.xml": "pptx",
    "OFD.xml": "ofd",
}
_FORBIDDEN = set('<>:"/\\|?*')


@dataclass(frozen=True)
class Upload:
    """A file as it was sent; the name is only shown, never used as a path."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Kept:
    """A file on the disk that no row names yet; harmless if none ever does."""

    name: str
    kind: str
    sha256: str
    size: int


def path_of(settings: Settings, sha256: str) -> Path:
    """Where the bytes of a hash lie."""
    return files.place(settings.files / FOLDER, sha256, ENDING)


def keep(settings: Settings, uploads: Sequence[Upload]) -> list[Kept]:
    """Judge and store files, while nobody waits for the database. Raises `Refused` naming the first that is unfit."""
    if not uploads:
        raise Refused("没有选择文件。请选择要上传的材料；没有材料可以不传。")
    if len(uploads) > MOST:
        raise Refused(f"一项任务最多 {MOST} 份材料，您选了 {len(uploads)} 份。请减少后再上传。")
    judged = [_judged(upload) for upload in uploads]
    return [
        Kept(name, kind, files.store(settings.files / FOLDER, content, ENDING), len(content))
        for name, kind, content in judged
    ]


def answerable(session: Session, assignment_id: int) -> Assignment:
    """The assignment, held, if the viewer answers for its unit and it is still to be answered.

    Raises `NotFound`, `Forbidden`, and `Refused` once the report is given: what was looked at does not change.
    """
    held = select(Assignment).where(Assignment.id == assignment_id).with_for_update()
    row = session.scalars(held).one_or_none()
    if row is None:
        raise NotFound()
    actor_at(viewer_of(session), "task.answer", row.unit_code)
    if row.state not in OPEN:
        raise Refused("任务已反馈或已结束，材料不能再改。核验前可以先收回反馈。")
    return row


def add(session: Session, assignment_id: int, kept: Sequence[Kept], *, at: datetime) -> int:
    """Lay stored files beside an assignment; the same file again is there once. Gives how many are new."""
    row = answerable(session, assignment_id)
    actor = actor_at(viewer_of(session), "task.answer", row.unit_code)
    there = {one.sha256 for one in of_assignment(session, assignment_id)}
    fresh = list({one.sha256: one for one in kept if one.sha256 not in there}.values())
    if len(there) + len(fresh) > MOST:
        raise Refused(f"一项任务最多 {MOST} 份材料，已有 {len(there)} 份。请先删去不需要的。")
    for one in fresh:
        session.add(
            AssignmentFile(
                assignment_id=row.id,
                unit_code=row.unit_code,
                sha256=one.sha256,
                name=one.name,
                kind=one.kind,
                size=one.size,
                uploaded_by_id=actor.person_id,
                uploaded_by_name=actor.name,
                uploaded_at=at,
            )
        )
        audit.record(session, "task.file", "assignment", row.id, unit_code=row.unit_code, after={"sha256": one.sha256})
    session.flush()
    return len(fresh)


def remove(session: Session, assignment_id: int, file_id: int) -> None:
    """Take a file back before the report is given; the audit log keeps its hash."""
    one = file_of(session, assignment_id, file_id)
    row = answerable(session, assignment_id)
    audit.record(
        session, "task.file_removed", "assignment", row.id, unit_code=row.unit_code, before={"sha256": one.sha256}
    )
    session.delete(one)
    session.flush()


def of_assignment(session: Session, assignment_id: int) -> list[AssignmentFile]:
    """The files of an assignment in scope, in the order in which they came."""
    statement = select(AssignmentFile).where(AssignmentFile.assignment_id == assignment_id)
    return list(session.scalars(statement.order_by(AssignmentFile.id)))


def file_of(session: Session, assignment_id: int, file_id: int) -> AssignmentFile:
    """One file. Raises `NotFound`, equal for files out of scope and files that never were."""
    statement = select(AssignmentFile).where(
        AssignmentFile.id == file_id, AssignmentFile.assignment_id == assignment_id
    )
    found = session.scalar(statement)
    if found is None:
        raise NotFound()
    return found


def clean_name(name: str, kind: str) -> str:
    """A name without folders, control characters and what file systems refuse, with the ending of its content."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    stem = last.rpartition(".")[0] or last
    plain = "".join(c for c in stem if c not in _FORBIDDEN and unicodedata.category(c)[0] != "C").strip(" .")
    return f"{plain[:NAME_LIMIT] or '材料'}.{kind}"


def _judged(upload: Upload) -> tuple[str, str, bytes]:
    shown = clean_name(upload.name, "").rstrip(".")
    if not upload.content:
        raise Refused(f"“{shown}”是空文件。请重新选择。")
    if len(upload.content) > BYTES_LIMIT:
        raise Refused(f"“{shown}”超过 {BYTES_LIMIT // 1024 // 1024} MB。请压缩或拆分后再上传。")
    kind, content = _kind_of(upload, shown), upload.content
    if kind == "jpg":
        try:
            content, _ = images.encoded(io.BytesIO(content))
        except images.Unfit as unfit:
            raise Refused(f"“{shown}”{unfit.sentence}") from None
    return clean_name(upload.name, kind), kind, content


def _kind_of(upload: Upload, shown: str) -> str:
    """What the content is, whatever the name says; old Office files all begin alike and are told apart by name."""
    content, ending = upload.content, upload.name.rpartition(".")[2].lower()
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return "jpg"
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") and ending in _OLD_OFFICE:
        return ending
    kind = _kind_in_zip(content, shown) if content.startswith(b"PK\x03\x04") else None
    if kind is None:
        raise Refused(f"“{shown}”不是可收的文件。可用 PDF、JPG、PNG、OFD 以及 Office、WPS、ODF 文档。")
    return kind


def _kind_in_zip(content: bytes, shown: str) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            names = set(pack.namelist())
            if any(name.endswith("vbaProject.bin") for name in names):
                raise Refused(f"“{shown}”带有宏。请另存为不带宏的文件后再上传。")
            for name, kind in _IN_ZIP.items():
                if name in names:
                    return kind
            if "mimetype" in names:
                with pack.open("mimetype") as handle:
                    said = handle.read(100).decode("ascii", "replace").strip()
                return next((kind for kind in ("odt", "ods", "odp") if KINDS[kind] == said), None)
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, ValueError):
        raise Refused(f"“{shown}”打不开，可能没有传输完整。请重新选择。") from None
    return None
