"""Photos of a work log: read by content, re-encoded without position, stored by hash (S-30; never required, X-6).

A stored file whose row was rolled back does no harm: its name is its content, and no route leads to it without a row.
"""

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PIL import Image, ImageFile, UnidentifiedImageError
from PIL.Image import Transpose

from webapp import files
from webapp.config import Settings
from webapp.worklogs.rules import WrongEntry

MOST = 6
BYTES_LIMIT = 10 * 1024 * 1024
PIXELS_LIMIT = 40_000_000
LONG_SIDE = 1600
"""Pixels of the longer side as stored."""
QUALITY = 80
ENDING = ".jpg"
FORMATS = ("JPEG", "PNG", "WEBP")
# What Pillow raises inside files that are cut off or damaged; which of them it is depends on the byte that is wrong.
_DAMAGED = (OSError, EOFError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, struct.error)
_ORIENTATION = 0x0112
_SHORT = 3
_UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""EXIF orientation → the turn that sets the picture upright."""
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


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
    return files.place(_folder(settings), sha256, ENDING)


def keep(settings: Settings, uploads: Sequence[Upload]) -> list[StoredPhoto]:
    """Check, re-encode and store photos. Raises `WrongEntry` naming the first file that cannot be taken."""
    if len(uploads) > MOST:
        raise WrongEntry("photos", f"照片最多 {MOST} 张，您选了 {len(uploads)} 张。请减少后再保存。")
    encoded = [_encoded(upload) for upload in uploads]
    return [
        StoredPhoto(files.store(_folder(settings), content, ENDING), *size, len(content)) for content, size in encoded
    ]


def _folder(settings: Settings) -> Path:
    return settings.files / "photos"


def _refusal(upload: Upload, what: str) -> WrongEntry:
    name = Path(upload.name.replace("\\", "/")).name[-40:] or "未命名"
    return WrongEntry("photos", f"“{name}”{what}")


def _encoded(upload: Upload) -> tuple[bytes, tuple[int, int]]:
    """JPEG bytes without any metadata, turned upright, at most 1600 pixels on the longer side."""
    if upload.stream.seek(0, io.SEEK_END) > BYTES_LIMIT:
        raise _refusal(upload, "超过 10 MB。请换一张较小的照片，或去掉它再保存。")
    upload.stream.seek(0)
    too_many = _refusal(upload, "超过 4000 万像素。请换一张较小的照片，或去掉它再保存。")
    # Another library of this process may have let Pillow take pictures that are cut off (the PDF engine does).
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(upload.stream, formats=FORMATS) as picture:
            if picture.width * picture.height > PIXELS_LIMIT:
                raise too_many
            picture.draft("RGB", (LONG_SIDE, LONG_SIDE))  # a JPEG is then decoded at a fraction of its size
            picture.thumbnail((LONG_SIDE, LONG_SIDE))
            turn = _UPRIGHT.get(_orientation(picture.info.get("exif") or b""))  # a PNG may hold it behind the picture
            upright = picture.transpose(turn) if turn is not None else picture
            clear = Image.new("RGB", upright.size, "white")  # a new picture: comments and position stay behind
            shown = upright.convert("RGBA") if "transparency" in upright.info else upright
            clear.paste(shown.convert("RGB"), mask=shown.getchannel("A") if "A" in shown.getbands() else None)
    except _BOMBS:
        raise too_many from None
    except UnidentifiedImageError:
        raise _refusal(upload, "不是可识别的照片（可用 JPG、PNG、WebP）。请换一张照片，或去掉它再保存。") from None
    except _DAMAGED:
        raise _refusal(upload, "已损坏，读不出来。请换一张照片，或去掉它再保存。") from None
    out = io.BytesIO()
    clear.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue(), clear.size


def _orientation(exif: bytes) -> int:
    """How the camera was held, 1 to 8; 0 where EXIF is missing or damaged: the photo itself may still be good.

    Read here and not by Pillow, which reads all of EXIF at once and fails on any damage in it.
    """
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 0
    try:
        (start,) = struct.unpack_from(f"{order}L", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, start)
        for number in range(entries):
            tag, kind, _, value = struct.unpack_from(f"{order}HHLH", tiff, start + 2 + 12 * number)
            if (tag, kind) == (_ORIENTATION, _SHORT):
                return int(value)
    except struct.error:
        return 0
    return 0
