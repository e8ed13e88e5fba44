"""Acts on work logs: write, edit, take a photo back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from webapp import audit, clock
from webapp.accountability.models import Assignment
from webapp.errors import Conflict, NotFound, Refused
from webapp.org.models import Posting
from webapp.permissions import permissions_of
from webapp.worklogs import photos as photo_files
from webapp.worklogs.models import WorkLog, WorkLogPhoto, WorkLogTask, WorkLogVersion
from webapp.worklogs.photos import StoredPhoto
from webapp.worklogs.rules import Entry, WrongEntry, checked, judge_day


class LogConflict(Conflict):
    """Another body is held under this id; `log` is what is held, None where it may not be shown."""

    def __init__(self, sentence: str, log: WorkLog | None) -> None:
        super().__init__(sentence)
        self.log = log


def write(
    session: Session,
    *,
    log_id: str,
    author_id: int,
    entry: Entry,
    photos: Sequence[StoredPhoto] = (),
    at: datetime,
) -> WorkLog:
    """Write a log under the form's UUID, or recognise one that is held already.

    The same id with a body that any of its versions holds is accepted again and changes nothing but the photos
    that were not held yet. Raises `LogConflict` for another body, `WrongEntry` for a field that cannot be taken.
    """
    if known := _held(session, log_id):
        return _again(session, known, author_id, entry, photos, at)
    checked(entry)
    posts = _posts_in(session, author_id, entry.unit_code, at)
    judge_day(entry.day, clock.day_of(at), [(post.starts_on, post.ends_on) for post in posts])
    post = next(post for post in posts if post.covers(entry.day))
    log = WorkLog(
        id=log_id,
        author_id=author_id,
        posting_id=post.id,
        unit_code=entry.unit_code,
        day=entry.day,
        duty_area=entry.duty_area,
        created_at=at,
    )
    try:
        with session.begin_nested():
            session.add(log)
    except IntegrityError:  # the same form was sent twice at once and the other one won, or the id is a stranger's
        return _again(session, _held(session, log_id), author_id, entry, photos, at)
    _add_version(session, log, 1, entry, author_id, at)
    _link(session, log, entry, author_id)
    _add_photos(session, log, photos, author_id, at)
    session.flush()
    return log


def edit(
    session: Session,
    *,
    log_id: str,
    base_version: int,
    editor_id: int,
    entry: Entry,
    photos: Sequence[StoredPhoto] = (),
    at: datetime,
) -> WorkLog:
    """Save an edit as the next version; the ones before stay readable.

    `base_version` is what the editor saw. Raises `LogConflict` when another version was saved meanwhile (the same
    body sent twice is accepted again), `WrongEntry`, `NotFound`, and `Refused` for anybody but the author.
    """
    log = _held(session, log_id)
    if log is None:
        raise NotFound()
    refuse_others(log, editor_id)
    checked(entry)
    if log.versions[-1].body_hash == entry.body_hash:
        _add_photos(session, log, photos, editor_id, at)
        session.flush()
        return log
    if log.version != base_version:
        raise LogConflict("这条日志在您修改期间已另存了新的一版。两版都在下面，请选择怎样处理。", log)
    posts = _posts_in(session, editor_id, log.unit_code, at)
    judge_day(entry.day, clock.day_of(at), [(post.starts_on, post.ends_on) for post in posts])
    log.day, log.duty_area = entry.day, entry.duty_area
    flag_modified(log, "day")  # the row's version moves on even where only the text changed
    _link(session, log, entry, editor_id)
    session.flush()
    _add_version(session, log, log.version, entry, editor_id, at)
    _add_photos(session, log, photos, editor_id, at)
    session.flush()
    return log


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
    return session.scalar(
        select(WorkLog).where(WorkLog.id == log_id).with_for_update().execution_options(populate_existing=True)
    )


def _again(
    session: Session,
    log: WorkLog | None,
    author_id: int,
    entry: Entry,
    photos: Sequence[StoredPhoto],
    at: datetime,
) -> WorkLog:
    if log is None or log.author_id != author_id:
        raise LogConflict("这条记录的编号已被占用，内容没有保存。请另存为新的一条。", None)
    if not any(version.body_hash == entry.body_hash for version in log.versions):
        raise LogConflict("这条日志此前已经保存过，内容与这次不同。两份都在下面，请选择怎样处理。", log)
    _add_photos(session, log, photos, author_id, at)
    session.flush()
    return log


def _posts_in(session: Session, person_id: int, unit_code: str, at: datetime) -> list[Posting]:
    """A person's posts in a village from which logs are written, past ones too, the earliest first.

    Raises `WrongEntry` where none of them runs on the day of writing.
    """
    of_person = select(Posting).where(Posting.person_id == person_id, Posting.unit_code == unit_code)
    posts = [
        post
        for post in session.scalars(of_person.order_by(Posting.starts_on, Posting.id))
        if "worklog.write" in permissions_of(post.role, post.unit_code)
    ]
    today = clock.day_of(at)
    if not any(post.covers(today) for post in posts):
        raise WrongEntry("unit_code", "您现在不在该村任职，不能记这个村的工作日志。请选择您现任职的村。")
    return posts


def _add_version(session: Session, log: WorkLog, number: int, entry: Entry, person_id: int, at: datetime) -> None:
    session.add(
        WorkLogVersion(
            log_id=log.id,
            number=number,
            day=entry.day,
            duty_area=entry.duty_area,
            text=entry.text,
            body_hash=entry.body_hash,
            saved_at=at,
            saved_by_id=person_id,
        )
    )


def _link(session: Session, log: WorkLog, entry: Entry, person_id: int) -> None:
    wanted = set(entry.assignment_ids)
    linked = {link.assignment_id: link for link in log.tasks}
    for assignment_id in linked.keys() - wanted:
        log.tasks.remove(linked[assignment_id])
    added = wanted - linked.keys()
    found = session.scalars(
        select(Assignment.id).where(Assignment.id.in_(added), Assignment.unit_code == log.unit_code)
    ).all()
    if len(found) != len(added):
        raise WrongEntry("tasks", "所选任务已不在本村的任务之列。请重新选择。")
    log.tasks.extend(WorkLogTask(log_id=log.id, assignment_id=one, saved_by_id=person_id) for one in sorted(added))


def _add_photos(session: Session, log: WorkLog, photos: Sequence[StoredPhoto], person_id: int, at: datetime) -> None:
    held = {photo.sha256 for photo in log.photos}
    new = {photo.sha256: photo for photo in photos if photo.sha256 not in held}
    if len(held) + len(new) > photo_files.MOST:
        room = photo_files.MOST - len(held)
        raise WrongEntry("photos", f"一条日志最多 {photo_files.MOST} 张照片，已有 {len(held)} 张。请只添 {room} 张。")
    log.photos.extend(
        WorkLogPhoto(
            log_id=log.id,
            sha256=photo.sha256,
            width=photo.width,
            height=photo.height,
            size=photo.size,
            saved_at=at,
            saved_by_id=person_id,
        )
        for photo in new.values()
    )
