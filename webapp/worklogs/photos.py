"""Photos of a work log: read by content, re-encoded without position, stored by hash (S-30; never required, X-6).

A stored file whose row was rolled back does no harm: its name is its content, no route leads to it without a row, and
after days it is removed (`cleaning.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from webapp import files, images
from webapp.config import Settings
from webapp.worklogs.models import WorkLog, WorkLogPhoto
from webapp.worklogs.rules import WrongEntry

MOST = 6
ENDING = ".jpg"


@dataclass(frozen=True)
class Upload:
    """A file as it was sent; the name is only shown, never used as a path."""

    name: str
    stream: IO[bytes]


@dataclass(frozen=True)
class StoredPhoto:
    """A photo on the disk; pixels and bytes as stored."""

    sha256: str
    width: int
    height: int
    size: int


def path_of(settings: Settings, sha256: str) -> Path:
    """Where the bytes of a hash lie."""
    return files.place(folder(settings), sha256, ENDING)


def keep(settings: Settings, uploads: Sequence[Upload]) -> list[StoredPhoto]:
    """Check, re-encode and store photos. Raises `WrongEntry` naming the first file that cannot be taken."""
    if len(uploads) > MOST:
        raise WrongEntry("photos", f"照片最多 {MOST} 张，您选了 {len(uploads)} 张。请减少后再保存。")
    encoded = [_encoded(upload) for upload in uploads]
    return [_stored(settings, content, size) for content, size in encoded]


def keep_one(settings: Settings, stream: IO[bytes]) -> StoredPhoto:
    """Check, re-encode and store one photo. Raises `images.Unfit`."""
    return _stored(settings, *images.encoded(stream))


def put_to(log: WorkLog, photo: StoredPhoto, person_id: int, at: datetime) -> bool:
    """Put a stored photo to a log that does not hold it yet; False where the log has as many as it may have."""
    if any(held.sha256 == photo.sha256 for held in log.photos):
        return True
    if len(log.photos) >= MOST:
        return False
    log.photos.append(
        WorkLogPhoto(
            log_id=log.id,
            sha256=photo.sha256,
            width=photo.width,
            height=photo.height,
            size=photo.size,
            saved_at=at,
            saved_by_id=person_id,
        )
    )
    return True


def folder(settings: Settings) -> Path:
    """Where the bytes of photos lie."""
    return settings.files / "photos"


def _stored(settings: Settings, content: bytes, size: tuple[int, int]) -> StoredPhoto:
    return StoredPhoto(files.store(folder(settings), content, ENDING), *size, len(content))


def _refusal(upload: Upload, what: str) -> WrongEntry:
    name = Path(upload.name.replace("\\", "/")).name[-40:] or "未命名"
    return WrongEntry("photos", f"“{name}”{what}")


def _encoded(upload: Upload) -> tuple[bytes, tuple[int, int]]:
    try:
        return images.encoded(upload.stream)
    except images.Unfit as unfit:
        raise _refusal(upload, unfit.sentence) from None
