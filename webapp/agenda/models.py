"""The calendar feed of a person: an address that only its holder knows."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.access import Scoped, mine
from webapp.db import Base, UTCDateTime


class CalendarFeed(Scoped, Base):
    """One person's feed: of the token in its address only the hash is here. Who fetches it, and when, is not kept."""

    __tablename__ = "calendar_feed"
    __scope__ = mine()

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
