"""Many rows at once: the same outcome on both databases, also for what a row leaves out and for what is held already."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.bulk import insert_many
from webapp.notices.models import InboxMessage
from webapp.org.models import Person

AT = datetime(2026, 10, 12, 9, 30, tzinfo=UTC)


@pytest.fixture
def person(county: Session) -> Person:
    person = Person(name="甲", created_at=AT)
    county.add(person)
    county.commit()
    return person


def _message(person: Person, key: str) -> dict[str, object]:
    return {"person_id": person.id, "key": key, "subject": "题\t一", "body": "第一行\n第二行\\N", "created_at": AT}


def test_text_with_tabs_line_ends_and_backslashes_arrives_as_it_was(county: Session, person: Person) -> None:
    insert_many(county, InboxMessage, [_message(person, "a"), _message(person, "b")])
    rows = county.scalars(select(InboxMessage).order_by(InboxMessage.key)).all()
    assert [(row.key, row.subject, row.body, row.created_at, row.path) for row in rows] == [
        (key, "题\t一", "第一行\n第二行\\N", AT, None) for key in ("a", "b")
    ]


def test_what_is_held_already_is_left_out_where_that_is_asked(county: Session, person: Person) -> None:
    insert_many(county, InboxMessage, [_message(person, "a")])
    insert_many(county, InboxMessage, [_message(person, "a"), _message(person, "b")], known_by="key")
    insert_many(county, InboxMessage, [_message(person, "b"), _message(person, "c")], known_by="key")
    assert county.scalars(select(InboxMessage.key).order_by(InboxMessage.key)).all() == ["a", "b", "c"]


def test_a_value_that_must_not_double_is_the_usual_error(county: Session, person: Person) -> None:
    insert_many(county, InboxMessage, [_message(person, "a")])
    with pytest.raises(IntegrityError), county.begin_nested():
        insert_many(county, InboxMessage, [_message(person, "b"), _message(person, "a")])
    assert county.scalars(select(InboxMessage.key)).all() == ["a"]


def test_nothing_to_insert_asks_nothing(county: Session) -> None:
    insert_many(county, InboxMessage, [])
    assert county.scalars(select(InboxMessage)).all() == []
