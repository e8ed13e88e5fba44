"""The menu leads to pages that exist and open with the very permission the entry names."""

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import COUNTY, VILLAGE
from webapp.navigation import ENTRIES, WRITE_DOWN


def test_each_entry_leads_to_a_page_guarded_by_its_permission(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    for entry in (*ENTRIES, WRITE_DOWN):
        endpoint, _ = adapter.match(entry.path, "GET")
        assert app.view_functions[endpoint].guard == entry.permission, entry.path  # type: ignore[attr-defined]


def test_who_issues_finds_the_drafts_in_the_menu(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    page = sign_in("desk", COUNTY).get("/tasks/drafts/").text
    here = re.findall(r'<a href="([^"]+)" aria-current="page">([^<]+)</a>', page)
    assert here == [("/tasks/drafts/", "任务草稿")], "the one that leads deepest, and no other"
    assert "/tasks/drafts/" not in sign_in("secretary", VILLAGE).get("/tasks/").text
