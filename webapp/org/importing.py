"""Importing divisions: a file is staged in a table of its own, checked as a whole, and taken over in one transaction."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import cast

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, exists, func, insert, select, update
from sqlalchemy.orm import Session

from webapp import audit
from webapp.org.codes import full
from webapp.org.models import Division
from webapp.org.reading import Row
from webapp.table_files import SHOWN, Faults

BATCH = 5000

# Temporary: it belongs to one connection, needs no lock of the product's tables and leaves nothing behind.
_staged = Table(
    "division_staged",
    MetaData(),
    Column("line", Integer, nullable=False),
    Column("code", String(12), nullable=False, index=True),
    Column("parent_code", String(12)),
    Column("level", Integer, nullable=False),
    Column("name", String(80), nullable=False),
    prefixes=["TEMPORARY"],
)
_division = cast(Table, Division.__table__)


@dataclass(frozen=True)
class Outcome:
    """What an import changed, in divisions."""

    added: int
    renamed: int
    unchanged: int


@contextmanager
def staged(connection: Connection, found: Iterable[Row]) -> Iterator[None]:
    """Hold rows in a staging table of this connection for one block; memory does not grow with the file.

    The staging is a transaction of its own, so that the product's tables are locked only while rows are taken over.
    """
    rows = iter(found)
    with connection.begin():
        _staged.create(connection, checkfirst=False)
        while batch := list(islice(rows, BATCH)):
            connection.execute(insert(_staged), [vars(row) for row in batch])
    try:
        yield
    finally:
        with connection.begin():
            _staged.drop(connection, checkfirst=False)


def take_over(session: Session, faults: Faults) -> Outcome:
    """Add the staged divisions and change names that differ; divisions absent from the file stay as they are.

    Raises `Refused` with errors by line when the file had faults, names a code twice, or holds a division whose
    parent is neither in the file nor in the database.
    """
    connection = session.connection()
    _note_duplicates(connection, faults)
    if not faults.total:  # a faulty line's children would be reported as orphans, which hides the cause
        _note_orphans(connection, faults)
    faults.refuse()
    total = connection.scalar(select(func.count()).select_from(_staged)) or 0
    same = _division.c.code == _staged.c.code
    new_name = select(_staged.c.name).where(same).scalar_subquery()
    renamed = connection.execute(
        update(_division).where(exists().where(same, _staged.c.name != _division.c.name)).values(name=new_name)
    ).rowcount
    columns = ("code", "parent_code", "level", "name")
    missing = select(*(_staged.c[name] for name in columns)).where(~exists().where(same))
    added = connection.scalar(select(func.count()).select_from(missing.subquery())) or 0
    if added:
        ordered = missing.order_by(_staged.c.level, _staged.c.code)
        connection.execute(insert(_division).from_select(columns, ordered))
    outcome = Outcome(added, renamed, total - added - renamed)
    if added or renamed:
        audit.record(session, "divisions.import", "division", "", unit_code="", after=vars(outcome))
    return outcome


def _note_duplicates(connection: Connection, faults: Faults) -> None:
    line, first = func.max(_staged.c.line), func.min(_staged.c.line)
    twice = select(_staged.c.code, first, line).group_by(_staged.c.code).having(func.count() > 1).order_by(line)
    for code, first_line, last_line in connection.execute(twice.limit(SHOWN + 1)):
        faults.add(last_line, f"代码 {full(code)} 与第 {first_line} 行重复。请删去其中一行。")


def _note_orphans(connection: Connection, faults: Faults) -> None:
    parents = _staged.alias("parents")
    orphans = (
        select(_staged.c.line, _staged.c.code, _staged.c.parent_code)
        .where(
            _staged.c.parent_code.is_not(None),
            ~exists().where(parents.c.code == _staged.c.parent_code),
            ~exists().where(_division.c.code == _staged.c.parent_code),
        )
        .order_by(_staged.c.line)
    )
    for line, code, parent in connection.execute(orphans):
        faults.add(line, f"{full(code)} 的上级 {full(parent)} 既不在文件中，也不在系统中。请补上上级后再导入。")
