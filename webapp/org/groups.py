"""Saved groups of units (key villages, relocation sites, any other): made once, chosen as targets many times."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from webapp import audit, clock
from webapp.access import below, insert_rows, viewer_of
from webapp.errors import Conflict, Faulty, Forbidden, NotFound
from webapp.org.codes import full
from webapp.org.group_models import UnitGroup, UnitGroupMember
from webapp.org.queries import with_names
from webapp.org.units import by_codes, named
from webapp.spreadsheets import Row
from webapp.words import clean

LIMITS = {"name": 60, "source": 120}
NAMES = {"name": "分组名称", "source": "依据文件"}


@dataclass(frozen=True)
class Wanted:
    """What a group is to be: whose, its name, the document that names its members, and their codes."""

    unit_code: str
    name: str
    source: str
    codes: tuple[str, ...]


def listed() -> Select[tuple[UnitGroup]]:
    """The groups in scope, by owner and name."""
    return select(UnitGroup).order_by(UnitGroup.unit_code, UnitGroup.name)


HEADINGS = ("分组", "所属单位", "区划代码", "单位数", "依据文件", "更新日期")


def group_rows(session: Session, rows: Iterable[UnitGroup]) -> Iterator[Row]:
    """One row a group, for a spreadsheet; a county has some dozens."""
    held = list(rows)
    number = sizes(session, [row.id for row in held])
    for row, owner in with_names(session, held, lambda one: one.unit_code):
        day = clock.day_of(row.changed_at)
        yield row.name, owner, full(row.unit_code), number.get(row.id, 0), row.source, day


def sized(root: str) -> Select[tuple[UnitGroup, int]]:
    """The groups in scope with how many of their units lie below one unit, by owner and name."""
    inside = below(UnitGroupMember.member_code, root) & (UnitGroupMember.member_code != root)
    number = func.count(UnitGroupMember.id)
    joined = select(UnitGroup, number).join(UnitGroupMember, (UnitGroupMember.group_id == UnitGroup.id) & inside)
    return joined.group_by(UnitGroup.id).order_by(UnitGroup.unit_code, UnitGroup.name)


def find(session: Session, group_id: int) -> UnitGroup | None:
    """A group in scope by its id."""
    return session.scalar(select(UnitGroup).where(UnitGroup.id == group_id))


def _locked(session: Session, group_id: int) -> UnitGroup | None:
    """The same, so that of two who change it at once one waits for the other."""
    statement = select(UnitGroup).where(UnitGroup.id == group_id).with_for_update()
    return session.scalar(statement.execution_options(populate_existing=True))


def named_group(session: Session, unit_code: str, name: str) -> UnitGroup | None:
    """A unit's group of a name."""
    return session.scalar(select(UnitGroup).where(UnitGroup.unit_code == unit_code, UnitGroup.name == name))


def members(session: Session, group_id: int) -> list[str]:
    """Codes of a group's units, in code order."""
    statement = select(UnitGroupMember.member_code).where(UnitGroupMember.group_id == group_id)
    return list(session.scalars(statement.order_by(UnitGroupMember.member_code)))


def sizes(session: Session, group_ids: Collection[int]) -> dict[int, int]:
    """How many units each group has."""
    statement = (
        select(UnitGroupMember.group_id, func.count())
        .where(UnitGroupMember.group_id.in_(group_ids))
        .group_by(UnitGroupMember.group_id)
    )
    return dict(session.execute(statement).tuples().all())


def stamp_of(row: UnitGroup) -> str:
    """When a group was changed last, as a form holds it to tell whether somebody changed it since."""
    return row.changed_at.isoformat()


def save(
    session: Session, wanted: Wanted, at: datetime, *, group_id: int | None = None, seen: str | None = None
) -> UnitGroup:
    """Make a group, or give the one of `group_id` its new content.

    `seen` is the stamp of the group that the form was filled from. Raises `Faulty`, `NotFound`, and `Conflict` where
    the name is taken or somebody changed the group since.
    """
    _check_owner(session, wanted.unit_code)
    faults = _faults(session, wanted, at)
    if faults:
        raise Faulty(faults)
    row = _locked(session, group_id) if group_id is not None else None
    if group_id is not None and (row is None or row.unit_code != wanted.unit_code):
        raise NotFound()
    if row is not None and seen is not None and seen != stamp_of(row):
        raise Conflict("这个分组在您填写期间已由他人修改，现有单位列在上面。您填写的内容仍在，请核对后再保存。")
    same = named_group(session, wanted.unit_code, wanted.name)
    if same is not None and same is not row:
        raise Conflict(f"本单位已有名为“{wanted.name}”的分组。请换一个名称，或修改原来的分组。")
    before = len(members(session, row.id)) if row is not None else None
    if row is None:
        row = UnitGroup(unit_code=wanted.unit_code, name=wanted.name, changed_at=at)
        session.add(row)
    row.name, row.source, row.changed_at = wanted.name, wanted.source or None, at
    session.flush()
    _put(session, row, wanted.codes)
    audit.record(
        session,
        "group.save",
        "unit_group",
        row.id,
        unit_code=row.unit_code,
        before=None if before is None else {"members": before},
        after={"name": row.name, "members": len(set(wanted.codes))},
    )
    session.flush()
    return row


def remove(session: Session, group_id: int) -> str:
    """Delete a group; tasks issued to its units stay as they are. Gives its name. Raises `NotFound`."""
    row = find(session, group_id)
    if row is None:
        raise NotFound()
    _check_owner(session, row.unit_code)
    audit.record(session, "group.remove", "unit_group", row.id, unit_code=row.unit_code, before={"name": row.name})
    session.delete(row)
    session.flush()
    return row.name


def _put(session: Session, row: UnitGroup, codes: Sequence[str]) -> None:
    """Leave exactly these members."""
    wanted = set(codes)
    for member in list(row.members):
        if member.member_code not in wanted:
            row.members.remove(member)
    held = {member.member_code for member in row.members}
    session.flush()
    insert_rows(
        session,
        UnitGroupMember,
        [{"group_id": row.id, "unit_code": row.unit_code, "member_code": code} for code in sorted(wanted - held)],
    )
    session.expire(row, ["members"])


def _check_owner(session: Session, unit_code: str) -> None:
    """Only who issues for a unit keeps its groups; parts of the system import them."""
    viewer = viewer_of(session)
    if viewer.kind != "system" and unit_code not in viewer.units_with("group.write"):
        raise Forbidden("这个分组属于其他单位，您现任岗位不能改动。请与该单位经办人联系。")


def _faults(session: Session, wanted: Wanted, at: datetime) -> dict[str, str]:
    faults = {}
    if not clean(wanted.name):
        faults["name"] = "没有填写分组名称。请补填。"
    for field, limit in LIMITS.items():
        typed = getattr(wanted, field)
        if len(typed) > limit:
            faults[field] = f"{NAMES[field]}超过 {limit} 字，现有 {len(typed)} 字。请删减。"
    outside = [code for code in wanted.codes if not code.startswith(wanted.unit_code) or code == wanted.unit_code]
    found = by_codes(session, wanted.codes)
    known = {division.code for division in found}
    missing = [code for code in wanted.codes if code not in known]
    today = clock.day_of(at)
    closed = [d.name for d in found if d.valid_to is not None and d.valid_to < today]
    if not wanted.codes:
        faults["members"] = "分组里没有单位。请至少填写一个单位。"
    elif outside:
        faults["members"] = f"代码 {named(outside)} 不在本单位的下级范围内。请去掉。"
    elif missing:
        faults["members"] = f"没有代码为 {named(missing)} 的单位。请核对。"
    elif closed:
        faults["members"] = f"{named(closed)}的区划已撤销。请改为承接单位。"
    return faults
