"""Saved groups of units (key villages, relocation sites, any other), chosen as targets many times."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Scoped
from webapp.db import Base, Code, UTCDateTime


class UnitGroup(Scoped, Base):
    """A saved group of units across the tree."""

    __tablename__ = "unit_group"
    __table_args__ = (UniqueConstraint("unit_code", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    """Whose group it is; its members lie in this unit's subtree."""
    name: Mapped[str] = mapped_column(String(60))
    source: Mapped[str | None] = mapped_column(String(120))
    """The document that names the members."""
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    members: Mapped[list["UnitGroupMember"]] = relationship(
        order_by="UnitGroupMember.member_code", cascade="all, delete-orphan"
    )


class UnitGroupMember(Scoped, Base):
    """One unit of a group."""

    __tablename__ = "unit_group_member"
    __table_args__ = (UniqueConstraint("group_id", "member_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("unit_group.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code)
    """The group's owner, repeated for the scope."""
    member_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
