"""POS-3 and STA-3: whether work was handed over. A departure without any hand-over record is missing, not zero."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, exists, literal, select, union_all
from sqlalchemy.orm import aliased

from webapp.evaluation.collectors.cut import STATIONED, Cut, by, flag, within
from webapp.org.models import Handover, Posting


def done_in_time(cut: Cut) -> Select[Any]:
    """POS-3: of the hand-overs due in the period, those done by their due date."""
    days = timedelta(days=cut.parameter("tenure.handover_days"))
    is_due = Handover.due_on <= cut.cut_off
    recorded = select(
        Handover.id.label("row_id"),
        Handover.unit_code.label("unit_code"),
        flag(is_due & by(Handover.done_on, cut.cut_off) & (Handover.done_on <= Handover.due_on)).label("n"),
        flag(is_due).label("d"),
        literal(0).label("missing"),
        flag(Handover.due_on > cut.cut_off).label("later"),
    ).where(within(Handover.unit_code), Handover.due_on.between(cut.starts_on, cut.ends_on))
    return _all_rows(recorded, _unrecorded(cut, cut.starts_on - days, cut.cut_off - days))


def signed_before_leaving(cut: Cut) -> Select[Any]:
    """STA-3: of the rotations in the period, those whose hand-over was signed before the predecessor's last day ended."""
    recorded = (
        select(
            Handover.id.label("row_id"),
            Handover.unit_code.label("unit_code"),
            flag(by(Handover.done_on, cut.cut_off) & (Handover.done_on <= Posting.ends_on)).label("n"),
            literal(1).label("d"),
            literal(0).label("missing"),
            literal(0).label("later"),
        )
        .join(Posting, Posting.id == Handover.leaver_posting_id)
        .where(within(Handover.unit_code), Posting.ends_on.between(cut.starts_on, cut.cut_off))
    )
    return _all_rows(recorded, _unrecorded(cut, cut.starts_on, cut.cut_off))


def _unrecorded(cut: Cut, first: date, last: date) -> Select[Any]:
    """Departures without a hand-over record; who stays in the village under a new posting hands nothing over."""
    leaver, again = aliased(Posting), aliased(Posting)
    return select(
        leaver.id.label("row_id"),
        leaver.unit_code.label("unit_code"),
        literal(0).label("n"),
        literal(0).label("d"),
        literal(1).label("missing"),
        literal(0).label("later"),
    ).where(
        within(leaver.unit_code),
        leaver.role.in_(STATIONED),
        leaver.ends_on.between(first, last),
        ~exists().where(Handover.leaver_posting_id == leaver.id),
        ~exists().where(
            again.person_id == leaver.person_id,
            again.unit_code == leaver.unit_code,
            again.role.in_(STATIONED),
            again.starts_on > leaver.starts_on,
            again.starts_on <= cut.cut_off,
        ),
    )


def _all_rows(recorded: Select[Any], unrecorded: Select[Any]) -> Select[Any]:
    return select(union_all(recorded, unrecorded).subquery("handovers"))
