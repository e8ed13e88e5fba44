"""Every route that shows a list page by page gives the list as a file; who adds a list without one is told here."""

from io import BytesIO

from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.access.conftest import Viewing, World
from tests.access.expected import EXPECTED
from tests.access.lines import VIEWERS
from tests.access.routes import address, gives_files, routes, shows_pages
from webapp.audit import AuditEntry
from webapp.extensions import limiter

EXEMPT = {
    "/accounts/": "A file of sign-in names is what somebody needs who wants to guess passwords or lock people out.",
    "/accounts/sessions/": "Who is signed in from where is looked at to end a session; kept in files it would be a record"
    " of hours online (X-35).",
    "/inbox/": "One's own messages lead to what they are about; the lists of that give files.",
    "/inbox/preferences": "The few lines below the settings are one's own; the administrator's list of them gives files.",
    "/leave/paper": "A form is opened here for one of those whom /org/<code>/postings gives as a file.",
    "/tasks/<number>": "The task's units stand one by one in the file of /tasks/<number>/replies.",
    "/tasks/<number>/evidence": "It is a file already, of evidence; only its refusal shows the list of replies, which gives files.",
    "/tasks/<number>/matrix": "Units and tasks side by side are lamps, of which T-7 forbids a file.",
    "/tasks/<number>/verify": "What waits for a decision is a form over rows that /tasks/<number>/replies gives as a file.",
    "/tasks/assignments/<int:assignment_id>/remarks": "Remarks are talk beside a task and basis of nothing; as a table"
    " they would become a trace to be kept.",
    "/tasks/new": "The step before the task goes out shows what units would be asked that nobody has asked yet.",
    "/tasks/orders/check": "It shows what an order would do that nobody has made yet.",
}
"""Paged lists without a file, each with its reason."""
UNPAGED = {"/calendar/", "/calendar/years/<int:year>", "/duties/", "/roster/<code>/<month>", "/search"}
"""Lists of one page that give files, too."""


def test_every_paged_list_asks_which_file_is_wanted(served: Flask) -> None:
    lists = {rule.rule for _, method, rule in routes(served) if method == "GET" and shows_pages(served, rule)}
    giving = {rule.rule for _, method, rule in routes(served) if method == "GET" and gives_files(served, rule)}
    assert len(lists) > len(EXEMPT) * 3  # the search for lists finds them
    missing, left = lists - giving - EXEMPT.keys(), EXEMPT.keys() - (lists - giving)
    assert not missing, f"these lists take no ?format=csv|xlsx (webapp/org/views_files.py): {sorted(missing)}"
    assert not left, f"these give files or are no lists, take their exemption out: {sorted(left)}"


def test_each_of_them_answers_with_both_files_and_writes_down_that_it_did(
    app: Flask, county: Session, world: World, viewing: Viewing
) -> None:
    wrong, given = [], 0
    for key, method, rule in routes(app):
        line = EXPECTED[key]
        if method != "GET" or line.permission == "public" or rule.rule in EXEMPT:
            continue
        if not shows_pages(app, rule) and rule.rule not in UNPAGED:
            continue
        name = "county desk" if "county desk" in line.viewers else sorted(line.viewers)[0]
        rows = world(VIEWERS[name][1])
        with app.app_context():
            limiter.reset()
        for kind in ("csv", "xlsx"):
            asked = address(app, rule, line, rows, format=kind)
            with viewing(name).get(asked) as answer:
                told = answer.headers.get("Content-Disposition", "")
                if answer.status_code != 200 or not told.endswith(f".{kind}"):
                    wrong.append(f"{key} as {kind} for {name} → {answer.status_code} {answer.mimetype}")
                elif missing := [words for words in ("制表单位", "有效期至") if words not in _text(kind, answer.data)]:
                    wrong.append(f"{key} as {kind} does not say {missing} (X-20)")
            given += 1
    assert not wrong, "\n".join(wrong)
    county.rollback()
    noted = select(func.count()).select_from(AuditEntry)
    assert county.scalar(noted.where(AuditEntry.action.contains("."), AuditEntry.object_kind != "session")) == given


def _text(kind: str, content: bytes) -> str:
    if kind == "csv":
        return content.decode("utf-8-sig")
    sheet = load_workbook(BytesIO(content), read_only=True).active
    assert sheet is not None
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
