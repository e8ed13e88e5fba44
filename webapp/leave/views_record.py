"""The lists of requests and the record of one, as far as each viewer is concerned."""

from datetime import timedelta
from functools import partial

from flask import current_app, g, render_template, request
from werkzeug.wrappers import Response

from webapp import clock
from webapp.downloads import asked_format
from webapp.errors import Conflict, Faulty, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.leave import acts, balance, queries, rules, sealing, service, tables
from webapp.leave.halves import HALVES, slot_of
from webapp.leave.models import KINDS, REASONS, ROUTES, STATES, LeaveRequest
from webapp.leave.posts import post_on
from webapp.leave.queries import Sought
from webapp.leave.views_pages import pages
from webapp.org.codes import held
from webapp.org.views_files import send_list
from webapp.paging import number_from, paged

VIEWS = {"decide": "等待我审批的", "own": "我的请假", "all": "辖区内全部"}
_PERMISSION = {"decide": "leave.decide", "own": service.ASK}


@pages.get("/leave/")
@requires("leave.read")
def listing() -> Response | str:
    """What waits for the viewer, the viewer's own requests, or all in scope."""
    wanted = _sought()
    statement = queries.sought(wanted, g.viewer)
    if asked_format():
        shown = partial(tables.leave_rows, person_id=g.viewer.person_id, decides=g.viewer.may("leave.decide"))
        title = f"请假（{VIEWS[wanted.view]}）"
        return send_list(title, tables.LEAVE_HEADINGS, statement, shown, ("leave.export", "list", title))
    page = paged(db.session(), statement, number_from(request.args.get("page")))
    return render_template(
        "leave/listing.html",
        page=page,
        wanted=wanted,
        views=[(name, VIEWS[name]) for name in _offered()],
        kinds=KINDS,
        states=STATES,
        filtered=any(request.args.get(name) for name in ("state", "kind", "q", "unit")),
    )


@pages.get("/leave/<int:request_id>")
@requires("leave.read")
def show(request_id: int) -> str:
    """One request, and what happened."""
    return record(request_id)


def record(
    request_id: int, problem: Refused | Conflict | None = None, tried: str | None = None, reason: str = ""
) -> str:
    """The page of one request, also when an act on it was refused; `reason` is what a sick leave is for, once opened."""
    row = queries.one(db.session(), request_id)
    own = row.person_id == g.viewer.person_id
    held_now = post_on(db.session(), row, clock.today())
    master = current_app.config["SETTINGS"].master_key()
    return render_template(
        "leave/show.html",
        row=row,
        own=own,
        tier=service.tier(db.session(), row, clock.now()),
        reason=REASONS.get(sealing.unseal(master, row), "") if own else reason,
        balance=balance.balance(db.session(), row.person_id, row.first_day.year) if _balanced(row, own) else None,
        decides=acts.may_decide(g.viewer, row),
        extended=service.extension_of(db.session(), row),
        late=acts.late_since(db.session(), row, clock.today()),
        begun=slot_of(clock.now()) >= row.span.first,
        longest=rules.TEXT_LIMIT,
        kinds=KINDS,
        states=STATES,
        halves=HALVES,
        routes=ROUTES,
        labels=service.LABELS,
        papers=service.may_enter(g.viewer, row),
        goes_on=held_now if held_now is not None and (own or g.viewer.reaches(held_now.unit_code)) else None,
        faults=problem.faults if isinstance(problem, Faulty) else {"": problem.sentence} if problem else {},
        tried=tried,
    )


def _balanced(row: LeaveRequest, own: bool) -> bool:
    """Whether the page says what is left of 年休假: to the person and to those who decide."""
    return row.kind == "annual" and (own or g.viewer.may("leave.decide"))


def _offered() -> list[str]:
    if not g.viewer.prefixes:
        return ["own"]
    held_by = {name: any(_PERMISSION[name] in g_.permissions for g_ in g.viewer.grants) for name in _PERMISSION}
    return [name for name in VIEWS if held_by.get(name, True)]


def _sought() -> Sought:
    offered, typed = _offered(), request.args
    view = typed.get("view", "")
    view = view if view in offered else offered[0]
    state = typed.get("state", "")
    return Sought(
        view=view,
        state=state if state in STATES else "",
        ended_by=clock.today() - timedelta(days=1) if state == "ended" else None,
        # What kind of leave somebody takes is shown to that person and to whom it waits for, and is not searched by others.
        kind=typed.get("kind", "") if view != "all" else "",
        words=typed.get("q", "").replace("\x00", "").strip()[:50],
        unit=held(typed.get("unit", "")),
        sort=typed["sort"] if typed.get("sort") in queries.SORTS else "-first",
    )
