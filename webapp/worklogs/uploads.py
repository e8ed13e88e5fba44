"""Photos that come piece by piece over a line that breaks: what has arrived stays, the rest is sent on from there.

A photo has a number of its own and names the log it belongs to, which may arrive later. The pieces lie in a file of the
instance folder, readable by nobody else; the length of that file is how far it has come. Complete bytes must match the
hash that was announced, then go the way of every photo: re-encoded without position, stored by hash (S-30).
"""

import fcntl
import hashlib
import os
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Select, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import images
from webapp.config import Settings
from webapp.errors import Conflict, DandangError, Faulty, NotFound
from webapp.words import canonical
from webapp.worklogs import photos as photo_files
from webapp.worklogs.models import PhotoUpload, WorkLog
from webapp.worklogs.photos import StoredPhoto
from webapp.worklogs.rules import WrongEntry


class WrongOffset(Conflict):
    """The bytes do not go on where the file ends; `offset` is where it does."""

    def __init__(self, offset: int) -> None:
        super().__init__("照片要从中断的地方接着发送。")
        self.offset = offset


class TooLarge(DandangError):
    """More bytes than a photo may have."""

    status = 413


@dataclass(frozen=True)
class Announced:
    """What a device says of a photo with every piece of it; `sha256` is that of the whole file."""

    upload_id: str
    log_id: str
    offset: int
    length: int
    sha256: str


def announced(upload_id: str, headers: Mapping[str, str]) -> Announced:
    """The headers of a piece. Raises `Faulty` for those that are missing or wrong, `TooLarge` over the limit."""
    faults: dict[str, str] = {}
    offset, length = _number(headers, "Upload-Offset", faults), _number(headers, "Upload-Length", faults)
    sha256 = headers.get("Upload-Sha256", "").lower()
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        faults["Upload-Sha256"] = "没有收到照片的校验值。请更新页面后再发送。"
    log_id = canonical(headers.get("Upload-Log-Id", ""))
    if log_id is None:
        faults["Upload-Log-Id"] = "没有收到照片所属日志的编号。请更新页面后再发送。"
    own_id = canonical(upload_id)
    if own_id is None:
        faults["id"] = "照片的编号不正确。请更新页面后再发送。"
    if not faults.keys() & {"Upload-Offset", "Upload-Length"} and (length == 0 or offset > length):
        faults["Upload-Length"] = "照片的大小不正确。请重新选择照片。"
    if faults or log_id is None or own_id is None:
        raise Faulty(faults)
    if length > images.BYTES_LIMIT:
        raise TooLarge("这张照片超过 10 MB，没有保存。请换一张较小的照片。")
    return Announced(own_id, log_id, offset, length, sha256)


def find(session: Session, upload_id: str) -> PhotoUpload:
    """One of the viewer's own uploads. Raises `NotFound`."""
    row = session.get(PhotoUpload, canonical(upload_id) or "")
    if row is None:
        raise NotFound("没有这张照片。请从头发送。")
    return row


def received(settings: Settings, row: PhotoUpload) -> int:
    """How many bytes of a photo have arrived."""
    if row.finished_at is not None:
        return row.length
    try:
        return part_of(settings, row.id).stat().st_size
    except FileNotFoundError:
        return 0


def begin(session: Session, settings: Settings, said: Announced, *, person_id: int | None, at: datetime) -> PhotoUpload:
    """The row of a photo, made with its first piece. A photo that this person has sent before is there at once.

    Raises `WrongOffset` where the number stands for another file, `NotFound` where it is somebody else's.
    """
    row = session.get(PhotoUpload, said.upload_id)
    if row is not None:
        if (row.log_id, row.length, row.sha256) != (said.log_id, said.length, said.sha256):
            raise WrongOffset(received(settings, row))
        return row
    row = PhotoUpload(
        id=said.upload_id,
        person_id=person_id,
        log_id=said.log_id,
        length=said.length,
        sha256=said.sha256,
        started_at=at,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        session.expire_all()
        row = session.get(PhotoUpload, said.upload_id)
        if row is None:
            raise NotFound("没有这张照片。请另给编号，从头发送。") from None
        return row
    twin = session.scalar(
        select(PhotoUpload)
        .where(
            PhotoUpload.person_id == person_id,
            PhotoUpload.sha256 == said.sha256,
            PhotoUpload.stored_sha256.is_not(None),
        )
        .order_by(PhotoUpload.finished_at.desc())
        .limit(1)
    )
    if twin is not None and photo_files.path_of(settings, str(twin.stored_sha256)).is_file():
        finish(session, said.upload_id, _stored(twin), at)
    return row


def append(settings: Settings, said: Announced, pieces: Iterable[bytes]) -> int:
    """Write bytes behind those that have arrived; returns how many there are then. What was written stays written,
    also when the line breaks in the middle. Raises `WrongOffset` when another connection is further on."""
    path = part_of(settings, said.upload_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    offset = said.offset
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as handle:
        try:
            _put(handle.fileno(), offset, b"")
            for piece in pieces:
                if offset + len(piece) > said.length:
                    raise Faulty({"Upload-Length": "收到的内容比照片本身大。请从头发送这张照片。"})
                _put(handle.fileno(), offset, piece)
                offset += len(piece)
        finally:
            os.fsync(handle.fileno())
    return offset


def picture(settings: Settings, said: Announced) -> StoredPhoto:
    """The complete photo, checked, re-encoded and stored. Raises `Faulty` when it is not what was announced."""
    with part_of(settings, said.upload_id).open("rb") as handle:
        if hashlib.file_digest(handle, "sha256").hexdigest() != said.sha256:
            raise Faulty({"Upload-Sha256": "照片在传送中损坏。请从头发送这张照片。"})
        try:
            return photo_files.keep_one(settings, handle)
        except images.Unfit as unfit:
            raise Faulty({"photos": f"照片{unfit.sentence}"}) from None


def finish(session: Session, upload_id: str, photo: StoredPhoto, at: datetime) -> None:
    """Note a complete photo and put it to its log when that is here already. Finishing twice changes nothing.

    The row is locked before the log is looked for, and `attach_waiting` locks it too: whichever comes second sees the
    other. Raises `WrongEntry` when the log has as many photos as it may have.
    """
    row = session.scalar(select(PhotoUpload).where(PhotoUpload.id == upload_id).with_for_update())
    if row is None:
        raise NotFound("没有这张照片。请从头发送。")
    if row.finished_at is None:
        row.finished_at, row.stored_sha256 = at, photo.sha256
        row.width, row.height, row.size = photo.width, photo.height, photo.size
    session.flush()
    log = session.scalar(
        select(WorkLog).where(WorkLog.id == row.log_id, WorkLog.author_id == row.person_id).with_for_update()
    )
    if log is not None and not _attach(log, row, at):
        most = photo_files.MOST
        raise WrongEntry("photos", f"一条日志最多 {most} 张照片，这张没有保存。请从日志中删去一张后再发送。")
    session.flush()


def attach_waiting(session: Session, log: WorkLog, at: datetime) -> None:
    """Put photos that came before their log to it, as many as it may have."""
    for row in session.scalars(_waiting(), {"log_id": log.id, "person_id": log.author_id}).all():
        if row.finished_at is not None:
            _attach(log, row, at)


@cache
def _waiting() -> Select[tuple[PhotoUpload]]:
    """Photos of a log that are not put to it yet; written once, because every submission asks it."""
    whose = (PhotoUpload.log_id == bindparam("log_id"), PhotoUpload.person_id == bindparam("person_id"))
    ordered = select(PhotoUpload).order_by(PhotoUpload.started_at, PhotoUpload.id)
    return ordered.where(*whose, PhotoUpload.attached_at.is_(None)).with_for_update()


def discard(session: Session, settings: Settings, upload_id: str) -> None:
    """Forget a photo that cannot be taken, so that it can be sent anew under the same number."""
    row = session.get(PhotoUpload, upload_id)
    if row is not None and row.attached_at is None:
        session.delete(row)
        session.flush()
    part_of(settings, upload_id).unlink(missing_ok=True)


def folder(settings: Settings) -> Path:
    """Where pieces lie until a photo is complete."""
    return settings.instance / "uploads"


def part_of(settings: Settings, upload_id: str) -> Path:
    """The file of a photo's pieces; the number is a UUID in canonical form, so that no name from outside is a path."""
    return folder(settings) / f"{uuid.UUID(upload_id)}.part"


def _put(descriptor: int, offset: int, piece: bytes) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        size = os.fstat(descriptor).st_size
        if size != offset:
            raise WrongOffset(size)
        while piece:
            piece = piece[os.pwrite(descriptor, piece, os.fstat(descriptor).st_size) :]
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _attach(log: WorkLog, row: PhotoUpload, at: datetime) -> bool:
    if row.attached_at is None:
        if not photo_files.put_to(log, _stored(row), row.person_id, at):
            return False
        row.attached_at = at
    return True


def _stored(row: PhotoUpload) -> StoredPhoto:
    """The picture that a complete upload has become."""
    return StoredPhoto(str(row.stored_sha256), row.width or 0, row.height or 0, row.size or 0)


def _number(headers: Mapping[str, str], name: str, faults: dict[str, str]) -> int:
    text = headers.get(name, "")
    if text.isascii() and text.isdigit() and len(text) < 16:
        return int(text)
    faults[name] = "没有收到照片的大小和位置。请更新页面后再发送。"
    return 0
