"""The chain over the audit log, and what it shows when somebody writes to the database behind our back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests import factories
from webapp import audit, clock
from webapp.auth import sealing


@pytest.fixture
def sealed(session: Session, tmp_path: Path) -> Iterator[Session]:
    """Six entries in two months, sealed in two batches, the heads stored."""
    for day, count in (("2026-09-30 23:59", 2), ("2026-10-01 00:00", 4)):
        with clock.held_at(factories.at(day)):
            for number in range(count):
                audit.record(session, "task.verify", "assignment", number, unit_code="533323", after={"名": "甲"})
            session.flush()
    assert sealing.seal(session, limit=4) == 4
    assert sealing.seal(session) == 2
    session.commit()
    sealing.store_head(tmp_path / "heads.jsonl", session)
    session.rollback()
    yield session


@pytest.fixture
def raw(database_url: str) -> Iterator[Callable[[str], None]]:
    """Somebody with the database's password, who has dropped the triggers."""
    engine = create_engine(database_url)
    _drop_triggers(engine)

    def execute(statement: str) -> None:
        with engine.begin() as connection:
            connection.execute(text(statement))

    yield execute
    engine.dispose()


def _drop_triggers(engine: Engine) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in names:
                connection.execute(text(f"DROP TRIGGER {name}"))
            return
        connection.execute(text("DROP FUNCTION refuse_audit_change() CASCADE"))
        connection.execute(text("ALTER TABLE audit_seal DROP CONSTRAINT fk_audit_seal_entry_id_audit_entry"))


def _verify(session: Session, tmp_path: Path) -> sealing.Checked:
    session.expire_all()
    return sealing.verify(session, tmp_path / "heads.jsonl")


def test_untouched_log_holds(sealed: Session, tmp_path: Path) -> None:
    checked = _verify(sealed, tmp_path)
    assert (checked.entries, checked.waiting, checked.broken) == (6, 0, None)


def test_each_month_of_china_has_its_chain(sealed: Session) -> None:
    assert [(head.month, head.sequence) for head in sealing.heads(sealed)] == [("2026-09", 2), ("2026-10", 4)]


def test_entry_without_seal_waits(sealed: Session, tmp_path: Path) -> None:
    audit.record(sealed, "sign_out", "account", 1)
    sealed.commit()
    checked = _verify(sealed, tmp_path)
    assert (checked.waiting, checked.broken) == (1, None)


INSERT = (
    "INSERT INTO audit_entry (id, at, action, actor_kind, actor_name, postings, object_kind, object_id, unit_code) "
    "SELECT 99, at, action, actor_kind, actor_name, postings, object_kind, object_id, unit_code "
    "FROM audit_entry WHERE id = 3"
)
TAMPERING = {
    "changed": (["UPDATE audit_entry SET object_id = 'x' WHERE id = 4"], 4),
    "time changed": (["UPDATE audit_entry SET at = '2026-10-02 00:00:00' WHERE id = 3"], 3),
    "deleted": (["DELETE FROM audit_entry WHERE id = 3"], 3),
    "deleted with its seal": (
        ["DELETE FROM audit_seal WHERE entry_id = 3", "DELETE FROM audit_entry WHERE id = 3"],
        4,
    ),
    "inserted": ([INSERT, "UPDATE audit_seal SET entry_id = 99 WHERE entry_id = 6"], 99),
    "inserted below the newest": ([INSERT, "UPDATE audit_entry SET id = 0 WHERE id = 99"], 0),
    "reordered": (
        [
            "UPDATE audit_seal SET sequence = 90 WHERE entry_id = 4",
            "UPDATE audit_seal SET sequence = 2 WHERE entry_id = 5",
            "UPDATE audit_seal SET sequence = 3 WHERE entry_id = 4",
        ],
        5,
    ),
    "tail cut": (["DELETE FROM audit_seal WHERE entry_id = 6", "DELETE FROM audit_entry WHERE id = 6"], 6),
    "all cut": (["DELETE FROM audit_seal", "DELETE FROM audit_entry"], 2),
}


@pytest.mark.parametrize("case", TAMPERING)
def test_tampering_is_named(case: str, sealed: Session, raw: Callable[[str], None], tmp_path: Path) -> None:
    statements, first = TAMPERING[case]
    for statement in statements:
        raw(statement)
    checked = _verify(sealed, tmp_path)
    assert checked.broken is not None
    assert checked.entry_id == first


def test_cut_tail_stays_visible_after_new_entries(sealed: Session, raw: Callable[[str], None], tmp_path: Path) -> None:
    raw("DELETE FROM audit_seal WHERE entry_id >= 5")
    raw("DELETE FROM audit_entry WHERE id >= 5")
    with clock.held_at(factories.at("2026-10-05 08:00")):
        for _ in range(4):
            audit.record(sealed, "task.verify", "assignment", 1)
        sealed.flush()
        sealing.seal(sealed)
    sealed.commit()
    sealing.store_head(tmp_path / "heads.jsonl", sealed)
    checked = _verify(sealed, tmp_path)
    assert checked.broken is not None and "重做" in checked.broken


ACTS = {
    "sqlite": ("UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"),
    "postgresql": ("UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"),
}


@pytest.mark.parametrize(("table", "key"), [("audit_entry", "id"), ("audit_seal", "entry_id")])
@pytest.mark.parametrize("act", range(3))
def test_database_refuses_changes(act: int, table: str, key: str, sealed: Session, database_kind: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        sealed.execute(text(ACTS[database_kind][act].format(table, key)))
