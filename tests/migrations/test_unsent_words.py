"""0041: what was kept stays readable both ways, and is sealed above."""

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.accountability.making import MORNING, issued, parties
from tests.migrating import downgrade, upgrade
from webapp.access import acting_as
from webapp.accountability import entries, kept_words
from webapp.accountability.entries import Told
from webapp.config import Settings

WORDS = "张三 110101199003074514"


def test_words_are_kept_both_ways(
    county: Session, settings: Settings, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DANDANG_INSTANCE", str(settings.instance))
    master, form = settings.master_key(), str(uuid4())
    people = parties(county)
    row_id = issued(county, people.first_desk).assignments[0].id
    told = Told("what", 400, WORDS)
    with acting_as(county, people.village):
        kept_words.keep(county, master, row_id, {"report-text": WORDS}, {}, MORNING)
        entries.keep(county, master, form, [("content", WORDS)], told, MORNING)
    county.commit()

    def stored() -> str:
        found = str([county.execute(text(f"SELECT * FROM {name}")).all() for name in ("kept_words", "task_entry")])
        county.rollback()
        return found

    assert WORDS not in stored()
    downgrade(database_url, "0040")
    assert stored().count("110101199003074514") == 3
    upgrade(database_url)
    assert "110101199003074514" not in stored()
    with acting_as(county, people.village):
        assert kept_words.of(county, master, row_id) == {"report-text": WORDS}
        entry = entries.entry_of(county, master, form)
        assert entry is not None and (entry.typed, entry.told) == ([("content", WORDS)], told)
