"""委托审批: approvals of an own post pass to a colleague between two days, never in a circle, never to oneself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from webapp import audit, clock
from webapp.access import Viewer, acting_as, viewer_of
from webapp.db import take_turn
from webapp.errors import Conflict, Faulty, Forbidden, NotFound, Refused
from webapp.org.models import Delegation, Person, Posting
from webapp.permissions import ADMINISTRATORS, APPROVALS, ROLE_NAMES
from webapp.words import clean, day_words

KEEPER = Viewer.system("委托登记", "")
AHEAD = timedelta(days=366)
REASON_LENGTH = 200
_TURN = 13
"""The one turn (`take_turn`) of all who delegate."""


@dataclass(frozen=True)
class Choice:
    """One value of a form with its words."""

    value: int
    words: str


def delegate(
    session: Session,
    *,
    posting_id: int,
    to_person_id: int,
    starts_on: date,
    ends_on: date,
    reason: str,
    at: datetime,
) -> Delegation:
    """Pass the approvals of an own posting to a colleague of the same unit; both days are included.

    The same delegation twice is one (a second click). Raises `Faulty` by field, `Forbidden` for a posting of somebody
    else, and `Refused` naming the chain where the approvals would come back to their owner.
    """
    viewer, today = viewer_of(session), clock.day_of(at)
    posting = _own(session, viewer, posting_id, today)
    said = clean(reason)
    faults = _day_faults(starts_on, ends_on, today, posting)
    if not said:
        faults["reason"] = "没有填写委托原因。请补填，例如“外出培训”。"
    elif len(said) > REASON_LENGTH:
        faults["reason"] = f"委托原因超过 {REASON_LENGTH} 字。请删减。"
    if faults:
        raise Faulty(faults)
    if to_person_id == posting.person_id:
        raise Faulty({"to_person": "不能委托给自己。请选择本单位其他同志。"})
    with acting_as(session, KEEPER):
        # A circle can close over people whom two delegations do not share: they are made one after the other.
        take_turn(session, _TURN)
        _check_colleague(session, posting, to_person_id, starts_on, ends_on)
        known = _overlapping(session, posting.id, starts_on, ends_on)
        chain = _way_back(session, to_person_id, posting.person_id, starts_on, ends_on)
        named = _names(session, [posting.person_id, *chain])
    for one in known:
        if (one.to_person_id, one.starts_on, one.ends_on, one.reason) == (to_person_id, starts_on, ends_on, said):
            return one
    if known:
        raise Conflict(
            f"{day_words(known[0].starts_on)}至{day_words(known[0].ends_on)}的审批已经委托给他人。请先收回，或改选日期。"
        )
    if chain:
        raise Refused(f"这样委托会形成循环：{'→'.join(named)}。请改选受托人，或请其中一位先收回委托。")
    row = Delegation(
        unit_code=posting.unit_code,
        posting_id=posting.id,
        to_person_id=to_person_id,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=said,
        made_at=at,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        "delegation.make",
        "delegation",
        row.id,
        unit_code=row.unit_code,
        after={"to": to_person_id, "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()},
        reason=said,
    )
    return row


def revoke(session: Session, delegation_id: int, *, at: datetime) -> Delegation:
    """Take an own delegation back from this moment on; once is enough. Raises `NotFound`, `Forbidden`, `Refused`."""
    row = session.scalar(select(Delegation).where(Delegation.id == delegation_id).with_for_update())
    if row is None:
        raise NotFound()
    owner = session.scalar(select(Posting.person_id).where(Posting.id == row.posting_id))
    if owner != viewer_of(session).person_id:
        raise Forbidden("只有委托人可以收回委托。请与委托人联系。")
    if row.revoked_at is None:
        if row.ends_on < clock.day_of(at):
            raise Refused(f"委托已于{day_words(row.ends_on)}到期，不需要收回。")
        row.revoked_at = at
        session.flush()
        audit.record(session, "delegation.revoke", "delegation", row.id, unit_code=row.unit_code)
    return row


def listed(viewer: Viewer) -> Select[tuple[Delegation]]:
    """Delegations that one has made or received, the latest first."""
    mine = or_(Posting.person_id == viewer.person_id, Delegation.to_person_id == viewer.person_id)
    return (
        select(Delegation)
        .join(Posting, Posting.id == Delegation.posting_id)
        .where(mine)
        .options(
            joinedload(Delegation.posting).joinedload(Posting.person),
            joinedload(Delegation.posting).joinedload(Posting.division),
            joinedload(Delegation.to_person),
        )
        .order_by(Delegation.starts_on.desc(), Delegation.id.desc())
    )


def own_postings(session: Session, viewer: Viewer) -> list[Choice]:
    """Own posts of today whose approvals can be delegated."""
    ids = [g.posting_id for g in viewer.grants if g.on_behalf_of is None and g.permissions & APPROVALS]
    statement = select(Posting).where(Posting.id.in_(ids)).options(joinedload(Posting.division)).order_by(Posting.id)
    return [Choice(one.id, f"{one.division.name}{ROLE_NAMES[one.role]}") for one in session.scalars(statement)]


def colleagues(session: Session, viewer: Viewer, today: date) -> list[Choice]:
    """People with a post in the units of one's own posts who may decide in another's place, by unit and name."""
    keeper = aliased(Posting)
    apart = select(keeper.person_id).where(
        keeper.role.in_(ADMINISTRATORS), keeper.ends_on.is_(None) | (keeper.ends_on >= today)
    )
    units = {g.unit_code for g in viewer.grants if g.on_behalf_of is None and g.permissions & APPROVALS}
    statement = (
        select(Posting)
        .where(
            Posting.unit_code.in_(units),
            Posting.person_id != viewer.person_id,
            Posting.person_id.not_in(apart),
            Posting.ends_on.is_(None) | (Posting.ends_on >= today),
        )
        .options(joinedload(Posting.person), joinedload(Posting.division))
        .order_by(Posting.unit_code, Posting.person_id)
    )
    found = {one.person_id: one for one in session.scalars(statement)}
    return [
        Choice(one.person_id, f"{one.person.name}（{one.division.name}{ROLE_NAMES[one.role]}）")
        for one in sorted(found.values(), key=lambda post: (post.unit_code, post.person.name, post.person_id))
    ]


def _own(session: Session, viewer: Viewer, posting_id: int, today: date) -> Posting:
    posting = session.scalar(select(Posting).where(Posting.id == posting_id))
    if posting is None:
        raise NotFound()
    grant = next((g for g in viewer.grants if g.posting_id == posting_id and g.on_behalf_of is None), None)
    if posting.person_id != viewer.person_id or grant is None or not posting.covers(today):
        raise Forbidden("只能委托本人现任岗位的审批。请从列出的岗位中选择。")
    if not grant.permissions & APPROVALS:
        raise Refused("这个岗位没有可以委托的审批事项。请选择其他岗位。")
    return posting


def _day_faults(starts_on: date, ends_on: date, today: date, posting: Posting) -> dict[str, str]:
    if starts_on < today:
        return {"starts_on": "开始日期早于今天。请改为今天或以后的日期。"}
    if ends_on < starts_on:
        return {"ends_on": "结束日期早于开始日期。请改正。"}
    if ends_on > today + AHEAD:
        return {"ends_on": "委托最长一年。请改为一年以内的日期。"}
    if posting.ends_on is not None and ends_on > posting.ends_on:
        return {"ends_on": f"本人任职到{day_words(posting.ends_on)}为止。请改为这一天或更早的日期。"}
    return {}


def _check_colleague(session: Session, posting: Posting, person_id: int, starts_on: date, ends_on: date) -> None:
    """The receiver holds a post in the same unit on every day of the delegation, and none that must stay apart."""
    held = (
        select(Posting.id)
        .where(
            Posting.person_id == person_id,
            Posting.unit_code == posting.unit_code,
            Posting.starts_on <= starts_on,
            Posting.ends_on.is_(None) | (Posting.ends_on >= ends_on),
        )
        .limit(1)
    )
    if session.scalar(held) is None:
        raise Faulty({"to_person": "受托人在委托期间不在本单位任职。请选择本单位在职同志，或改选日期。"})
    apart = (
        select(Posting.id)
        .where(
            Posting.person_id == person_id,
            Posting.role.in_(ADMINISTRATORS),
            Posting.starts_on <= ends_on,
            Posting.ends_on.is_(None) | (Posting.ends_on >= starts_on),
        )
        .limit(1)
    )
    if session.scalar(apart) is not None:
        raise Faulty({"to_person": "系统、安全和审计管理员不能受托审批。请选择其他同志。"})


def _overlapping(session: Session, posting_id: int, starts_on: date, ends_on: date) -> Sequence[Delegation]:
    statement = select(Delegation).where(
        Delegation.posting_id == posting_id,
        Delegation.revoked_at.is_(None),
        Delegation.starts_on <= ends_on,
        Delegation.ends_on >= starts_on,
    )
    return session.scalars(statement.order_by(Delegation.id)).all()


def _way_back(session: Session, start: int, owner: int, starts_on: date, ends_on: date) -> list[int]:
    """People from the receiver back to the owner along delegations that overlap the days; [] where no way leads back."""
    post = aliased(Posting)
    statement = (
        select(post.person_id, Delegation.to_person_id)
        .join(post, post.id == Delegation.posting_id)
        .where(
            Delegation.revoked_at.is_(None),
            Delegation.starts_on <= ends_on,
            Delegation.ends_on >= starts_on,
        )
    )
    onward: dict[int, list[int]] = {}
    for giver, receiver in session.execute(statement.order_by(Delegation.id)):
        onward.setdefault(giver, []).append(receiver)
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == owner:
            return way
        for receiver in onward.get(way[-1], ()):
            if receiver not in seen:
                seen.add(receiver)
                ways.append([*way, receiver])
    return []


def _names(session: Session, person_ids: Sequence[int]) -> list[str]:
    found = dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids))).tuples().all())
    return [found[one] for one in person_ids]
