"""Commands on tasks: act for a person behind the guards of the pages, show one task whole, recompute states."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from webapp import clock
from webapp.access import Viewer
from webapp.accountability import issuing, parts, sampling
from webapp.accountability.account import document_of
from webapp.accountability.acts import NAMES, Said, perform
from webapp.accountability.drill import task_by_number
from webapp.accountability.issue_file import read_task
from webapp.accountability.models import STATES, Assignment
from webapp.accountability.rebuilding import rebuild
from webapp.accountability.rules import MOVES
from webapp.auth.acting import session_as
from webapp.burden.proposals import field_name
from webapp.config import Settings
from webapp.db import session_scope
from webapp.errors import NotFound, Refused
from webapp.org.codes import candidates, full, held
from webapp.policy.reading import LARGEST_FILE
from webapp.terminal import print_json, refusals

SPLIT = "split"


def _session(*, writes: bool) -> Any:
    return session_scope(Settings.from_env().database_url, Viewer.system("命令行", ""), writes=writes)


@click.group("tasks")
def tasks() -> None:
    """Accountability tasks."""


@tasks.command("act")
@click.argument("number")
@click.argument("unit")
@click.argument("verb", type=click.Choice((*NAMES, SPLIT)))
@click.option("--as", "login", required=True, help="Login of the account that acts.")
@click.option("--reason", default="", help="The report, reason or note that the act needs.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day an extension is asked for, or parts are due.")
@click.option(
    "--to", "parts_to", multiple=True, metavar="CODE", help="A unit below that a split gives a part to; repeat it."
)
@click.option("--document-no", default=None, help="The document number of a report.")
@click.option("--document-on", type=click.DateTime(["%Y-%m-%d"]), help="The day of that document.")
@click.option("--holder", default="", help="The unit below that a return is for.")
@click.option(
    "--answer", "answers", multiple=True, metavar="LABEL=VALUE", help="What a report enters for an asked field."
)
@click.option("--json", "as_json", is_flag=True)
def act(
    number: str,
    unit: str,
    verb: str,
    login: str,
    reason: str,
    until: datetime | None,
    parts_to: tuple[str, ...],
    document_no: str | None,
    document_on: datetime | None,
    holder: str,
    answers: tuple[str, ...],
    as_json: bool,
) -> None:
    """Make one move on the assignment of UNIT in task NUMBER, with the rights and the scope of an account.

    `split` hands parts down to the units named by --to, to all of them or to none.
    """
    entered = {field_name(label): value for label, _, value in (one.partition("=") for one in answers)}
    said = Said(
        reason,
        document_no=document_no,
        document_on=document_on.date() if document_on else None,
        wanted_due_on=until.date() if until else None,
        holder=held(holder) or holder,
        answers=entered,
    )
    with refusals(), session_as(Settings.from_env().database_url, login, MOVES[verb].permission) as session:
        task = task_by_number(session, number)
        found = session.scalar(
            select(Assignment.id).where(Assignment.task_id == task.id, Assignment.unit_code.in_(candidates(unit)))
        )
        if found is None:
            raise NotFound("这个单位没有承办这项任务。请核对任务编号和单位代码。")
        if verb == SPLIT:
            if not parts_to:
                raise Refused("没有写明分解给哪些单位。请用 --to 逐个写明下级单位的区划代码。")
            below = [held(code) or code for code in parts_to]
            row = parts.split(session, found, below, due_on=said.wanted_due_on, at=clock.now())
        else:
            row = perform(session, verb, found, said, at=clock.now())
        done: dict[str, Any] = {
            "number": number,
            "unit_code": full(row.unit_code),
            "verb": verb,
            "state": row.state,
            "due_on": row.due_on,
            "version": row.version,
        }
    if as_json:
        print_json(done)
    else:
        click.echo(f"已{MOVES[verb].label}，现为“{STATES[done['state']]}”。")


@tasks.command("draw")
@click.argument("number")
@click.argument("unit")
@click.option("--as", "login", required=True, help="Login of the account that acts.")
@click.option("--json", "as_json", is_flag=True)
def draw(number: str, unit: str, login: str, as_json: bool) -> None:
    """Draw the sample by which UNIT verifies what it handed down in task NUMBER; drawn once, shown again after."""
    with refusals(), session_as(Settings.from_env().database_url, login, "task.verify") as session:
        sample = sampling.draw(session, task_by_number(session, number).id, held(unit) or unit, clock.now())
        done = {"number": number, "unit_code": full(sample.unit_code), "population": sample.population}
        done |= {"size": sample.size, "seed": sample.seed, "state": sample.state}
    if as_json:
        print_json(done)
    else:
        click.echo(f"{done['population']} 个单位抽 {done['size']} 个，抽样种子 {done['seed']}。")


@tasks.command("issue")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "login", required=True, help="Login of the account that issues.")
@click.option("--json", "as_json", is_flag=True)
def issue(file: Path, login: str, as_json: bool) -> None:
    """Issue the task in FILE with the rights and the scope of an account; targets nobody knows are named, not asked."""
    with file.open("rb") as handle:
        content = handle.read(LARGEST_FILE + 1)
    at = clock.now()
    with refusals(), session_as(Settings.from_env().database_url, login, "task.issue") as session:
        written = read_task(session, file.name, content, clock.day_of(at))
        task = issuing.issue(
            session,
            written.terms,
            written.units,
            issuer_code=written.issuer_code,
            request_id=written.request_id,
            weights=written.weights,
            at=at,
        )
        done = {
            "number": task.number,
            "title": task.title,
            "issuer_code": full(task.issuer_code),
            "due_on": task.due_on,
            "units": [full(code) for code in written.units],
            "left_out": written.problems,
        }
    for sentence in written.problems:
        click.echo(sentence, err=True)
    if as_json:
        print_json(done)
    else:
        click.echo(f"已下达，编号 {done['number']}，共 {len(written.units)} 个单位。")


@tasks.command("show")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True)
def show(number: str, as_json: bool) -> None:
    """Show a task with the state and the events of each unit, units in code order, and its derived progress."""
    with refusals(), _session(writes=False) as session:
        document = document_of(session, task_by_number(session, number))
    if as_json:
        print_json(document)
        return
    click.echo(f"{document['number']}  {document['title']}  {document['issuer']}下达，{document['due_on']}前反馈")
    for one in document["assignments"]:
        click.echo(f"{one['unit_code']}  {one['unit']}  {one['state_name']}  期限 {one['due_on']}")


@tasks.command("rebuild")
@click.option("--check", is_flag=True, help="Only compare, and exit 1 if any differ.")
def rebuild_states(check: bool) -> None:
    """Recompute the state of every assignment from its events; without --check mend what differs."""
    differ = 0
    with refusals(), _session(writes=not check) as session:
        for differences in rebuild(session, check=check):
            for one in differences:
                differ += 1
                click.echo(f"{one.number}  {full(one.unit_code)}  {one.column}：现为 {one.held}，应为 {one.rebuilt}")
    click.echo(f"{differ} 处与办理记录不一致。" if differ else "各单位状态与办理记录一致。")
    if check and differ:
        sys.exit(1)
