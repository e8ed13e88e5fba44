"""留言 on an assignment: kept, correctable by the author, with mentions of people who may read it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from webapp import audit, clock
from webapp.access import Viewer, acting_as, viewer_of
from webapp.accountability.models import Assignment
from webapp.accountability.parties import posted
from webapp.accountability.queries import bare
from webapp.accountability.remark_models import Remark, RemarkVersion, TaskWatch
from webapp.accountability.rules import required
from webapp.accountability.watching import READING, readers, say, watch, watch_key, watchers
from webapp.errors import Conflict, Forbidden, NotFound
from webapp.org.models import Person
from webapp.org.queries import names

LIMIT = 500
_NAMED = re.compile(r"@([\u4e00-\u9fff·]{1,10}(?:（[\u4e00-\u9fff]{1,8}）)?)")
_ADDED = re.compile(r"[（(].*$")
"""What is put behind a name to tell people apart: "张三（演示）"."""


@dataclass(frozen=True)
class Mentionable:
    """Somebody in post at one of the assignment's units who may read it."""

    person_id: int
    name: str
    unit: str


@dataclass(frozen=True)
class Said:
    """A remark that was kept, and what its author must know of names in it that told nobody."""

    remark: Remark
    notes: tuple[str, ...] = ()


def of_assignment(assignment_id: int) -> Select[tuple[Remark]]:
    """Its remarks, newest first, with their earlier wordings."""
    statement = select(Remark).where(Remark.assignment_id == assignment_id).options(selectinload(Remark.earlier))
    return statement.order_by(Remark.id.desc())


def beside(session: Session, person_id: int, row: Assignment) -> tuple[int, bool, bool]:
    """How many remarks an assignment has, and whether a person watches it and its whole task; asked in one."""
    own, whole = (
        select(TaskWatch.id).where(TaskWatch.key == watch_key(person_id, row.task_id, of)).exists()
        for of in (row.id, None)
    )
    number = select(func.count(Remark.id)).where(Remark.assignment_id == row.id).scalar_subquery()
    said, watches, watches_task = session.execute(select(number, own, whole)).one()
    return said, bool(watches), bool(watches_task)


def mentionable(session: Session, row: Assignment, on: date) -> list[Mentionable]:
    """Who may be named: those in post at the answering unit and the units that handed the task down, in code order."""
    units = {row.unit_code, row.issuer_code, row.task.issuer_code}
    people = posted(session, units, on, root=min(units, key=len))
    at_unit = {unit: people.with_permission(READING, unit) for unit in sorted(units)}
    able = readers(session, row, {person for found in at_unit.values() for person in found}, on)
    with acting_as(session, Viewer.system("留言", "")):
        named = dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(able))).tuples().all())
    unit_names = names(session, units)
    first: dict[int, Mentionable] = {}
    for unit, found in at_unit.items():
        for person_id in found:
            if person_id in named and person_id not in first:
                first[person_id] = Mentionable(person_id, named[person_id], unit_names.get(unit, unit))
    return list(first.values())


def write(
    session: Session, assignment_id: int, *, request_id: str, text: str, chosen: Collection[int], at: datetime
) -> Said:
    """Keep a remark and tell the people it names and those who watch. A second send of the same form changes nothing."""
    row = bare(session, assignment_id)
    said = required(text, "留言", LIMIT)
    viewer = viewer_of(session)
    sent = session.scalar(select(Remark).where(Remark.request_id == request_id))
    if sent is not None and sent.person_id == viewer.person_id:
        return Said(sent)
    named, notes = _named(session, row, said, chosen, at)
    unit = next(prefix for prefix in viewer.prefixes if row.unit_code.startswith(prefix))
    remark = Remark(
        request_id=request_id,
        assignment_id=row.id,
        unit_code=row.unit_code,
        person_id=viewer.person_id,
        author_name=viewer.name,
        author_unit=names(session, [unit]).get(unit, "全国"),
        text=said,
        mentioned=[{"id": one.person_id, "name": one.name} for one in named],
        at=at,
    )
    session.add(remark)
    session.flush()
    audit.record(session, "remark.write", "remark", remark.id, unit_code=row.unit_code)
    _tell(session, row, remark, {one.person_id for one in named}, at)
    others = watchers(session, row, clock.day_of(at)) - {viewer.person_id, *(one.person_id for one in named)}
    say(
        session,
        others,
        row,
        f"watch:remark:{remark.id}",
        "有新留言",
        f"您关注的任务有新留言：{remark.author_name}：{said}",
        at,
    )
    return Said(remark, notes)


def correct(
    session: Session,
    assignment_id: int,
    remark_id: int,
    *,
    text: str,
    chosen: Collection[int],
    version: int | None,
    at: datetime,
) -> Said:
    """Change the wording of one's own remark; the earlier wording stays to be read. Tells people newly named.

    Raises `NotFound`, `Forbidden` for another's remark, and `Conflict` when it was corrected since the page was opened.
    """
    row = bare(session, assignment_id)
    remark = session.scalar(select(Remark).where(Remark.id == remark_id, Remark.assignment_id == row.id))
    if remark is None:
        raise NotFound("没有找到这条留言。请返回任务页面重新选择。")
    if remark.person_id != viewer_of(session).person_id:
        raise Forbidden("只有留言人本人可以更正。需要补充的，请另写一条留言。")
    said = required(text, "留言", LIMIT)
    if version != remark.version:
        if said == remark.text:
            return Said(remark)  # a second click
        raise Conflict("这条留言已在别处更正过，本次更正没有保存。请看过现在的文字后再更正。")
    before = {one["id"] for one in remark.mentioned}
    named, notes = _named(session, row, said, chosen, at)
    kept = {"remark_id": remark.id, "unit_code": remark.unit_code, "version": remark.version}
    session.add(RemarkVersion(**kept, text=remark.text, at=remark.corrected_at or remark.at))
    remark.text, remark.corrected_at = said, at
    remark.mentioned = [{"id": one.person_id, "name": one.name} for one in named]
    session.flush()
    audit.record(session, "remark.correct", "remark", remark.id, unit_code=row.unit_code)
    _tell(session, row, remark, {one.person_id for one in named} - before, at)
    return Said(remark, notes)


def _tell(session: Session, row: Assignment, remark: Remark, people: set[int], at: datetime) -> None:
    """People who are named hear of it, and of what happens to the assignment from now on."""
    for person_id in people - {remark.person_id}:
        watch(session, person_id, row.task, row, at)
    body = f"{remark.author_name}在留言中提到您：{remark.text}"
    say(session, people - {remark.person_id}, row, f"remark:{remark.id}", "的留言提到您", body, at)


def _fitting(able: Collection[Mentionable], word: str) -> list[Mentionable]:
    """Who may be meant by what stands behind an "@": the longest name it begins with, as it is shown or without what is
    put behind it: "张三" names "张三（演示）", too."""
    for name_of in (lambda one: one.name, lambda one: _ADDED.sub("", one.name)):
        fitting = [one for one in able if word.startswith(name_of(one))]
        longest = max((len(name_of(one)) for one in fitting), default=0)
        if fitting:
            return [one for one in fitting if len(name_of(one)) == longest]
    return []


def _named(
    session: Session, row: Assignment, text: str, chosen: Collection[int], at: datetime
) -> tuple[list[Mentionable], tuple[str, ...]]:
    """Those chosen from the list and those whose "@姓名" is clear; and a sentence for each name that is not."""
    able = mentionable(session, row, clock.day_of(at))
    named = {one.person_id: one for one in able if one.person_id in chosen}
    notes: list[str] = []
    for word in dict.fromkeys(_NAMED.findall(text)):
        fitting = _fitting(able, word)
        if not fitting:
            notes.append(f"没有找到“@{_ADDED.sub('', word)[:4]}”，未通知。可以提及的是名单中在岗的同志，请更正留言。")
        elif len(fitting) == 1:
            named[fitting[0].person_id] = fitting[0]
        elif not any(one.person_id in named for one in fitting):
            notes.append(f"有 {len(fitting)} 位同志叫“{fitting[0].name}”，未通知。请更正留言，并在名单中选定。")
    return list(named.values()), tuple(notes)
