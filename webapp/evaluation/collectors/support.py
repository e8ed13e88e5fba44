"""STA-2: whether those who are stationed have what is owed to them, read from the ledger of support (Z-12).

Counted by person and county, because the items stay with the post from which somebody is moved within the county.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from webapp.evaluation.collectors.cut import STATIONED, Cut, by, flag, within
from webapp.org.models import Posting
from webapp.presence.scopes import COUNTY_LENGTH
from webapp.support.models import SupportItem

KINDS = ("county_funds", "work_funds", "insurance", "health_check")
"""Funds, insurance and yearly health check; what a post is not owed (a member no funds) is not opened for it."""


def support_in_place(cut: Cut) -> Select[Any]:
    """STA-2: of those on post at the cut-off for whom all of this had fallen due, those for whom all was settled.

    What the owner marked as not applicable is not owed. Somebody on post all the period without any item is missing.
    """
    county = _county(SupportItem.unit_code)
    settled = (SupportItem.state == "done") & by(SupportItem.done_on, cut.cut_off)
    people = (
        select(
            func.max(SupportItem.posting_id).label("posting_id"),
            func.max(SupportItem.unit_code).label("unit_code"),
            func.max(SupportItem.due_on).label("due_on"),
            func.sum(flag(~settled)).label("unsettled"),
        )
        .where(
            within(SupportItem.unit_code),
            SupportItem.year == cut.ends_on.year,
            SupportItem.kind.in_(KINDS),
            SupportItem.due_on.is_not(None),
            SupportItem.state != "not_applicable",
            _on_post(SupportItem.person_id, county, cut),
        )
        .group_by(SupportItem.person_id, county)
        .subquery("people")
    )
    is_due = people.c.due_on <= cut.cut_off
    recorded = select(
        people.c.posting_id.label("row_id"),
        people.c.unit_code.label("unit_code"),
        flag(is_due & (people.c.unsettled == 0)).label("n"),
        flag(is_due).label("d"),
        literal(0).label("missing"),
        flag(people.c.due_on > cut.cut_off).label("later"),
    )
    return select(union_all(recorded, _unopened(cut)).subquery("support"))


def _on_post(person_id: InstrumentedAttribute[int], county: ColumnElement[str], cut: Cut) -> ColumnElement[bool]:
    """Whether a person is stationed in a county on the day of the cut-off."""
    post = aliased(Posting)
    return exists().where(
        post.person_id == person_id,
        _county(post.unit_code) == county,
        post.role.in_(STATIONED),
        post.starts_on <= cut.cut_off,
        post.ends_on.is_(None) | (post.ends_on >= cut.cut_off),
    )


def _unopened(cut: Cut) -> Select[Any]:
    """Those on post from the first to the last day of the period for whom the ledger of the year holds nothing."""
    return select(
        Posting.id.label("row_id"),
        Posting.unit_code.label("unit_code"),
        literal(0).label("n"),
        literal(0).label("d"),
        literal(1).label("missing"),
        literal(0).label("later"),
    ).where(
        within(Posting.unit_code),
        Posting.role.in_(STATIONED),
        Posting.starts_on <= cut.starts_on,
        Posting.ends_on.is_(None) | (Posting.ends_on >= cut.ends_on),
        ~exists().where(
            SupportItem.person_id == Posting.person_id,
            SupportItem.year == cut.ends_on.year,
            _county(SupportItem.unit_code) == _county(Posting.unit_code),
        ),
    )


def _county(code: Any) -> ColumnElement[str]:
    return func.substr(code, 1, COUNTY_LENGTH)
