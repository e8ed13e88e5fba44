import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from tests import factories
from tests.factories import COUNTY, OTHER_VILLAGE, SISTER_VILLAGE, VILLAGE
from tests.worklogs.making import ID, assignment, sheet_line
from webapp import clock
from webapp.worklogs.models import WorkLog, WorkLogPhoto, WorkLogVersion

JSON = {"Accept": "application/json"}


def jpeg(colour: str = "orange") -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(out, "JPEG")
    out.seek(0)
    return out, "a.jpg"


def typed(**changes: object) -> dict[str, object]:
    usual = {"id": ID, "day": clock.today().isoformat(), "duty_area": "service", "text": "走访三户，修好水管"}
    return {**usual, **changes}


def post(client: FlaskClient, **changes: object):  # type: ignore[no-untyped-def]
    return client.post("/worklogs/new", data=typed(**changes), content_type="multipart/form-data")


def rows(session: Session, model: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def author(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in("first_secretary", VILLAGE)


def test_form_is_saved_and_shown(author: FlaskClient) -> None:
    answer = author.post("/worklogs/new", data=typed(), follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert answer.request.path == f"/worklogs/{ID}"
    assert "工作日志已保存。" in page
    assert "走访三户，修好水管" in page
    assert f'data-saved-logs="{ID}"' in page
    assert "data-saved-logs" not in author.get(f"/worklogs/{ID}").get_data(as_text=True)


def test_form_asks_for_nothing_forbidden(author: FlaskClient) -> None:
    page = author.get("/worklogs/new").get_data(as_text=True)
    assert not re.search(r"签到|打卡|定位|积分|连续|capture=|required", page)


def test_second_send_is_harmless(author: FlaskClient, county: Session) -> None:
    assert [post(author, photos=jpeg()).status_code for _ in range(2)] == [303, 303]
    assert (rows(county, WorkLog), rows(county, WorkLogVersion), rows(county, WorkLogPhoto)) == (1, 1, 1)


def test_other_body_under_the_same_id_shows_both_and_what_to_do(author: FlaskClient, county: Session) -> None:
    post(author)
    answer = post(author, text="另一段话")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "走访三户，修好水管" in page
    assert "另一段话" in page
    assert all(words in page for words in ("存为新一版", "另存为一条", "保留已保存的"))
    assert rows(county, WorkLogVersion) == 1


def test_conflict_can_be_resolved_as_a_new_version_or_a_new_log(author: FlaskClient, county: Session) -> None:
    post(author)
    answer = author.post(f"/worklogs/{ID}/edit", data=typed(text="另一段话", base_version="1", draft_id=ID))
    assert answer.status_code == 303
    fresh = "6a1f3c1e-0a55-4a77-9a54-0a8f0a1c2d3e"
    shown = author.post("/worklogs/new", data=typed(id=fresh, draft_id=ID), follow_redirects=True)
    assert f'data-saved-logs="{fresh} {ID}"' in shown.get_data(as_text=True)
    assert (rows(county, WorkLog), rows(county, WorkLogVersion)) == (2, 3)


def test_second_editor_sees_both(author: FlaskClient) -> None:
    post(author)
    author.post(f"/worklogs/{ID}/edit", data=typed(text="第一处修改", base_version="1"))
    answer = author.post(f"/worklogs/{ID}/edit", data=typed(text="第二处修改", base_version="1"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "第一处修改" in page
    assert "第二处修改" in page


def test_all_versions_can_be_read(author: FlaskClient) -> None:
    post(author)
    author.post(f"/worklogs/{ID}/edit", data=typed(text="改后的话", base_version="1"))
    page = author.get(f"/worklogs/{ID}").get_data(as_text=True)
    assert page.index("改后的话") < page.index("第 1 版") < page.rindex("走访三户")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": (clock.today() + timedelta(days=1)).isoformat()}, "日期晚于今天"),
        ({"day": "other", "other_day": "2024-12-31"}, "您自2025年1月1日起在该村任职"),
        ({"day": "other", "other_day": "11月32日"}, "不正确"),
        ({"duty_area": ""}, "没有选择工作方面"),
        ({"text": "  "}, "没有填写做了什么"),
        ({"tasks": "999999"}, "已不在本村的任务之列"),
        ({"photos": b"MZ\x90" * 500}, "“setup.jpg”不是可识别的照片"),
    ],
)
def test_wrong_field_gets_one_sentence_and_keeps_what_was_typed(
    author: FlaskClient, county: Session, changes: dict[str, object], sentence: str
) -> None:
    changes = {"text": "写了很久的一段话", **changes}
    if "photos" in changes:
        changes["photos"] = (io.BytesIO(changes["photos"]), "setup.jpg")  # type: ignore[arg-type]
    answer = post(author, **changes)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert sentence in page
    assert str(changes["text"]).strip() in page
    assert ID in page
    assert rows(county, WorkLog) == 0


def test_script_gets_the_sentence_as_data(author: FlaskClient) -> None:
    wrong = author.post("/worklogs/new", data=typed(text=""), headers=JSON)
    assert wrong.status_code == 400
    assert "没有填写做了什么" in wrong.json["error"]
    assert wrong.json["field"] == "text"
    assert author.post("/worklogs/new", data=typed(), headers=JSON).json == {"location": f"/worklogs/{ID}"}


def test_body_over_the_limit_is_413(author: FlaskClient) -> None:
    answer = author.post("/worklogs/new", data=b"\xff" * 40_000_000, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "。" in answer.get_data(as_text=True)


def test_markup_in_the_text_is_shown_as_text(author: FlaskClient) -> None:
    post(author, text="<script>alert(1)</script>")
    page = author.get(f"/worklogs/{ID}").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_two_posts_ask_for_the_village(sign_in: Callable[..., FlaskClient], county: Session) -> None:
    client = sign_in("first_secretary", VILLAGE)
    factories.posting(county, "team_member", OTHER_VILLAGE, client.person_id)  # type: ignore[attr-defined]
    county.commit()
    assert "哪个村" in client.get("/worklogs/new").get_data(as_text=True)
    assert post(client).status_code == 400
    assert post(client, unit_code=OTHER_VILLAGE).status_code == 303
    county.rollback()
    assert county.scalars(select(WorkLog.unit_code)).all() == [OTHER_VILLAGE]


def test_photo_is_served_in_scope_only_and_cannot_run(author: FlaskClient, sign_in, county: Session) -> None:  # type: ignore[no-untyped-def]
    post(author, photos=jpeg())
    county.rollback()
    path = f"/worklogs/{ID}/photos/{county.scalar(select(WorkLogPhoto.id))}"
    county.rollback()
    answer = author.get(path)
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    answer.close()
    mate = sign_in("team_member", VILLAGE).get(path)
    assert mate.status_code == 200
    mate.close()
    assert sign_in("first_secretary", SISTER_VILLAGE).get(path).status_code == 404
    assert sign_in("desk", COUNTY).get(path).status_code == 403


def test_photo_can_be_taken_back(author: FlaskClient, county: Session) -> None:
    post(author, photos=jpeg())
    county.rollback()
    photo = county.scalar(select(WorkLogPhoto.id))
    county.rollback()
    assert author.post(f"/worklogs/{ID}/photos/{photo}/remove").status_code == 303
    assert rows(county, WorkLogPhoto) == 0


def test_others_open_a_log_only_through_a_task_it_serves(author: FlaskClient, sign_in, county: Session) -> None:  # type: ignore[no-untyped-def]
    served, other = assignment(county, VILLAGE), assignment(county, VILLAGE, title="另一项")
    ids = served.id, other.id
    county.commit()
    post(author, tasks=str(ids[0]), photos=jpeg())
    desk = sign_in("desk", COUNTY)
    shown = desk.get(f"/tasks/assignments/{ids[0]}/worklogs/{ID}")
    page = shown.get_data(as_text=True)
    assert shown.status_code == 200
    assert "走访三户" in page
    assert "修改日志" not in page
    picture = re.search(r'src="(/tasks/assignments/[^"]+/photos/\d+)"', page)
    assert picture
    answer = desk.get(picture[1])
    assert answer.status_code == 200
    answer.close()
    assert desk.get(f"/tasks/assignments/{ids[1]}/worklogs/{ID}").status_code == 404
    assert [desk.get(path).status_code for path in ("/worklogs/", f"/worklogs/{ID}", "/worklogs/new")] == [403] * 3
    elsewhere = sign_in("desk", factories.NEIGHBOUR_COUNTY)
    assert elsewhere.get(f"/tasks/assignments/{ids[0]}/worklogs/{ID}").status_code == 404


def test_edit_keeps_a_link_to_a_task_that_was_closed_meanwhile(author: FlaskClient, county: Session) -> None:
    served = assignment(county, VILLAGE)
    served_id = served.id
    county.commit()
    post(author, tasks=str(served_id))
    county.rollback()
    served.state = "closed"
    county.commit()
    page = author.get(f"/worklogs/{ID}/edit").get_data(as_text=True)
    assert re.search(rf'value="{served_id}" checked', page)
    assert "排查饮水管网" not in author.get("/worklogs/new").get_data(as_text=True)


def test_draft_key_is_the_accounts_own(author: FlaskClient, sign_in: Callable[..., FlaskClient]) -> None:
    first, again = author.get("/worklogs/draft-key"), author.get("/worklogs/draft-key")
    other = sign_in("team_member", VILLAGE).get("/worklogs/draft-key").json
    assert first.headers["Cache-Control"] == "no-store"
    assert first.json["key"] == again.json["key"]
    assert {first.json["key"], first.json["slot"]}.isdisjoint({other["key"], other["slot"]})
    assert sign_in("desk", COUNTY).get("/worklogs/draft-key").status_code == 403


def test_form_with_many_ticks_and_odd_values_is_refused_in_words(author: FlaskClient) -> None:
    odd = MultiDict([*typed().items(), ("tasks", "abc"), ("tasks", "-1"), ("tasks", "9" * 40), ("base_version", "²")])
    assert author.post("/worklogs/new", data=odd).status_code == 303


def test_a_team_mate_reads_but_gets_no_form_to_edit(author: FlaskClient, sign_in) -> None:  # type: ignore[no-untyped-def]
    post(author)
    mate = sign_in("team_member", VILLAGE)
    assert mate.get(f"/worklogs/{ID}").status_code == 200
    answer = mate.get(f"/worklogs/{ID}/edit")
    assert answer.status_code == 400
    assert "只能由本人修改" in answer.get_data(as_text=True)


def test_form_goes_on_from_the_day_before_and_says_what_it_saves(author: FlaskClient, county: Session) -> None:
    task, line = assignment(county, VILLAGE).id, sheet_line(county, VILLAGE, "环境整治情况")
    county.commit()
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    saved = author.post(
        "/worklogs/new", data=typed(day=yesterday, tasks=[task], sheet_lines=[line]), follow_redirects=True
    ).get_data(as_text=True)
    assert "这条日志已关联任务“排查饮水管网”、月报事项“环境整治情况”" in saved
    assert "用于的月报事项" in saved
    fresh = author.get("/worklogs/new").get_data(as_text=True)
    assert f"/worklogs/new?after={ID}" in fresh and "接着昨天写" in fresh
    page = author.get(f"/worklogs/new?after={ID}").get_data(as_text=True)
    assert "走访三户，修好水管" in page
    for name, value in (("duty_area", "service"), ("tasks", task), ("sheet_lines", line)):
        assert re.search(rf'name="{name}" value="{value}" checked', page), name
    assert not re.search(r"<textarea[^>]*>[^<]*走访", page), "the new sentence is the person's own"


@pytest.mark.parametrize(("days", "offered"), [(7, True), (8, False)])
def test_form_goes_on_from_what_is_not_longer_ago_than_a_week(author: FlaskClient, days: int, offered: bool) -> None:
    author.post("/worklogs/new", data=typed(day=(clock.today() - timedelta(days=days)).isoformat()))
    assert (f"/worklogs/new?after={ID}" in author.get("/worklogs/new").get_data(as_text=True)) == offered


def test_form_does_not_go_on_from_the_log_of_a_team_mate(
    sign_in: Callable[..., FlaskClient], author: FlaskClient
) -> None:
    post(author)
    assert sign_in("team_member", VILLAGE).get(f"/worklogs/new?after={ID}").status_code == 400
    assert author.get("/worklogs/new?after=nothing").status_code == 404


def test_village_of_a_post_that_ended_stays_in_the_form_for_some_days(author: FlaskClient, county: Session) -> None:
    ended = clock.today() - timedelta(days=3)
    factories.posting(county, "team_member", SISTER_VILLAGE, author.person_id, ends_on=ended)  # type: ignore[attr-defined]
    county.commit()
    assert SISTER_VILLAGE in author.get("/worklogs/new").get_data(as_text=True)
    assert post(author, unit_code=SISTER_VILLAGE, day=ended.isoformat()).status_code == 303
    assert (
        author.post(f"/worklogs/{ID}/edit", data=typed(day=ended.isoformat(), base_version="1", text="改")).status_code
        == 303
    )
