"""Coverage visits: the units a viewer answers for, one unit with its sets, and the village's yearly confirmation."""

from collections.abc import Sequence
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.coverage import on_sheet, overview, queries, service, views_entry, views_tree
from webapp.coverage.queries import CONTACT_KEY, VILLAGE, CoverageSet
from webapp.coverage.tables import OVERVIEW_HEADINGS, SET_HEADINGS, overview_rows, target_rows, uncounted_rows
from webapp.coverage.views_pages import pages
from webapp.downloads import asked_format
from webapp.errors import Conflict, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.models import Division
from webapp.org.pages_views import unit_at
from webapp.org.views_files import send_headed
from webapp.paging import number_from, page_of
from webapp.policy.parameter_names import value_words
from webapp.policy.parameter_sources import source_words
from webapp.policy.service import entry

__all__ = ["on_sheet", "pages", "views_entry", "views_tree"]
SHOWN = {"left": "还没有走访的", "visited": "已走访的"}


@pages.get("/coverage/")
@requires("coverage.read")
def listing() -> Response | str:
    """Own units and those directly below, in the order of codes."""
    lines = overview.lines(db.session(), g.viewer, clock.today())
    if asked_format():
        return _file("遍访情况", OVERVIEW_HEADINGS, overview_rows(lines), "overview")
    number = number_from(request.args.get("page"))
    return render_template(
        "coverage/listing.html",
        page=page_of(lines, number),
        own=[one for one in g.viewer.units_with(service.WRITE) if len(one) != 12],  # noqa: PLR2004
    )


@pages.get("/coverage/<code>")
@requires("coverage.read")
def show(code: str) -> Response | str:
    """One unit: the present set or a former one, what is left by name and on the tree."""
    unit = unit_at(code)
    if unit.level == VILLAGE:
        return _village(unit)
    return _sets(unit)


@pages.post("/coverage/<code>/confirm")
@requires("coverage.confirm")
def confirm(code: str) -> Any:
    """The village confirms its year, or corrects what it had confirmed."""
    unit = unit_at(code)
    try:
        service.confirm(
            db.session(),
            unit.code,
            request.form.get("year", type=int) or 0,
            exceptions=request.form.get("exceptions", ""),
            at=clock.now(),
            version=request.form.get("version", type=int),
        )
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _village(unit_at(code), error.sentence), error.status
    flash("已确认。全年只需确认一次，有变化的可以更正。", "done")
    db.session.commit()
    return redirect(url_for(".show", code=code), 303)


def _sets(unit: Division) -> Response | str:
    sets = queries.sets_of(db.session(), [unit.code], clock.today()).get(unit.code, [])
    chosen = _chosen(sets)
    wanted, branch = request.args.get("show", ""), request.args.get("branch", "")
    every = wanted not in SHOWN and not branch
    targets = [
        target
        for target in (chosen.coverage.targets if chosen else [])
        if (wanted not in SHOWN or (target.visited_on is None) == (wanted == "left"))
        and branch in ("", target.place.branch)
    ]
    if asked_format():
        title = f"{unit.name}遍访情况" + (f"（{chosen.secretary}）" if chosen else "")
        rows = target_rows(chosen, targets) + (uncounted_rows(chosen) if every else []) if chosen else []
        return _file(title, SET_HEADINGS, rows, f"set:{unit.code}")
    number = number_from(request.args.get("page"))
    return render_template(
        "coverage/unit.html",
        unit=unit,
        sets=sets,
        chosen=chosen,
        standing=overview.lamp_of(chosen) if chosen else "na",
        page=page_of(targets, number),
        shown=SHOWN,
        branch=branch,
        every=every,
        has_duty=unit.level in queries.KEYS,
        writes=unit.code in g.viewer.units_with(service.WRITE) and chosen is not None and not chosen.closed,
    )


def _village(unit: Division, problem: str | None = None) -> str:
    today = clock.today()
    duty = entry(db.session(), CONTACT_KEY, on=today, unit_code=unit.code)
    years = range(today.year, today.year - 5, -1)
    held_rows = queries.contacts(db.session(), [unit.code], years)
    return render_template(
        "coverage/village.html",
        unit=unit,
        duty=value_words(CONTACT_KEY, duty["value"]),
        source=source_words(duty.get("source", "")),
        years=[(year, held_rows.get((unit.code, year))) for year in years],
        open_years=(today.year, today.year - 1),
        confirms=unit.code in g.viewer.units_with(service.CONFIRM),
        longest=service.WORDS_LIMIT,
        problem=problem,
        tried=request.form.get("year", type=int),
    )


def _file(title: str, headings: tuple[str, ...], rows: list[Sequence[object]], what: str) -> Response:
    """Rows as a file with issuer and end date (X-20); the export itself is audited."""
    name = f"遍访情况-{clock.today():%Y%m%d}"
    return send_headed(title, headings, rows, ("coverage.export", "list", what), len(rows), name=name)


def _chosen(sets: list[CoverageSet]) -> CoverageSet | None:
    """The set that the address names; by default the latest."""
    named = request.args.get("set", "")
    return next((one for one in sets if one.slug == named), sets[0] if sets else None)
