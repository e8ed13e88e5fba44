"""你已有此数据: told by name by who has to answer, answered by the owner or the burden-relief office."""

from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for

from webapp import clock
from webapp.burden import flags, tables
from webapp.burden.views_pages import pages
from webapp.downloads import asked_format
from webapp.errors import Conflict, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.views_files import send_list
from webapp.paging import number_from, paged


@pages.get("/burden/flags/")
@requires("task.read")
def flag_list() -> Response | str:
    """Flags of the viewer's units: a village sees its own, an owner those on its demands."""
    if asked_format():
        statement = flags.listed(request.args.get("state", ""))
        return send_list(
            "重复要数提示", tables.FLAG_HEADINGS, statement, tables.flag_rows, ("burden.export", "list", "flags")
        )
    return _listing()


@pages.get("/burden/directory/<int:demand_id>/flag")
@requires("burden.object")
def flag_new(demand_id: int) -> str:
    """The form for one demand, reached from the entry in the ledger or from a prefilled value."""
    return _form(demand_id)


@pages.post("/burden/directory/<int:demand_id>/flag")
@requires("burden.object")
def flag_made(demand_id: int) -> Any:
    """Tell it; the same words sent twice are told once."""
    try:
        flags.flag(
            db.session(),
            demand_id,
            field_name=request.form.get("field", ""),
            kind=request.form.get("kind", ""),
            words=request.form.get("words", ""),
            at=clock.now(),
        )
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _form(demand_id, error.sentence), error.status
    flash("已提交，提出要求的单位会看到您的姓名和说明。答复后收件箱会有提示。", "done")
    db.session.commit()
    return redirect(url_for(".flag_list"), 303)


@pages.post("/burden/flags/<int:flag_id>/answer")
@requires("task.issue")
def flag_answer(flag_id: int) -> Any:
    """The owner's answer."""
    return _settled(flag_id)


@pages.post("/burden/flags/<int:flag_id>/settle")
@requires("complaint.answer")
def flag_settle(flag_id: int) -> Any:
    """The answer of the burden-relief office that stands over the owner."""
    return _settled(flag_id)


def _settled(flag_id: int) -> Any:
    try:
        flags.settle(
            db.session(),
            flag_id,
            uphold=request.form.get("decision") == "uphold",
            answer=request.form.get("answer", "") if request.form.get("decision") else "",
            holder=request.form.get("holder", ""),
            at=clock.now(),
            version=request.form.get("version", type=int),
        )
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _listing(error.sentence, flag_id), error.status
    flash("已答复，提出提示的同志会在收件箱看到。", "done")
    db.session.commit()
    return redirect(url_for(".flag_list"), 303)


def _listing(problem: str | None = None, opened: int | None = None) -> str:
    state = request.args.get("state", "")
    page = paged(db.session(), flags.listed(state), number_from(request.args.get("page")))
    may = {row.id for row in page.rows if row.state == "open" and flags.may_settle(g.viewer, row)}
    return render_template(
        "burden/flags.html",
        page=page,
        state=state if state in flags.STATES else "",
        states=flags.STATES,
        kinds=flags.KINDS,
        labels={row.id: flags.labelled(row) for row in page.rows},
        may=may,
        route=".flag_answer" if g.viewer.units_with("task.issue") else ".flag_settle",
        problem=problem,
        opened=opened,
    )


def _form(demand_id: int, problem: str | None = None) -> str:
    demand, unit_code = flags.asked_of_viewer(db.session(), demand_id)
    typed = request.form if request.method == "POST" else request.args
    return render_template(
        "burden/flag_new.html",
        demand=demand,
        unit_code=unit_code,
        field=typed.get("field", ""),
        kind=typed.get("kind", "") if typed.get("kind") in flags.KINDS else "duplicate",
        kinds=flags.KINDS,
        words=typed.get("words", ""),
        longest=flags.WORDS_LIMIT,
        problem=problem,
    )
