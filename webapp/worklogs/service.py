"""Acts on work logs: write, edit, take a photo back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from webapp import audit, clock
from webapp.auth.sending import open_to_send, posts_of_sender
from webapp.errors import Conflict, NotFound, Refused
from webapp.org.models import Posting
from webapp.worklogs import photos as photo_files
from webapp.worklogs.linking import tie
from webapp.worklogs.models import WorkLog, WorkLogVersion
from webapp.worklogs.photos import StoredPhoto
from webapp.worklogs.rules import DeviceClock, Entry, WrongEntry, checked, judge_day
from webapp.worklogs.uploads import attach_waiting


class LogConflict(Conflict):
    """Another body is held under this id; `log` is what is held, None where it may not be shown."""

    def __init__(self, sentence: str, log: WorkLog | None) -> None:
        super().__init__(sentence)
        self.log = log


class Saved(NamedTuple):
    """A log with the version that holds what was sent, and whether this act added it or it was held before."""

    log: WorkLog
    version: WorkLogVersion
    new: bool


def write(
    session: Session,
    *,
    log_id: str,
    author_id: int,
    entry: Entry,
    photos: Sequence[StoredPhoto] = (),
    at: datetime,
    device: DeviceClock | None = None,
    entered_by_id: int | None = None,
) -> Saved:
    """Write a log under the form's UUID, or recognise one that is held already.

    `entered_by_id` is who enters it from the author's paper (X-10).

    The same id with a body that any of its versions holds is accepted again and changes nothing but the photos
    that were not held yet. Raises `LogConflict` for another body, `WrongEntry` for a field that cannot be taken.
    """
    if known := _held(session, log_id):
        return _again(session, known, author_id, entry, photos, at)
    checked(entry)
    post = _post_of_day(session, author_id, entry, at, device)
    log = WorkLog(
        id=log_id,
        author_id=author_id,
        posting_id=post.id,
        unit_code=entry.unit_code,
        day=entry.day,
        duty_area=entry.duty_area,
        created_at=at,
        versions=[],
        tasks=[],
        bindings=[],
        photos=[],  # a new log has nothing that would have to be looked for
    )
    version = _add_version(log, 1, entry, entered_by_id or author_id, at, device)
    version.paper = entered_by_id is not None
    tie(session, log, entry, author_id)
    try:
        with session.begin_nested():
            session.add(log)
    except IntegrityError:  # the same form was sent twice at once and the other one won, or the id is a stranger's
        return _again(session, _held(session, log_id), author_id, entry, photos, at)
    _add_photos(log, photos, author_id, at)
    attach_waiting(session, log, at)
    session.flush()
    return Saved(log, version, True)


def edit(
    session: Session,
    *,
    log_id: str,
    base_version: int,
    editor_id: int,
    entry: Entry,
    photos: Sequence[StoredPhoto] = (),
    at: datetime,
    device: DeviceClock | None = None,
) -> Saved:
    """Save an edit as the next version; the ones before stay readable.

    `base_version` is what the editor saw. Raises `LogConflict` when another version was saved meanwhile (the same
    body sent twice is accepted again), `WrongEntry`, `NotFound`, and `Refused` for anybody but the author.
    """
    log = _held(session, log_id)
    if log is None:
        raise NotFound()
    refuse_others(log, editor_id)
    checked(entry)
    newer = [version for version in log.versions if version.number > base_version]
    for version in [log.versions[-1], *newer]:
        if version.body_hash == entry.body_hash:
            _add_photos(log, photos, editor_id, at)
            session.flush()
            return Saved(log, version, False)
    if log.version != base_version:
        raise LogConflict("这条日志在您修改期间已另存了新的一版。两版都在下面，请选择怎样处理。", log)
    _post_of_day(session, editor_id, entry, at, device)
    log.day, log.duty_area = entry.day, entry.duty_area
    flag_modified(log, "day")  # the row's version moves on even where only the text changed
    tie(session, log, entry, editor_id)
    session.flush()
    version = _add_version(log, log.version, entry, editor_id, at, device)
    _add_photos(log, photos, editor_id, at)
    session.flush()
    return Saved(log, version, True)


def submit(
    session: Session,
    *,
    log_id: str,
    base_version: int | None,
    author_id: int,
    entry: Entry,
    at: datetime,
    device: DeviceClock | None,
) -> Saved:
    """Take what a device sends: a new log, or an edit of one that the server still holds. Raises as both do."""
    if base_version is not None and (held := _held(session, log_id)) is not None and held.author_id == author_id:
        return edit(
            session,
            log_id=log_id,
            base_version=base_version,
            editor_id=author_id,
            entry=replace(entry, unit_code=held.unit_code),  # a log stays in its village
            at=at,
            device=device,
        )
    return write(session, log_id=log_id, author_id=author_id, entry=entry, at=at, device=device)


def refuse_others(log: WorkLog, editor_id: int | None) -> None:
    """Raise `Refused` for anybody but the author: team mates read."""
    if log.author_id != editor_id:
        raise Refused(f"这条日志由{log.author.name}记录，只能由本人修改。")


def take_photo_back(session: Session, *, log_id: str, photo_id: int, editor_id: int) -> WorkLog:
    """Remove a photo from the author's own log; taking it back twice changes nothing."""
    log = _held(session, log_id)
    if log is None:
        raise NotFound()
    if log.author_id != editor_id:
        raise Refused(f"这条日志由{log.author.name}记录，照片只能由本人删除。")
    for photo in [photo for photo in log.photos if photo.id == photo_id]:
        audit.record(
            session,
            "worklog.photo_remove",
            "work_log",
            log.id,
            unit_code=log.unit_code,
            before={"sha256": photo.sha256},
        )
        session.delete(photo)
    session.flush()
    return log


def _held(session: Session, log_id: str) -> WorkLog | None:
    """The log under an id, locked until the end of the transaction where the database locks rows."""
    return session.scalar(_locked(), {"log_id": log_id})


@cache
def _locked() -> Select[tuple[WorkLog]]:
    """Written once, because every submission asks it."""
    wanted = select(WorkLog).where(WorkLog.id == bindparam("log_id"))
    return wanted.with_for_update().execution_options(populate_existing=True)


def _again(
    session: Session,
    log: WorkLog | None,
    author_id: int,
    entry: Entry,
    photos: Sequence[StoredPhoto],
    at: datetime,
) -> Saved:
    if log is None or log.author_id != author_id:
        raise LogConflict("这条记录的编号已被占用，内容没有保存。请另存为新的一条。", None)
    same = [version for version in log.versions if version.body_hash == entry.body_hash]
    if not same:
        raise LogConflict("这条日志此前已经保存过，内容与这次不同。两份都在下面，请选择怎样处理。", log)
    _add_photos(log, photos, author_id, at)
    session.flush()
    return Saved(log, same[-1], False)


def _post_of_day(session: Session, person_id: int, entry: Entry, at: datetime, device: DeviceClock | None) -> Posting:
    """The person's post in the village on the day of a log. Raises `WrongEntry` where there is none.

    The post may have ended: its logs can still be sent for some days (`tenure.late_send_days`).
    """
    if device is not None:
        device.judge(entry.day)
    posts = [post for post in posts_of_sender(session, person_id) if post.unit_code == entry.unit_code]
    today = clock.day_of(at)
    if not any(open_to_send(session, post, today) for post in posts):
        raise WrongEntry("unit_code", "您现在不在该村任职，不能记这个村的工作日志。请选择您现任职的村。")
    latest = device.latest_day if device is not None else today
    judge_day(entry.day, latest, [(post.starts_on, post.ends_on) for post in posts])
    return next(post for post in posts if post.covers(entry.day))


def _add_version(
    log: WorkLog,
    number: int,
    entry: Entry,
    person_id: int,
    at: datetime,
    device: DeviceClock | None,
) -> WorkLogVersion:
    version = WorkLogVersion(
        number=number,
        day=entry.day,
        duty_area=entry.duty_area,
        text=entry.text,
        body_hash=entry.body_hash,
        saved_at=at,
        saved_by_id=person_id,
        device_time=device.said if device is not None else None,
        skew_seconds=round(device.skew.total_seconds()) if device is not None and device.skew is not None else None,
    )
    log.versions.append(version)
    return version


def _add_photos(log: WorkLog, photos: Sequence[StoredPhoto], person_id: int, at: datetime) -> None:
    held = {photo.sha256 for photo in log.photos}
    new = {photo.sha256: photo for photo in photos if photo.sha256 not in held}
    if len(held) + len(new) > photo_files.MOST:
        room = photo_files.MOST - len(held)
        raise WrongEntry("photos", f"一条日志最多 {photo_files.MOST} 张照片，已有 {len(held)} 张。请只添 {room} 张。")
    for photo in new.values():
        photo_files.put_to(log, photo, person_id, at)
