import io
import random
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageFile

from webapp import images
from webapp.config import Settings
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


# Where the dark upper left quarter of a picture 40 wide and 20 high lies after each turn (right, low), and its size.
TURNS = {
    0: ((0, 0), (40, 20)),
    1: ((0, 0), (40, 20)),
    2: ((1, 0), (40, 20)),
    3: ((1, 1), (40, 20)),
    4: ((0, 1), (40, 20)),
    5: ((0, 0), (20, 40)),
    6: ((1, 0), (20, 40)),
    7: ((1, 1), (20, 40)),
    8: ((0, 1), (20, 40)),
    9: ((0, 0), (40, 20)),
}


@pytest.mark.parametrize("form", images.FORMATS)
@pytest.mark.parametrize("value", TURNS)
def test_every_orientation_is_turned_upright(place: Settings, form: str, value: int) -> None:
    marked = Image.new("RGB", (40, 20), "white")
    marked.paste("black", (0, 0, 20, 10))
    exif, out = Image.Exif(), io.BytesIO()
    exif[ORIENTATION] = value
    marked.save(out, form, exif=exif)
    [kept] = keep(place, [Upload("a", out)])
    (right, low), size = TURNS[value]
    with Image.open(path_of(place, kept.sha256)) as shown:
        assert shown.size == size
        dark = shown.convert("L").getpixel((size[0] * (1 + 2 * right) // 4, size[1] * (1 + 2 * low) // 4))
        assert dark < 60


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The bytes with some of them changed, most often near the head; sometimes cut off."""
    spoiled = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        spoiled[chance.randrange(min(len(spoiled), chance.choice((300, len(spoiled)))))] = chance.randrange(256)
    return bytes(spoiled[: chance.randrange(len(spoiled))] if chance.random() < 0.1 else spoiled)


def phone_exif() -> bytes:
    exif = Image.Exif()
    exif.update({ORIENTATION: 6, 0x011A: 72.0, 0x010F: "Maker"})
    exif.get_ifd(GPS).update({1: "N", 2: (26.9, 0.0, 0.0)})
    return exif.tobytes()


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's remarks on what it finds
@pytest.mark.parametrize("form", images.FORMATS)
def test_good_photo_with_damaged_exif_is_kept(place: Settings, form: str) -> None:
    chance = random.Random(3)
    for _ in range(150):
        spoiled = b"Exif\0\0" + damaged(phone_exif().removeprefix(b"Exif\0\0"), chance)
        [kept] = keep(place, [Upload("a", picture(form, (40, 30), exif=spoiled))])
        assert {kept.width, kept.height} == {40, 30}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("form", images.FORMATS)
def test_damaged_file_is_kept_or_refused_with_a_sentence(place: Settings, form: str) -> None:
    chance, whole = random.Random(4), picture(form, (60, 40), exif=phone_exif()).getvalue()
    refused = 0
    for _ in range(300):
        try:
            keep(place, [Upload("a", io.BytesIO(damaged(whole, chance)))])
        except WrongEntry as sentence:
            assert sentence.field == "photos"
            refused += 1
    assert 0 < refused < 300


@pytest.mark.parametrize("form", images.FORMATS)
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
        (Upload("big.png", huge_png(20_000, 20_000)), "“big.png”超过 5000 万像素"),
        (Upload("big.png", huge_png(10_000, 10_000)), "“big.png”超过 5000 万像素"),
        (Upload("big.png", huge_png(8_000, 8_000)), "“big.png”超过 5000 万像素"),
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


def test_a_cut_picture_is_refused_also_where_another_library_lets_it_pass(place: Settings) -> None:
    cut = Upload("cut.jpg", io.BytesIO(phone_picture((800, 600)).getvalue()[:3000]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
        with pytest.raises(WrongEntry, match="已损坏"):
            keep(place, [cut])


def test_seven_photos_are_too_many(place: Settings) -> None:
    with pytest.raises(WrongEntry, match="最多 6 张，您选了 7 张"):
        keep(place, [Upload("a.jpg", picture())] * 7)


def test_transparent_parts_become_white(place: Settings) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    [kept] = keep(place, [Upload("a.png", out)])
    with Image.open(path_of(place, kept.sha256)) as shown:
        assert shown.getpixel((10, 10)) == (255, 255, 255)
