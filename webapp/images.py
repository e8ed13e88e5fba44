"""Pictures that people send: read by content, turned upright, made smaller and re-encoded without their metadata.

EXIF may hold where somebody stood (S-30); a new picture is drawn, so that nothing but the picture is kept.
"""

import io
import struct
from typing import IO

from PIL import Image, ImageFile, UnidentifiedImageError
from PIL.Image import Transpose

from webapp.errors import Refused

BYTES_LIMIT = 10 * 1024 * 1024
PIXELS_LIMIT = 50_000_000
"""A phone's 6,000 × 8,000 photo fits."""
LONG_SIDE = 1600
"""Pixels of the longer side as stored."""
QUALITY = 80
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


class Unfit(Refused):
    """A picture that cannot be taken; the sentence goes on after the picture's name."""


def encoded(stream: IO[bytes]) -> tuple[bytes, tuple[int, int]]:
    """JPEG bytes without any metadata, turned upright, at most 1600 pixels on the longer side. Raises `Unfit`."""
    if stream.seek(0, io.SEEK_END) > BYTES_LIMIT:
        raise Unfit("超过 10 MB。请换一张较小的照片，或去掉它再保存。")
    stream.seek(0)
    too_many = Unfit("超过 5000 万像素。请换一张较小的照片，或去掉它再保存。")
    # Another library of this process may have let Pillow take pictures that are cut off (the PDF engine does).
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(stream, formats=FORMATS) as picture:
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
        raise Unfit("不是可识别的照片（可用 JPG、PNG、WebP）。请换一张照片，或去掉它再保存。") from None
    except _DAMAGED:
        raise Unfit("已损坏，读不出来。请换一张照片，或去掉它再保存。") from None
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
