"""The page of rule packs: each value with its source and what kind of rule it is."""

from flask import render_template, request

from webapp import clock
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.models import Division
from webapp.policy import views_calendar
from webapp.policy.packs import Pack
from webapp.policy.parameter_names import GROUPS, MARKS, name_of, value_words
from webapp.policy.parameter_sources import source_words
from webapp.policy.service import known_packs
from webapp.policy.views_pages import pages

__all__ = ["pages", "views_calendar"]


@pages.get("/packs/")
@requires("pack.read")
def packs() -> str:
    """Every pack, and all values of the chosen one; by default the national pack in force today."""
    known = sorted(known_packs(db.session()), key=lambda p: (p.unit_code, p.valid_from))
    today = clock.today()
    slug = request.args.get("pack", "")
    chosen = next((p for p in known if p.slug == slug), None) if slug else _national(known)
    if chosen is None:
        raise NotFound("没有这个规则包。请从列表中选择。")
    codes = {p.unit_code for p in known if p.unit_code}
    divisions = db.session.query(Division).filter(Division.code.in_(codes))
    return render_template(
        "policy/packs.html",
        packs=known,
        chosen=chosen,
        today=today,
        names={division.code: division.name for division in divisions},
        groups=_groups(chosen),
    )


def _national(known: list[Pack]) -> Pack | None:
    today = clock.today()
    return next((p for p in known if p.base is None and p.in_force(today)), known[-1] if known else None)


def _groups(pack: Pack) -> list[tuple[str, list[tuple[str, str, str, str]]]]:
    """(group, rows of name, value, source, kind) in the order of the file."""
    found = []
    for group, keys in pack.body["parameters"].items():
        rows = [
            (
                name_of(f"{group}.{key}"),
                value_words(f"{group}.{key}", entry["value"]),
                source_words(entry.get("source", "")),
                MARKS[entry["mark"]],
            )
            for key, entry in keys.items()
        ]
        found.append((GROUPS[group], rows))
    return found
