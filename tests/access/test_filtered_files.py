"""A file holds the rows of the list as it is filtered: asked of every list that gives files and has filters."""

import csv
import re
from html.parser import HTMLParser
from io import StringIO
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.access.conftest import Viewing, World
from tests.access.expected import EXPECTED
from tests.access.lines import PLACES, VIEWERS
from tests.access.routes import address, gives_files, routes, shows_pages
from tests.access.world import NOW
from tests.mornings import morning_at
from webapp.extensions import limiter

HEAD = 4
"""Lines above the rows of a file."""
MOST_VALUES = 8
"""Values of one filter that are tried."""
COUNT = re.compile(r'class="list-count">共 ([\d,]+)|class="export-tells">(?:所列|共) ([\d,]+)')
TYPED = {"date": "2019-01-01", "month": "2019-01", "period": "2019-01"}
"""What is typed into a field of a type or name; into any other words that no row has."""
OTHER_ROWS = {
    "/duties/": "A line is a day of a duty; tests/duties/test_pages.py filters the file.",
    "/runs/<key>": "A line is an indicator of a unit, not a unit.",
    "/sheets/": "A line is the answer to one question of a sheet; tests/sheets/test_pages.py filters the file.",
    "/tasks/board/<code>": "The page has several lists, the file all of them; it has no filter.",
    "/worklogs/": "Logs are not counted (X-8); tests/worklogs/test_list.py filters the file.",
}
"""Lists whose file has another kind of line, each with what is one."""
UNMOVED = {
    "/burden/": "Nothing weighs on the unit in the month; tests/burden/test_ledger_pages.py filters the file.",
    "/leave/entitlements": "A year changes what stands in the rows, not which there are.",
    "/runs/<key>/<unit>/<code>": "The run has no rows; tests/evaluation/test_pages.py filters the file.",
    "/sending/": "Nobody was sent; tests/teams/test_sending.py filters the file.",
    "/sending/entitlements": "Nobody was sent; the view is that of /leave/entitlements.",
    "/support/": "No year has been opened; tests/support/test_pages.py filters the file.",
    "/teams/needs": "No village is designated; tests/teams/test_pages.py filters the file.",
    "/teams/sent-recalls/": "Nobody was sent; the view is that of /teams/recalls/.",
}
"""Lists in which no filter changes anything here, each with where it does."""


class Offered(HTMLParser):
    """The filters of a page: links in lines of chips, fields of search lines with their values."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fields: dict[str, list[str]] = {}
        self._within, self._select = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in ("nav", "form"):
            self._within = next((one for one in ("chips", "filters") if one in told.get("class", "").split()), "")
        elif tag == "a" and self._within == "chips":
            self.links.append(told["href"])
        elif self._within == "filters" and tag == "select":
            self._select = told["name"]
        elif self._within == "filters" and tag == "option" and told.get("value"):
            self.fields.setdefault(self._select, []).append(told["value"])
        elif self._within == "filters" and tag == "input" and told.get("type") != "hidden":
            typed = TYPED.get(told["name"]) or TYPED.get(told.get("type", ""), "没有这样的字")
            self.fields.setdefault(told["name"], []).append(typed)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("nav", "form"):
            self._within = ""


morning = morning_at(NOW)


@pytest.mark.one_database
@pytest.mark.usefixtures("morning")
def test_every_file_has_the_rows_of_its_list_as_filtered(app: Flask, world: World, viewing: Viewing) -> None:
    wrong, unmoved = [], set()
    for key, method, rule in routes(app):
        line = EXPECTED[key]
        if method != "GET" or line.permission == "public" or rule.rule in OTHER_ROWS:
            continue
        if not (shows_pages(app, rule) and gives_files(app, rule)):
            continue
        name = "county desk" if "county desk" in line.viewers else sorted(line.viewers)[0]
        unit = VIEWERS[name][1]
        rows = world(unit)
        while unit := PLACES[unit].get("child", ""):
            world(unit)
        client, plain = viewing(name), address(app, rule, line, rows)
        filtered = _filtered(app, client, plain)
        found = set()
        for asked in [plain, *filtered]:
            shown, filed = _shown_and_filed(app, client, asked)
            found.add(shown)
            if filed != shown:
                wrong.append(f"{asked} for {name}: the list has {shown} rows, its file {filed}")
        if filtered and len(found) == 1:
            unmoved.add(rule.rule)
    assert not wrong, "\n".join(wrong)
    assert unmoved == UNMOVED.keys(), f"no filter was seen to work, or one is now: {sorted(unmoved ^ UNMOVED.keys())}"


def _filtered(app: Flask, client: FlaskClient, plain: str) -> list[str]:
    """The addresses to which the filters of a list lead."""
    offered, parts = Offered(), urlsplit(plain)
    offered.feed(_page(app, client, plain))
    found = [link for link in offered.links if urlsplit(link).path == parts.path]
    for name, values in offered.fields.items():
        for value in values[:MOST_VALUES]:
            found.append(f"{parts.path}?{urlencode(dict(parse_qsl(parts.query)) | {name: value})}")
    return [one for one in dict.fromkeys(found) if one != plain]


def _shown_and_filed(app: Flask, client: FlaskClient, asked: str) -> tuple[int, int | None]:
    """How many rows the list counts and how many its file has, None where no file came.

    The file comes first: the list of the audit log has a row of it.
    """
    with app.app_context():
        limiter.reset()
    with client.get(f"{asked}{'&' if '?' in asked else '?'}format=csv") as answer:
        lines = list(csv.reader(StringIO(answer.data.decode("utf-8-sig"))))
        is_file = answer.mimetype == "text/csv"
    page = _page(app, client, asked)
    counted = COUNT.search(page)
    shown = int(counted[counted.lastindex or 1].replace(",", "")) if counted else 0
    return shown, len(lines) - HEAD if is_file else None


def _page(app: Flask, client: FlaskClient, asked: str) -> str:
    with app.app_context():
        limiter.reset()
    return client.get(asked).text
