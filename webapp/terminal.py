"""How commands speak: one sentence on stderr and exit code 1 when refused, one JSON document on stdout with --json."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from webapp.errors import DandangError


@contextmanager
def refusals(*kinds: type[Exception]) -> Iterator[None]:
    """Turn the product's errors (and further kinds whose text is for people) into a sentence and exit code 1."""
    ours: tuple[type[Exception], ...] = (DandangError, *kinds)
    try:
        yield
    except ours as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except (OperationalError, ProgrammingError) as error:  # no tables yet, no server, no disk
        reason = str(error.orig).strip().splitlines()[0]
        click.echo(
            f"数据库不能使用（{reason}）。新装系统请先运行 ./dandang setup，否则请运行 ./dandang doctor。", err=True
        )
        sys.exit(1)


def print_json(document: object) -> None:
    """Exactly one JSON document, in one line."""
    click.echo(json.dumps(document, ensure_ascii=False, default=str))
