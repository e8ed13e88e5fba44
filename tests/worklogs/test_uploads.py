"""Photos that come piece by piece: nothing that arrived is sent twice, nothing half is kept, nobody sees another's."""

import hashlib
import io
import os
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import VILLAGE
from tests.worklogs.making import ID
from tests.worklogs.sending import send, token_of
from webapp import clock
from webapp.access import Viewer
from webapp.config import Settings
from webapp.db import session_scope
from webapp.worklogs import cleaning, photos, uploads
from webapp.worklogs.models import PhotoUpload, WorkLogPhoto

UPLOAD = "7f3c1f8e-9d7e-4f0a-8a52-0b9f6f1f2a10"
TYPE = "application/offset+octet-stream"


@pytest.fixture
def author(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("first_secretary", VILLAGE)


def jpeg(colour: str = "orange", size: tuple[int, int] = (80, 60)) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    Image.new("RGB", size, colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


def patch(
    client: FlaskClient, content: bytes, offset: int = 0, piece: bytes | None = None, **changes: str
) -> TestResponse:
    headers = {
        "Upload-Offset": str(offset),
        "Upload-Length": str(len(content)),
        "Upload-Log-Id": ID,
        "Upload-Sha256": hashlib.sha256(content).hexdigest(),
    }
    named = {
        name.replace("_", "-"): value for name, value in changes.items() if name not in ("upload", "type", "token")
    }
    if "token" in changes:
        named["Authorization"] = f"Bearer {changes['token']}"
    return client.patch(
        f"/api/photos/{changes.get('upload', UPLOAD)}",
        data=content[offset:] if piece is None else piece,
        headers=headers | named,
        content_type=changes.get("type", TYPE),
    )


def held(session: Session) -> list[WorkLogPhoto]:
    session.rollback()
    rows = list(session.scalars(select(WorkLogPhoto)))
    session.expunge_all()
    session.rollback()
    return rows


def test_photo_goes_on_where_the_line_broke(author: FlaskClient, county: Session, settings: Settings) -> None:
    send(author)
    content = jpeg()
    assert author.head(f"/api/photos/{UPLOAD}").status_code == 404
    first = patch(author, content, piece=content[:300])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "300")
    far = author.head(f"/api/photos/{UPLOAD}")
    assert (far.status_code, far.headers["Upload-Offset"], far.headers["Upload-Length"]) == (
        200,
        "300",
        str(len(content)),
    )
    assert far.headers["Cache-Control"] == "no-store"
    part = uploads.part_of(settings, UPLOAD)
    assert oct(part.stat().st_mode & 0o777) == "0o600"
    assert held(county) == []
    rest = patch(author, content, offset=300)
    assert (rest.status_code, rest.headers["Upload-Offset"]) == (204, str(len(content)))
    [photo] = held(county)
    stored = photos.path_of(settings, photo.sha256).read_bytes()
    assert b"SECRET-PLACE" not in stored and b"Exif" not in stored
    assert not part.exists()
    assert f"/worklogs/{ID}/photos/{photo.id}" in author.get(f"/worklogs/{ID}").get_data(as_text=True)


def test_wrong_offset_is_told_the_right_one(author: FlaskClient) -> None:
    content = jpeg()
    patch(author, content, piece=content[:300])
    for wrong in (0, 299, 301):
        answer = patch(author, content, offset=wrong)
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "300")


def test_repeat_of_the_last_piece_says_that_all_is_there(author: FlaskClient, county: Session) -> None:
    send(author)
    content = jpeg()
    patch(author, content, piece=content[:300])
    patch(author, content, offset=300)
    answer = patch(author, content, offset=300)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, str(len(content)))
    assert author.head(f"/api/photos/{UPLOAD}").headers["Upload-Offset"] == str(len(content))
    assert len(held(county)) == 1


def test_photo_waits_for_its_log(author: FlaskClient, county: Session) -> None:
    assert patch(author, jpeg()).status_code == 204
    assert held(county) == []
    assert send(author).status_code == 201
    assert [photo.log_id for photo in held(county)] == [ID]


def test_photo_taken_back_does_not_return_with_a_repeated_log(author: FlaskClient, county: Session) -> None:
    patch(author, jpeg())
    send(author)
    [photo] = held(county)
    number = photo.id
    county.rollback()
    author.post(f"/worklogs/{ID}/photos/{number}/remove")
    assert send(author).status_code == 200
    assert held(county) == []


def test_same_picture_is_kept_once_and_not_sent_again(author: FlaskClient, county: Session) -> None:
    send(author)
    content = jpeg()
    patch(author, content)
    again = patch(author, content, piece=b"", upload=str(uuid.uuid4()))
    assert (again.status_code, again.headers["Upload-Offset"]) == (204, str(len(content)))
    assert len(held(county)) == 1


def test_picture_of_somebody_else_is_not_told_from_its_hash(
    sign_in: Callable[..., FlaskClient], author: FlaskClient
) -> None:
    content = jpeg()
    patch(author, content)
    answer = patch(sign_in("team_member", VILLAGE), content, piece=b"", upload=str(uuid.uuid4()))
    assert answer.headers["Upload-Offset"] == "0"


def test_upload_of_somebody_else_does_not_exist(
    sign_in: Callable[..., FlaskClient], author: FlaskClient, county: Session
) -> None:
    content = jpeg()
    patch(author, content, piece=content[:300])
    mate = sign_in("team_member", VILLAGE)
    assert mate.head(f"/api/photos/{UPLOAD}").status_code == 404
    assert patch(mate, content, offset=300).status_code == 404
    assert held(county) == []


def test_photo_for_the_log_of_somebody_else_is_not_put_to_it(
    sign_in: Callable[..., FlaskClient], author: FlaskClient, county: Session
) -> None:
    send(author)
    assert patch(sign_in("team_member", VILLAGE), jpeg()).status_code == 204
    assert held(county) == []


def test_token_sends_photos(app, author: FlaskClient) -> None:  # type: ignore[no-untyped-def]
    token, phone = token_of(author), app.test_client()
    assert patch(phone, jpeg(), token=token).status_code == 204
    assert phone.head(f"/api/photos/{UPLOAD}", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert patch(phone, jpeg()).status_code == 401


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"type": "image/jpeg"}, 415),
        ({"Upload_Sha256": "0" * 63}, 422),
        ({"Upload_Sha256": "0" * 64}, 422),
        ({"Upload_Log_Id": "../../etc"}, 422),
        ({"Upload_Offset": "-1"}, 422),
        ({"Upload_Offset": "²"}, 422),
        ({"Upload_Length": "0"}, 422),
        ({"Upload_Length": str(10 * 1024 * 1024 + 1)}, 413),
        ({"upload": "not-a-uuid"}, 422),
    ],
)
def test_piece_that_cannot_be_taken(author: FlaskClient, county: Session, changes: dict[str, str], status: int) -> None:
    answer = patch(author, jpeg(), **changes)
    assert (answer.status_code, bool(answer.json["error"])) == (status, True)
    assert held(county) == []


def test_damaged_photo_starts_again_from_nothing(author: FlaskClient, county: Session, settings: Settings) -> None:
    send(author)
    content = jpeg()
    assert patch(author, content, piece=b"x" * len(content)).status_code == 422
    assert author.head(f"/api/photos/{UPLOAD}").status_code == 404
    assert not uploads.part_of(settings, UPLOAD).exists()
    assert patch(author, content).status_code == 204
    assert len(held(county)) == 1


def test_file_that_is_no_picture_is_refused(author: FlaskClient, county: Session) -> None:
    answer = patch(author, b"%PDF-1.7 not a picture")
    assert (answer.status_code, "不是可识别的照片" in answer.json["error"]) == (422, True)


def test_more_bytes_than_announced_are_refused(author: FlaskClient) -> None:
    content = jpeg()
    assert patch(author, content, piece=content + b"more").status_code == 422


def test_photo_of_a_usual_phone_with_48_million_pixels_is_taken(author: FlaskClient, county: Session) -> None:
    send(author)
    assert patch(author, jpeg(size=(6000, 8000))).status_code == 204
    assert [(photo.width, photo.height) for photo in held(county)] == [(1200, 1600)]


def test_seventh_photo_is_refused_with_a_sentence(author: FlaskClient, county: Session) -> None:
    send(author)
    for colour in ("red", "green", "blue", "white", "black", "gray"):
        assert patch(author, jpeg(colour), upload=str(uuid.uuid4())).status_code == 204
    answer = patch(author, jpeg("yellow"))
    assert (answer.status_code, "最多 6 张" in answer.json["error"]) == (422, True)
    assert len(held(county)) == 6


def sweep(settings: Settings, days: float) -> None:
    with session_scope(settings.database_url, Viewer.system("test", "")) as session:
        cleaning.sweep(session, settings, clock.now() + timedelta(days=days))


def age(path: Path, days: float) -> None:
    then = clock.now().timestamp() - days * 86_400
    os.utime(path, (then, then))


def test_pieces_without_their_rest_go_after_days(author: FlaskClient, county: Session, settings: Settings) -> None:
    content = jpeg()
    patch(author, content, piece=content[:300])
    sweep(settings, 13)
    assert author.head(f"/api/photos/{UPLOAD}").status_code == 200
    sweep(settings, 15)
    assert author.head(f"/api/photos/{UPLOAD}").status_code == 404
    assert not uploads.part_of(settings, UPLOAD).exists()


def test_files_whose_row_is_gone_go_and_those_with_a_row_stay(
    author: FlaskClient, county: Session, settings: Settings
) -> None:
    send(author)
    patch(author, jpeg("red"))
    patch(author, jpeg("blue"), upload=str(uuid.uuid4()))
    red, blue = held(county)
    kept, gone = photos.path_of(settings, red.sha256), photos.path_of(settings, blue.sha256)
    number = blue.id
    county.rollback()
    author.post(f"/worklogs/{ID}/photos/{number}/remove")
    sweep(settings, 1)
    assert gone.exists(), "a young file may belong to a transaction that is still to come"
    sweep(settings, 61)
    assert (kept.exists(), gone.exists()) == (True, False)


def test_upload_rows_do_not_stay_for_ever(author: FlaskClient, county: Session, settings: Settings) -> None:
    patch(author, jpeg())
    sweep(settings, 61)
    county.rollback()
    assert county.scalar(select(func.count()).select_from(PhotoUpload)) == 0


def test_a_piece_without_headers_is_told_what_is_missing_and_nothing_else(author: FlaskClient) -> None:
    answer = author.patch(f"/api/photos/{UPLOAD}", data=b"x", content_type=TYPE)
    assert answer.status_code == 422
    assert answer.json["fields"]["Upload-Length"] == answer.json["fields"]["Upload-Offset"]
    assert "不正确" not in answer.json["error"]
