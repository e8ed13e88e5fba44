"""How commands speak: words on stderr and exit code 1 when refused, one JSON document on stdout with --json."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from webapp.errors import DandangError, Faulty
from webapp.table_files import FaultyRows


@contextmanager
def refusals(*kinds: type[Exception]) -> Iterator[None]:
    """Turn the product's errors (and further kinds whose text is for people) into a sentence and exit code 1."""
    ours: tuple[type[Exception], ...] = (DandangError, *kinds)
    try:
        yield
    except ours as error:
        _refuse(str(error), _faults(error))
    except (OperationalError, ProgrammingError) as error:  # no tables yet, no server, no disk
        reason = str(error.orig).strip().splitlines()[0]
        _refuse(f"数据库不能使用（{reason}）。新装系统请先运行 ./dandang setup，否则请运行 ./dandang doctor。", [])


def _refuse(sentence: str, faults: list[dict[str, object]]) -> NoReturn:
    """End the command. With --json stdout holds a document here too: `error` is the whole, `faults` its known parts."""
    context = click.get_current_context(silent=True)
    if context is not None and context.params.get("as_json"):
        print_json({"error": sentence, "faults": faults})
    click.echo(sentence, err=True)
    sys.exit(1)


def _faults(error: Exception) -> list[dict[str, object]]:
    if isinstance(error, FaultyRows):
        return [{"row": number, "field": None, "sentence": sentence} for number, sentence in error.rows]
    if isinstance(error, Faulty):
        return [{"row": None, "field": name, "sentence": sentence} for name, sentence in error.faults.items()]
    return []


def print_json(document: object) -> None:
    """Exactly one JSON document, in one line."""
    click.echo(json.dumps(document, ensure_ascii=False, default=str))
