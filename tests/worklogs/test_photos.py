import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from webapp.config import Settings
from webapp.worklogs import photos
from webapp.worklogs.photos import Upload, keep, path_of
from webapp.worklogs.rules import WrongEntry

GPS, ORIENTATION = 0x8825, 0x0112


@pytest.fixture
def place(tmp_path: Path) -> Settings:
    return Settings(tmp_path, "", None, "", "", tmp_path, False, 0)


def picture(form: str = "JPEG", size: tuple[int, int] = (400, 300), **options: object) -> io.BytesIO:
    out = io.BytesIO()
    mode = "RGBA" if form in ("PNG", "WEBP") else "RGB"
    Image.new(mode, size, "orange").save(out, form, **options)
    out.seek(0)
    return out


def phone_picture(size: tuple[int, int] = (4000, 3000)) -> io.BytesIO:
    """A photo as a phone makes it: turned by EXIF, with a position and a comment."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS).update({1: "N", 2: (26.9, 0.0, 0.0), 3: "E", 4: (98.8, 0.0, 0.0)})
    return picture(size=size, exif=exif, comment=b"26.9N 98.8E")


def huge_png(width: int, height: int) -> io.BytesIO:
    """A few bytes that claim to be a picture of so many pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


def test_photo_is_turned_upright_made_smaller_and_loses_its_position(place: Settings) -> None:
    [kept] = keep(place, [Upload("a.jpg", phone_picture())])
    stored = path_of(place, kept.sha256).read_bytes()
    with Image.open(io.BytesIO(stored)) as shown:
        assert shown.format == "JPEG"
        assert shown.size == (kept.width, kept.height) == (1200, 1600)
        assert not shown.getexif()
        assert "comment" not in shown.info
    assert b"26.9N" not in stored
    assert kept.size == len(stored)


@pytest.mark.parametrize("form", photos.FORMATS)
def test_type_is_told_by_content_not_by_name(place: Settings, form: str) -> None:
    assert len(keep(place, [Upload("表格.xlsx", picture(form))])) == 1


def test_same_picture_is_stored_once_and_no_part_is_left(place: Settings) -> None:
    first, second = keep(place, [Upload("a.jpg", picture()), Upload("b.jpg", picture())])
    assert first == second
    assert [path.name for path in place.files.rglob("*.*")] == [f"{first.sha256}.jpg"]


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (Upload("C:\\照片\\setup.jpg", io.BytesIO(b"MZ" + b"\0" * 4000)), "“setup.jpg”不是可识别的照片"),
        (Upload("big.png", huge_png(20_000, 20_000)), "“big.png”超过 4000 万像素"),
        (Upload("big.png", huge_png(10_000, 10_000)), "“big.png”超过 4000 万像素"),
        (Upload("big.png", huge_png(8_000, 8_000)), "“big.png”超过 4000 万像素"),
        (Upload("cut.jpg", io.BytesIO(phone_picture((800, 600)).getvalue()[:3000])), "“cut.jpg”已损坏"),
        (Upload("empty.jpg", io.BytesIO()), "“empty.jpg”不是可识别的照片"),
        (Upload("long.jpg", io.BytesIO(b"\xff\xd8" * 5_300_000)), "“long.jpg”超过 10 MB"),
        (Upload("a.svg", io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>")), "“a.svg”不是可识别的照片"),
    ],
)
def test_file_that_cannot_be_taken_gets_one_sentence(place: Settings, upload: Upload, words: str) -> None:
    with pytest.raises(WrongEntry, match=words) as refused:
        keep(place, [Upload("good.jpg", picture()), upload])
    assert refused.value.field == "photos"
    assert not (place.files / "photos").exists()


def test_seven_photos_are_too_many(place: Settings) -> None:
    with pytest.raises(WrongEntry, match="最多 6 张，您选了 7 张"):
        keep(place, [Upload("a.jpg", picture())] * 7)


def test_transparent_parts_become_white(place: Settings) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    [kept] = keep(place, [Upload("a.png", out)])
    with Image.open(path_of(place, kept.sha256)) as shown:
        assert shown.getpixel((10, 10)) == (255, 255, 255)
