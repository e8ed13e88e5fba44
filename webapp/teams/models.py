"""What happens to a posting, step by step, and recalls of persons: proposed, decided and carried out by three units."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.access import Scoped, either, mine, sent, within
from webapp.db import Base, Code, UTCDateTime
from webapp.org.models import Division, Organisation, Posting
from webapp.teams import event_models  # noqa: F401 — the feature's tables are known with this module

STEPS = {
    "select": "选派",
    "arrive": "到村",
    "extend": "延长任期",
    "adjust_out": "调出",
    "adjust_in": "调入",
    "assess": "开设期满考核",
}
RECALL_STATES = {
    "proposed": "待县级决定",
    "declined": "县级不同意",
    "withdrawn": "乡镇已撤回",
    "decided": "待派出单位召回",
    "recalled": "已召回，待补派",
    "replaced": "已补派",
}
RECALL_STEPS = {
    "propose": "乡镇提出",
    "withdraw": "乡镇撤回",
    "agree": "县级同意召回",
    "decline": "县级不同意",
    "carry_out": "派出单位召回",
    "replace": "派出单位补派",
}
GROUNDS = {
    "presence": "不能保证在岗或者没有脱离原岗位",
    "unable": "不能胜任驻村工作",
    "style": "作风不实，群众不认可",
    "absent": "无故离岗且不改正",
    "breach": "违纪违法",
    "unsuitable": "乡镇党委认为不适合",
    "other": "其他",
}


class PostingStep(Scoped, Base):
    """One step in the life of a stationed posting; steps are only ever added."""

    __tablename__ = "posting_step"
    __table_args__ = (CheckConstraint("kind IN ('" + "', '".join(STEPS) + "')", name="kind"),)
    __scope__ = either(within(), mine())

    id: Mapped[int] = mapped_column(primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    """Who is stationed."""
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    day: Mapped[date]
    """Day of the decision, of the arrival, the last day of an extended term, or the first day in the next village."""
    term_from: Mapped[date | None]
    """`adjust_in`: the day from which the term of the person already runs."""
    document_no: Mapped[str | None] = mapped_column(String(60))
    text: Mapped[str | None] = mapped_column(Text)
    confirmed: Mapped[list[str]] = mapped_column(JSON, default=list)
    """`select`: which conditions the county has confirmed; no data about the person (Z-3, Z-15)."""
    other_posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))
    """`adjust_in` and `adjust_out`: the posting at the other village."""
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_name: Mapped[str] = mapped_column(String(120))
    actor_unit: Mapped[str] = mapped_column(Code)


class Recall(Scoped, Base):
    """召回 of one stationed person: township proposes, county decides, the sending unit recalls and replaces (Z-35)."""

    __tablename__ = "recall"
    __table_args__ = (
        CheckConstraint("state IN ('" + "', '".join(RECALL_STATES) + "')", name="state"),
        CheckConstraint("ground IN ('" + "', '".join(GROUNDS) + "')", name="ground"),
    )
    __scope__ = either(within(), sent())

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[str] = mapped_column(String(36), unique=True)
    """UUID made by the form: sent twice, it proposes once."""
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"), index=True)
    """The village."""
    sending_unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_name: Mapped[str] = mapped_column(String(60))
    """Kept as it was: the sending unit does not see the posting itself."""
    role: Mapped[str] = mapped_column(String(20))
    ground: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), default="proposed", index=True)
    end_reason: Mapped[str | None] = mapped_column(String(60))
    """What the county has decided: a fault or a no-fault code of the posting ledger (Z-37)."""
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Division] = relationship()
    posting: Mapped[Posting] = relationship()
    sending_unit: Mapped[Organisation | None] = relationship()
    steps: Mapped[list["RecallStep"]] = relationship(order_by="RecallStep.id")
    __mapper_args__ = {"version_id_col": version}


class RecallStep(Scoped, Base):
    """One step of a recall: who, for which unit, when, on which document, and why. Names are kept as they were."""

    __tablename__ = "recall_step"
    __table_args__ = (CheckConstraint("kind IN ('" + "', '".join(RECALL_STEPS) + "')", name="kind"),)
    __scope__ = either(within(), sent())

    id: Mapped[int] = mapped_column(primary_key=True)
    recall_id: Mapped[int] = mapped_column(ForeignKey("recall.id"), index=True)
    unit_code: Mapped[str] = mapped_column(Code, ForeignKey("division.code"))
    sending_unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(12))
    day: Mapped[date | None]
    """`carry_out`: the last day on post."""
    document_no: Mapped[str | None] = mapped_column(String(60))
    text: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    actor_name: Mapped[str] = mapped_column(String(120))
    actor_unit: Mapped[str] = mapped_column(String(120))
    """Name of the unit that acted."""
