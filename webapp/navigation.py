"""What surrounds a page: the entries a viewer may use, where the viewer works, and what waits in the inbox."""

import time
from dataclasses import dataclass, field
from datetime import datetime

from flask import Flask, current_app, g, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Grant, Viewer
from webapp.auth.models import Account
from webapp.db import reading
from webapp.extensions import db
from webapp.keys import draft_slot
from webapp.notices.queries import unread_count
from webapp.org.codes import ancestors, full
from webapp.org.models import ORGANISATION_KINDS
from webapp.org.queries import names
from webapp.permissions import ROLE_NAMES, is_particular

ENDED = "（任职已结束）"
TEXT_COOKIE = "dandang_text"
DEMO_CHECKED_EVERY = 60  # seconds


@dataclass(frozen=True)
class Entry:
    """One way into the product, for those whose posts carry its permission."""

    label: str
    path: str
    permission: str
    tab: str = ""
    """Its name among the tabs at a phone's foot; "" where it has none."""
    system: bool = False

    @property
    def current(self) -> bool:
        return request.path == self.path if self.path == "/" else request.path.startswith(self.path)


ENTRIES = (
    Entry("待办", "/", "home.read", tab="待办"),
    Entry("责任任务", "/tasks/", "task.read", tab="任务"),
    Entry("任务草稿", "/tasks/drafts/", "task.issue"),
    Entry("月报单", "/sheets/", "task.read"),
    Entry("责任清单", "/duties/", "task.read"),
    Entry("督办", "/supervision/", "task.read"),
    Entry("问题整改", "/rectification/", "task.read"),
    Entry("请示事项", "/requests/", "request.read"),
    Entry("遍访", "/coverage/", "coverage.read"),
    Entry("驻村日志", "/worklogs/", "worklog.read"),
    Entry("代录纸质日志", "/worklogs/paper", "worklog.paper"),
    Entry("驻村队伍", "/teams/", "team.read"),
    Entry("选派人员", "/sending/", "sending.read"),
    Entry("召回和补派", "/teams/sent-recalls/", "recall.carry_out"),
    Entry("驻村保障", "/support/", "support.read"),
    Entry("请假", "/leave/", "leave.read"),
    Entry("因公外出", "/trips/", "leave.read"),
    Entry("在岗名单", "/presence/", "presence.read"),
    Entry("值班表", "/roster/", "roster.read"),
    Entry("工作交接", "/handover/", "handover.read"),
    Entry("抽查", "/inspections/", "inspection.read"),
    Entry("区划与人员", "/org/", "org.read"),
    Entry("考核测算", "/runs/", "run.read"),
    Entry("考核评价", "/assessments/", "run.read"),
    Entry("报告", "/reports/", "report.read"),
    Entry("查找", "/search", "org.read"),
    Entry("收件箱", "/inbox/", "inbox.read", tab="收件箱"),
    Entry("日程", "/calendar/", "calendar.read"),
    Entry("减负", "/burden/", "task.read"),
    Entry("投诉建议办理", "/complaints/", "complaint.read"),
    Entry("账号", "/accounts/", "account.write", system=True),
    Entry("外部提醒", "/inbox/outgoing", "account.write", system=True),
    Entry("登录管理", "/accounts/sessions/", "session.admin", system=True),
    Entry("规则包", "/packs/", "pack.read", system=True),
    Entry("审计记录", "/audit/", "audit.read", system=True),
)
WRITE_DOWN = Entry("记一笔", "/worklogs/new", "worklog.submit", tab="记一笔")


@dataclass(frozen=True)
class Shell:
    """What the base layout shows around a page of a signed-in person, or of nobody."""

    signed_in: bool
    person: str = ""
    posts: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    tabs: list[Entry] = field(default_factory=list)
    here: Entry | None = None
    """The entry behind which the page lies: of two, the one that leads deeper."""
    unread: int = 0
    demo: bool = False
    stands_at: datetime | None = None
    """Where DANDANG_NOW has stopped the clock of a demo instance."""
    slot: str = ""
    """Opaque place of this account's drafts in the browser; the keys of other accounts are forgotten there."""
    writes_logs: bool = False
    """Whether the page keeps an outbox of logs on the phone."""


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.jinja_env.globals.update(shell=shell, trail=trail, large_text=large_text)


def large_text() -> bool:
    """Whether this browser asked for 20 px text."""
    return request.cookies.get(TEXT_COOKIE) == "large"


def shell(plain: bool = False) -> Shell:
    """The surroundings of this page. A plain page asks neither who is there nor the database."""
    viewer: Viewer = g.get("viewer", Viewer.nobody())
    if plain:
        return Shell(signed_in=False)
    if viewer.kind != "account":
        return Shell(signed_in=False, demo=_demo_is_open(), stands_at=_stands_at())
    entries = [entry for entry in ENTRIES if viewer.may(entry.permission) and _exists(entry.path)]
    tabs = [entry for entry in entries if entry.tab]
    if viewer.may(WRITE_DOWN.permission) and _exists(WRITE_DOWN.path):
        tabs.insert(1, WRITE_DOWN)
    with db.session.no_autoflush:  # the page may be shown again because what was typed cannot be stored
        waiting = unread_count(db.session())
        slot = draft_slot(current_app.config["SETTINGS"].master_key(), viewer.account_id)
        return Shell(
            True,
            viewer.name,
            _posts(viewer),
            entries,
            tabs,
            max((entry for entry in entries if entry.current), key=lambda entry: len(entry.path), default=None),
            waiting,
            _demo_is_open(),
            _stands_at(),
            slot,
            viewer.may(WRITE_DOWN.permission),
        )


def trail(code: str) -> list[tuple[str, str]]:
    """Divisions from the province down to a unit, as (12-digit code, name); asked once a request."""
    known: dict[str, list[tuple[str, str]]] = g.setdefault("trails", {})
    if code not in known:
        wanted = [*ancestors(code), code]
        with db.session.no_autoflush:
            named = names(db.session(), wanted)
        known[code] = [(full(one), named[one]) for one in wanted if one in named]
    return known[code]


def _posts(viewer: Viewer) -> list[str]:
    return [f"{grant.unit_name or '全国'}{_post(grant)}" for grant in viewer.grants]


def _post(grant: Grant) -> str:
    """The role in words, with its office where that gives it other rights, and whom it stands in for."""
    office = ORGANISATION_KINDS.get(grant.organisation_kind or "", "")
    words = f"{office if is_particular(grant.role, grant.organisation_kind) else ''}{ROLE_NAMES.get(grant.role, ENDED)}"
    return f"{words}（受{grant.on_behalf_name}委托）" if grant.on_behalf_of is not None else words


def _exists(path: str) -> bool:
    known: dict[str, bool] = current_app.extensions.setdefault("known_paths", {})
    if path not in known:
        known[path] = current_app.url_map.bind("localhost").test(path, "GET")
    return known[path]


def _stands_at() -> datetime | None:
    return clock.now() if clock.stands_still() else None


def _demo_is_open() -> bool:
    """Whether a demo account can sign in; asked at most once a minute, and of nobody's rows in particular."""
    held: tuple[float, bool] | None = current_app.extensions.get("demo_is_open")
    if held is not None and time.monotonic() - held[0] < DEMO_CHECKED_EVERY:
        return held[1]
    open_demo = select(Account.id).where(Account.is_demo.is_(True), Account.closed_at.is_(None)).limit(1)
    # A form that is shown again after a refusal still holds the lock of its own transaction.
    with reading(), Session(db.engine, info={"viewer": Viewer.system("页面提示", "")}) as own:
        answer = own.scalar(open_demo) is not None
    current_app.extensions["demo_is_open"] = (time.monotonic(), answer)
    return answer
