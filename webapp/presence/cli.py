"""Commands on spot checks and presence."""

import uuid
from datetime import date, datetime

import click
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import viewer_of
from webapp.auth.acting import session_for, viewer_of_login
from webapp.config import Settings
from webapp.errors import Refused
from webapp.org.queries import find
from webapp.presence.drawing import DRAW, Drawing, draw, inspectors, made
from webapp.presence.models import InspectionPlan
from webapp.presence.rules import STATES, last_day, window_of
from webapp.presence.showing import shown
from webapp.terminal import print_json, refusals

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("inspections")
def inspections() -> None:
    """Spot checks of stationed people (X-3)."""


@inspections.command("draw")
@click.option("--root", required=True, help="Division code of the county or township that draws.")
@click.option("--seed", required=True, type=click.IntRange(min=0, max=10**18), help="Number the draw follows from.")
@click.option("--size", type=int, help="How many; without it the pack's share of samples.")
@click.option("--from", "first", type=DAY, help="First day of the check; without it that of the draw made, or today.")
@click.option("--to", "last", type=DAY, help="Last day; without it the end of the first day's month.")
@click.option("--inspector", help="Login of who looks; without it who draws, or the first in a fitting post.")
@click.option("--as", "login", help="Act as this account may; without it as the server's administrator.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def draw_command(
    root: str,
    seed: int,
    size: int | None,
    first: datetime | None,
    last: datetime | None,
    inspector: str | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Draw whom to look for. The same root and seed give the draw that was made; nothing is drawn twice.

    With a seed that was used, whatever is asked otherwise than then is refused.
    """
    with refusals(), session_for(Settings.from_env().database_url, login, DRAW) as session:
        unit = find(session, root)
        known = made(session, unit.code, str(seed))
        first_on = first.date() if first else known.first_on if known else clock.today()
        own = known.inspector_id if known and not inspector else _inspector(session, unit.code, inspector, first_on)
        wanted = Drawing(
            unit_code=unit.code,
            seed=str(seed),
            request_id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"dandang:inspections:{unit.code}:{seed}")),
            first_on=first_on,
            last_on=last.date() if last else known.last_on if known else last_day(first_on),
            size=size,
            inspector_id=own,
        )
        document = _document(draw(session, wanted, clock.now()))
    if as_json:
        print_json(document)
        return
    click.echo(f"从 {document['population']} 人中抽取 {document['size']} 人，抽查人{document['inspector']}。")


@click.group("presence")
def presence() -> None:
    """Days of people on post (X-2)."""


@presence.command("show")
@click.argument("login")
@click.argument("window")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def show_command(login: str, window: str, as_json: bool) -> None:
    """Each day of a person in a window ("2026-10", "2026Q4", "2026"): both halves, state and source."""
    with refusals(), session_for(Settings.from_env().database_url, None, DRAW) as session:
        document = shown(session, login, window_of(window), clock.today())
    if as_json:
        print_json(document)
        return
    for day in document["days"]:
        halves = [f"{STATES[day[half]['state']]}（{day[half]['source']['kind']}）" for half in ("am", "pm")]
        click.echo(f"{day['day']}  上午{halves[0]}  下午{halves[1]}")


def _inspector(session: Session, unit_code: str, login: str | None, on: date) -> int | None:
    if login is not None:
        return viewer_of_login(session, login).person_id
    able = [person.id for person in inspectors(session, unit_code, on)]
    own = viewer_of(session).person_id
    if not able:
        raise Refused("这个单位没有可以抽查的经办、督查岗位人员。请先登记任职，或用 --inspector 指定。")
    return own if own in able else able[0]


def _document(plan: InspectionPlan) -> dict[str, object]:
    return {
        "id": plan.id,
        "root": plan.unit_code,
        "seed": plan.seed,
        "from": plan.first_on.isoformat(),
        "to": plan.last_on.isoformat(),
        "population": plan.population,
        "size": plan.size,
        "inspector": plan.inspector_name,
        "drawn_at": plan.drawn_at.isoformat(),
        "inspections": [
            {
                "id": row.id,
                "posting": row.posting_id,
                "person": row.person.name,
                "unit": row.unit_code,
                "state": row.state,
            }
            for row in plan.inspections
        ],
    }
