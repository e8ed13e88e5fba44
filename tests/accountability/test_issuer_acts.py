"""The issuer finds drafts and every act on a task where it looks, and why one may not be done."""

import re

from sqlalchemy.orm import Session

from tests.accountability.conftest import Clients
from tests.accountability.test_pages import do, issue, step, text, typed
from tests.factories import VILLAGE


def test_the_issuer_finds_drafts_and_every_act_where_it_looks(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county)[VILLAGE]
    step(clients.first_desk, typed(go="draft", title="另一项"))
    assert "草稿 1 项" in text(clients.second_desk.get("/tasks/"))
    assert "草稿 1 项" not in text(clients.village.get("/tasks/"))
    page = text(clients.second_desk.get(f"/tasks/{row.number}"))
    for words in ("修改文字", "撤回任务", "照此新建", "催办本页 1 个未反馈单位"):
        assert words in page
    for other in (clients.township, clients.village):
        assert "下达单位可以办理" not in text(other.get(f"/tasks/{row.number}"))
    urged = clients.second_desk.post(
        "/supervision/remind", data={"task": row.number, "assignment": [row.id]}, follow_redirects=True
    )
    assert "已催办 1 项" in text(urged) and urged.request.path == f"/tasks/{row.number}"


def test_what_the_issuer_may_not_do_is_said_with_its_reason(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county, VILLAGE)[VILLAGE]
    path = f"/tasks/{row.number}"
    for kind, client in (("acknowledge", clients.village), ("report", clients.village)):
        do(client, county, row, kind, text="已排查 42 户。")
    page = text(clients.first_desk.get(path))
    assert "催办本页" not in page and "现在没有可以催办的" in page and "撤回任务" in page
    for kind in ("verify", "close"):
        do(clients.second_desk, county, row, kind)
    assert "各单位都已办结，没有可以撤回的" in text(clients.first_desk.get(path))
    other = issue(clients.first_desk, county, VILLAGE)[VILLAGE]
    clients.first_desk.post(f"/tasks/{other.number}/recall", data={"reason": "重复下达"})
    page = text(clients.first_desk.get(f"/tasks/{other.number}"))
    assert "任务已撤回，不能再改动" in page and f"/tasks/{other.number}/wording" not in page


def test_of_two_who_change_the_words_the_second_sees_both(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county, VILLAGE)[VILLAGE]
    path = f"/tasks/{row.number}/wording"
    page = text(clients.first_desk.get(path))
    seen = re.search(r'name="version" value="(\d+)"', page)
    assert seen is not None
    form = {
        "version": seen[1],
        "content": "对房前屋后火灾隐患开展一次排查。",
        "evidence": "隐患台账一份",
        "reason": "改错字",
    }
    assert clients.second_desk.post(path, data=form | {"title": "冬春防火排查"}).status_code == 302
    late = clients.first_desk.post(path, data=form | {"title": "冬季防火隐患排查"})
    page = text(late)
    assert late.status_code == 409 and 'value="冬季防火隐患排查"' in page
    assert '<del class="wording-before">隐患</del>' in page, "what the other one changed"
    now = re.search(r'name="version" value="(\d+)"', page)
    assert now is not None
    assert (
        clients.first_desk.post(path, data=form | {"version": now[1], "title": "冬季防火隐患排查"}).status_code == 302
    )


def test_lists_of_drafts_and_issued_tasks_name_their_place(clients: Clients, county: Session) -> None:
    row = issue(clients.first_desk, county, VILLAGE)[VILLAGE]
    for path in ("/tasks/drafts/", "/tasks/drafts/?state=issued", "/tasks/orders", "/org/groups/"):
        assert 'class="crumb"' in text(clients.first_desk.get(path)), path
    sample = text(clients.first_desk.get(f"/tasks/{row.number}"))
    assert "规则条目" not in sample and "随机种子" not in sample
