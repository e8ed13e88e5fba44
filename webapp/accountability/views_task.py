"""One task: what it asks, how it stands from its issuer down to one village's evidence, and the sample of a verifier."""

from flask import flash, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import drill, queries, sampling, wording
from webapp.accountability.asked import FIELD_KINDS
from webapp.accountability.brought_out import may_be_brought
from webapp.accountability.models import STATES, AccountabilityTask, VerificationSample
from webapp.accountability.panels import task_acts
from webapp.accountability.progress import Node
from webapp.accountability.rules import MOVES
from webapp.accountability.views_pages import pages
from webapp.errors import Conflict, NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.codes import ancestors, full, held
from webapp.paging import SIZE, Page, number_from


@pages.get("/tasks/<number>")
@requires("task.read")
def task(number: str) -> str:
    """The task as a whole, or with ?under=CODE what stands below one unit; units in code order."""
    return _page(drill.task_by_number(db.session(), number))


@pages.post("/tasks/<number>/sample")
@requires("task.verify")
def sample(number: str) -> Response | tuple[str, int]:
    """Draw the sample of one of the viewer's units, once."""
    row = drill.task_by_number(db.session(), number)
    unit = held(request.form.get("unit", ""))
    try:
        if unit not in g.viewer.units_with("task.verify"):
            raise Refused("没有选择核验单位。请从任务页面上提请抽样。")
        drawn = sampling.draw(db.session(), row.id, unit, clock.now())
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _page(drill.task_by_number(db.session(), number), error.sentence), error.status
    flash(f"已从 {drawn.population} 个单位中抽出 {drawn.size} 个，请逐个核验。抽样结果不能重抽。", "done")
    db.session.commit()
    return redirect(url_for(".task", number=number))


def _page(row: AccountabilityTask, problem: str | None = None) -> str:
    under = held(request.args.get("under", ""))
    nodes = drill.nodes(db.session(), row.id, under)
    if under and not nodes:
        raise NotFound()
    branches = drill.branches(db.session(), nodes, under or row.issuer_code)
    number = number_from(request.args.get("page"))
    shown = branches[(number - 1) * SIZE : number * SIZE]
    issuing = not under and row.issuer_code in g.viewer.units_with("task.issue")
    records = queries.by_id(db.session(), [one.assignment_id for one in shown if one.assignment_id is not None])
    items = {item.assignment.id: item for item in queries.items(db.session(), records, clock.today())}
    standing = drill.standing(nodes)
    return render_template(
        "accountability/task.html",
        task=row,
        issuing=issuing,
        recallable=any(state in MOVES["recall"].from_states for state in standing.states),
        more_acts=[Markup(act(row, records)) for act in task_acts] if issuing else [],  # noqa: S704 — made by templates
        under=under,
        part=_part(row, under, branches),
        below=[one for one in branches if one.unit_code not in g.viewer.prefixes],
        above=_above(under, row.issuer_code),
        own=next((node.id for node in nodes if node.unit_code == under), None),
        standing=standing,
        branches=shown,
        items=items,
        lamps={row.id for row in records if queries.lamps_open(g.viewer, row)},
        page=Page(shown, number, len(branches)),
        samples=[] if under else [_sample(row, nodes, code) for code in g.viewer.units_with("task.verify")],
        states=STATES,
        field_kinds=FIELD_KINDS,
        bringable={field["name"] for field in row.fields if may_be_brought(field)},
        revisions=[] if under else wording.shown(row),
        full=full,
        problem=problem,
        lit=not under and any(prefix.startswith(row.issuer_code) for prefix in g.viewer.prefixes),
    )


def _part(row: AccountabilityTask, under: str, branches: list[drill.Branch]) -> str:
    """Whose part of the task the page counts: only what lies in scope is counted. "" for the task as a whole."""
    if not under:
        if g.viewer.reaches(row.issuer_code):
            return ""
        return "本单位" if all(one.unit_code in g.viewer.prefixes for one in branches) else "本辖区"
    return "本单位" if under in g.viewer.prefixes else "该单位"


def _above(under: str, issuer_code: str) -> str | None:
    """The unit one step up from the one shown; None at the top."""
    if not under or under == issuer_code:
        return None
    parents = [code for code in ancestors(under) if code.startswith(issuer_code)]
    return parents[-1] if parents else issuer_code


def _sample(row: AccountabilityTask, nodes: list[Node], code: str) -> tuple[str, VerificationSample | None, bool, bool]:
    """A verifying unit, its sample, whether one can be drawn (all that it handed down is reported), whether any waits."""
    given = [node.state for node in drill.handed_down(nodes, code, row.issuer_code) if node.counts]
    sample = sampling.sample_of(db.session(), row.id, code) if given else None
    waits = any(state in ("reported", "verified") for state in given)
    return code, sample, bool(given) and all(state == "reported" for state in given), waits
