"""Commands on work logs. They work without the server."""

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

import click

from webapp import clock
from webapp.config import Settings
from webapp.db import session_scope
from webapp.terminal import print_json, refusals
from webapp.worklogs.replay import AT_ONCE, READER, Outcome, replay
from webapp.worklogs.submissions import BODY_LIMIT


@click.group("worklogs")
def worklogs() -> None:
    """Work logs: play stored submissions again."""


@worklogs.command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def replay_file(file: Path, as_json: bool) -> None:
    """Play FILE again: one submission a line, as POST /api/worklogs takes it, with "login". What is held changes
    nothing. Exit code 1 when every line is refused."""
    outcome, url = Outcome(), Settings.from_env().database_url
    with refusals(), file.open("rb") as stream:
        lines = _lines(stream)
        while some := list(islice(lines, AT_ONCE)):
            with session_scope(url, READER) as session:
                replay(session, some, outcome, clock.now())
    told = {"new": outcome.new, "same": outcome.same, "conflict": outcome.conflict, "refused": outcome.refused}
    if as_json:
        print_json(told | {"reasons": outcome.reasons})
    else:
        click.echo(
            f"新增 {outcome.new} 条，此前已有 {outcome.same} 条，冲突 {outcome.conflict} 条，未受理 {outcome.refused} 条。"
        )
    for reason in outcome.reasons:
        click.echo(f"第 {reason['line']} 行：{reason['error']}", err=True)
    if outcome.refused and not (outcome.new or outcome.same or outcome.conflict):
        sys.exit(1)


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Lines of the file that hold something, numbered; none is read further than it may be long."""
    number = 0
    while line := stream.readline(BODY_LIMIT + 2):
        number += 1
        if line.strip():
            yield number, line
        while line and not line.endswith(b"\n"):  # the rest of a line that is too long
            line = stream.readline(BODY_LIMIT + 2)
