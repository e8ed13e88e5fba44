"""Plans and summaries that a team may write (Z-39, Z-40): nobody asks for them, nothing says that one is missing."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Scoped, either, mine, team
from webapp.db import Base, Code, UTCDateTime
from webapp.org.models import Division, Person

PAPER_KINDS = {"plan": "工作计划", "summary": "工作小结"}


class TeamPaper(Scoped, Base):
    """A plan or a summary of one team for a time, in the team's words; read and edited by the team alone (X-17)."""

    __tablename__ = "team_paper"
    __table_args__ = (
        CheckConstraint("kind IN ('plan', 'summary')", name="kind"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
    )
    __scope__ = either(mine("written_by_id"), team())

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(String(36), unique=True)
    """UUID of the form: sent twice, it is kept once."""
    kind: Mapped[str] = mapped_column(String(10))
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Division] = relationship()
    written_by: Mapped[Person] = relationship()
    __mapper_args__ = {"version_id_col": version}
