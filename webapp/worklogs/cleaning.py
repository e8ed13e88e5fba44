"""What photos leave behind: pieces of which the rest never came, photos of logs that never came, files without a row."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.config import Settings
from webapp.worklogs import photos, uploads
from webapp.worklogs.models import PhotoUpload, WorkLogPhoto

PIECES_KEPT = timedelta(days=14)
"""Since the first piece came."""
ROWS_KEPT = timedelta(days=60)
"""A phone may send a photo before its log, and sends again what it believes unsent."""
SAFE_AGE = timedelta(days=2)
"""A file younger than this may belong to a transaction that is still to come."""
_AT_ONCE = 500


def sweep(session: Session, settings: Settings, at: datetime) -> None:
    """Remove rows and files that are of no use any more; safe to repeat and to be killed anywhere."""
    unfinished = PhotoUpload.finished_at.is_(None) & (PhotoUpload.started_at < at - PIECES_KEPT)
    session.execute(delete(PhotoUpload).where(unfinished | (PhotoUpload.started_at < at - ROWS_KEPT)))
    for some in _batches(_old(uploads.folder(settings), "*.part", at)):
        named = select(PhotoUpload.id).where(PhotoUpload.id.in_([path.stem for path in some]))
        _remove(some, set(session.scalars(named)))
    for some in _batches(_old(photos.folder(settings), f"*/*{photos.ENDING}", at)):
        hashes = [path.stem for path in some]
        shown = set(session.scalars(select(WorkLogPhoto.sha256).where(WorkLogPhoto.sha256.in_(hashes))))
        waiting = select(PhotoUpload.stored_sha256).where(PhotoUpload.stored_sha256.in_(hashes))
        _remove(some, shown | set(session.scalars(waiting)))


def _old(folder: Path, pattern: str, at: datetime) -> Iterator[Path]:
    for path in folder.glob(pattern):
        try:
            changed = path.stat().st_mtime
        except FileNotFoundError:
            continue
        if changed < (at - SAFE_AGE).timestamp():
            yield path


def _batches(paths: Iterator[Path]) -> Iterator[tuple[Path, ...]]:
    while some := tuple(islice(paths, _AT_ONCE)):
        yield some


def _remove(paths: tuple[Path, ...], wanted: set[str | None]) -> None:
    for path in paths:
        if path.stem not in wanted:
            path.unlink(missing_ok=True)
