"""驻村保障: what county and sending unit owe a stationed person in a year (Z-12), a ledger of theirs.

It is nobody's task and no source of a score (X-14): the person sees it, the two owners keep it.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Scoped, either, linked, sent
from webapp.db import Base, Code, UTCDateTime, one_of
from webapp.org.models import Division, Organisation, Person, Posting
from webapp.presence.scopes import from_county

KINDS = {
    "county_funds": "县级工作经费",
    "work_funds": "派出单位工作经费",
    "allowance": "生活和通讯补贴",
    "health_check": "年度体检",
    "insurance": "人身意外伤害保险",
    "medical": "医疗费用",
    "hardship": "艰苦边远地区津贴",
    "detached": "与原岗位工作脱钩",
}
"""What Z-12 names, and Z-9's release from the sending unit's own work; each is a key of the pack."""
OWNERS = {"county": "县级", "sending_unit": "派出单位"}
STATES = {"open": "待落实", "done": "已落实", "not_applicable": "不适用"}
REASONS = {
    "elsewhere": "已由其他单位统一落实",
    "predecessor": "本年度已随前任落实",
    "local": "按本地规定不发放",
    "short": "年内在岗时间短，按规定不安排",
    "declined": "本人书面说明不需要",
    "none": "年内没有发生",
    "document": "其他，见所填文号",
}
"""Why something is not owed: chosen and never typed, so that nothing about anybody's health can stand there (S-24)."""
CORRECTIONS = {"typing": "登记有误", "later": "补充文号或金额", "changed": "情况有变化"}

# Read by the person, written by the owners alone.
_OWN = linked(lambda cls, viewer: cls.person_id == viewer.person_id)


class SupportItem(Scoped, Base):
    """One thing that is owed for one post in one year."""

    __tablename__ = "support_item"
    __table_args__ = (
        UniqueConstraint("posting_id", "year", "kind"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("owner", OWNERS), name="owner"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("reason", REASONS), name="reason"),
        CheckConstraint("state <> 'done' OR done_on IS NOT NULL", name="done"),
        CheckConstraint("state <> 'not_applicable' OR reason IS NOT NULL", name="not_applicable"),
        CheckConstraint("amount IS NULL OR amount > 0", name="amount"),
        Index("ix_support_item_unit_year", "unit_code", "year"),
        Index("ix_support_item_sender_year", "sending_unit_id", "year"),
    )
    __scope__ = either(from_county(), sent(), _OWN)

    id: Mapped[int] = mapped_column(primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    """The village of the post."""
    sending_unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    """As it was when the item was opened."""
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    owner: Mapped[str] = mapped_column(String(12))
    """Who owes it, as the pack in force at the opening says."""
    due_on: Mapped[date | None]
    """None for what is settled when it occurs."""
    state: Mapped[str] = mapped_column(String(16), default="open")
    done_on: Mapped[date | None]
    document_no: Mapped[str | None] = mapped_column(String(60))
    amount: Mapped[Decimal | None] = mapped_column(Numeric(9, 2))
    """Yuan."""
    reason: Mapped[str | None] = mapped_column(String(12))
    version: Mapped[int] = mapped_column(default=1)
    posting: Mapped[Posting] = relationship()
    person: Mapped[Person] = relationship()
    unit: Mapped[Division] = relationship()
    sending_unit: Mapped[Organisation | None] = relationship()
    events: Mapped[list["SupportEvent"]] = relationship(order_by="SupportEvent.id")
    __mapper_args__ = {"version_id_col": version}


class SupportEvent(Scoped, Base):
    """One entry in an item's history, never changed: what was recorded then, by whom, and why it was corrected."""

    __tablename__ = "support_event"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("correction", CORRECTIONS), name="correction"),
    )
    __scope__ = either(from_county(), sent(), _OWN)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("support_item.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    """Whose support it is."""
    unit_code: Mapped[str] = mapped_column(Code)
    sending_unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_name: Mapped[str] = mapped_column(String(60))
    actor_unit: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(16))
    done_on: Mapped[date | None]
    document_no: Mapped[str | None] = mapped_column(String(60))
    amount: Mapped[Decimal | None] = mapped_column(Numeric(9, 2))
    reason: Mapped[str | None] = mapped_column(String(12))
    correction: Mapped[str | None] = mapped_column(String(10))
    """Why an earlier entry was replaced; None for a first one."""
