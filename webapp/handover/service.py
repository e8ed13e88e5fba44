"""Acts on a hand-over sheet: rows are typed, the list is handed in, the successor accepts line by line (Z-18).

What the system knows is never typed: it stands on the sheet as it is on the day the list is handed in. A sheet that is
not accepted in time passes by itself and says so. Nothing of it is a score of anybody (Z-17).
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp import audit, clock
from webapp.access import Viewer, acting_as, viewer_of
from webapp.errors import AlreadySent, Conflict, Faulty, Forbidden, NotFound, Refused
from webapp.handover.concerning import found_for
from webapp.handover.models import TYPED, HandoverLine
from webapp.handover.people import with_people
from webapp.handover.sources import Found
from webapp.notices.service import notify
from webapp.org.models import Handover
from webapp.private_numbers import faults_in, refuse_in
from webapp.words import clean, day_words

LIMITS = {"title": 200, "detail": 1000}
NOTE_LIMIT = 300
LINES_AT_MOST = 300
WRITE, APPOINT = "handover.write", "posting.write"


def add_line(
    session: Session, handover_id: int, *, form_id: str, kind: str, title: str, detail: str, at: datetime
) -> HandoverLine:
    """Put a typed row on the sheet; the same form sent twice puts it there once.

    Raises `Faulty`, `Conflict`, `Forbidden`, and `AlreadySent` for a form that comes again with other words.
    """
    row = _locked(session, handover_id)
    _refuse_strangers(session, row)
    known = session.scalar(
        select(HandoverLine).where(HandoverLine.handover_id == row.id, HandoverLine.source == form_id)
    )
    said = {"title": clean(title), "detail": clean(detail)}
    if known is not None:
        if (known.kind, known.title, known.detail or "") == (kind, said["title"], said["detail"]):
            return known
        raise AlreadySent(
            f"这一页已加入过一项（{TYPED[known.kind]}：{known.title}），这次填写的与它不同，清单没有改动。"
            "要改那一项，请先在清单上删去；要另加一项，核对后再次提交。",
            f"/handover/{row.id}",
        )
    _refuse_over(row)
    faults = {} if kind in TYPED else {"kind": "没有选择类别。请从列出的类别中选一个。"}
    if not said["title"]:
        faults["title"] = "没有填写交接事项。请写明交接什么。"
    faults |= {
        field: f"超过 {limit} 字，现有 {len(said[field])} 字。请删减。"
        for field, limit in LIMITS.items()
        if len(said[field]) > limit
    }
    faults |= faults_in([("title", "交接事项", said["title"]), ("detail", "说明", said["detail"])])
    if faults:
        raise Faulty(faults)
    if len(lines_of(session, row)) >= LINES_AT_MOST:
        raise Refused(f"清单已有 {LINES_AT_MOST} 项，不能再加。请把同类事项合并成一项。")
    line = HandoverLine(
        handover_id=row.id,
        unit_code=row.unit_code,
        kind=kind,
        source=form_id,
        title=said["title"],
        detail=said["detail"] or None,
        added_by_id=viewer_of(session).person_id,
    )
    _write(session, row, line)
    return line


def remove_line(session: Session, handover_id: int, line_id: int) -> None:
    """Take a typed row off the sheet while nobody has accepted it; twice changes nothing."""
    row = _locked(session, handover_id)
    _refuse_strangers(session, row)
    line = session.get(HandoverLine, line_id)
    if line is None:
        return
    if line.handover_id != row.id or line.kind not in TYPED:
        raise NotFound()
    if line.state != "open":
        raise Conflict("这一项已经接收，不能再删去。请刷新页面核对。")
    _refuse_over(row)
    with _keeping(session, row):
        session.delete(line)
    audit.record(
        session, "handover.line_remove", "handover", row.id, unit_code=row.unit_code, before={"title": line.title}
    )


def hand_in(session: Session, handover_id: int, *, at: datetime) -> Handover:
    """Hand the list in: what is open today stands on it from now on; the successor is told. Twice changes nothing."""
    row = _locked(session, handover_id)
    _refuse_strangers(session, row)
    if row.listed_on is not None:
        return row
    _refuse_over(row)
    _take_down(session, row)
    with _keeping(session, row):
        row.listed_on = clock.day_of(at)
    _record(session, row, "handover.hand_in", {"lines": len(lines_of(session, row))})
    _tell(session, row, "listed", "交接清单已提交", f"请于{day_words(row.due_on)}前逐项接收。", at)
    return row


def accept(
    session: Session, handover_id: int, line_ids: Collection[int], notes: Mapping[int, str], *, at: datetime
) -> Handover:
    """The successor accepts the named lines; with the last one the hand-over is done. Accepting twice changes nothing.
    A list that was handed in with nothing on it is accepted as it is.

    Raises `Refused` when nothing is named, `Conflict` when the list is not handed in or the hand-over is over.
    """
    row = _locked(session, handover_id)
    if not is_successor(session, row):
        raise Forbidden("交接事项由接任人员逐项接收，您不能代为接收。")
    wanted = set(line_ids)
    everything = lines_of(session, row)
    lines = [line for line in everything if line.id in wanted]
    empty = row.listed_on is not None and not everything
    if not wanted and not empty:
        raise Refused("没有勾选要接收的事项。请先核对并勾选，再提交。")
    if len(lines) != len(wanted):
        raise NotFound()
    waiting = [line for line in lines if line.state == "open"]
    if not waiting and (not empty or row.done_on is not None):
        return row
    if row.listed_on is None:
        raise Conflict("离任人员还没有提交交接清单。提交后再逐项接收。")
    _refuse_over(row)
    said = {line.id: clean(notes.get(line.id, "")) for line in waiting}
    if any(len(note) > NOTE_LIMIT for note in said.values()):
        raise Refused(f"接收说明超过 {NOTE_LIMIT} 字。请删减。")
    for note in said.values():
        refuse_in(note, "接收说明")
    person_id = viewer_of(session).person_id
    with _keeping(session, row):
        for line in waiting:
            line.state, line.accepted_at, line.accepted_by_id = "accepted", at, person_id
            line.note = said[line.id] or None
    _record(session, row, "handover.accept", {"lines": len(waiting)})
    if all(line.state == "accepted" for line in lines_of(session, row)):
        with _keeping(session, row):
            row.done_on = clock.day_of(at)
        _record(session, row, "handover.done", {"done_on": row.done_on.isoformat(), "due_on": row.due_on.isoformat()})
        _tell(session, row, "done", "工作交接已完成", "各项均已接收，清单双方都可随时查看。", at)
    session.flush()
    return row


def pass_overdue(session: Session, at: datetime) -> int:
    """Let sheets that nobody accepted by their deadline pass by themselves, marked so; how many. For the scheduler."""
    today = clock.day_of(at)
    late = select(Handover).where(Handover.done_on.is_(None), Handover.passed_on.is_(None), Handover.due_on < today)
    rows = list(session.scalars(late.order_by(Handover.id).with_for_update()))
    for row in rows:
        if row.listed_on is None:
            _take_down(session, row)
        for line in lines_of(session, row):
            if line.state == "open":
                line.state = "passed"
        row.passed_on = today
        session.flush()
        _record(session, row, "handover.pass", {"due_on": row.due_on.isoformat()})
        _tell(session, row, "passed", "交接到期自行移交", "期限内没有全部接收，未接收的事项已标明“到期自行移交”。", at)
    return len(rows)


def lines_of(session: Session, row: Handover) -> list[HandoverLine]:
    """The rows of a sheet: what was found first, by kind and deadline, then what was typed, in order."""
    statement = select(HandoverLine).where(HandoverLine.handover_id == row.id).order_by(HandoverLine.id)
    with _keeping(session, row):
        lines = session.scalars(statement.options(joinedload(HandoverLine.accepted_by))).all()
    return sorted(lines, key=lambda line: (line.kind in TYPED, line.id))


def is_leaver(viewer: Viewer, row: Handover) -> bool:
    """Whether the viewer leaves the post."""
    return viewer.person_id is not None and row.leaver.person_id == viewer.person_id


def is_successor(session: Session, row: Handover) -> bool:
    """Whether the viewer takes over: the successor, and for a team member without one the first secretary of the day."""
    viewer = viewer_of(session)
    if row.successor is not None:
        return viewer.person_id is not None and row.successor.person_id == viewer.person_id
    leads = any(one.role == "first_secretary" and one.unit_code == row.unit_code for one in viewer.grants)
    return leads and row.leaver.role != "first_secretary" and not is_leaver(viewer, row)


def may_write(viewer: Viewer, row: Handover) -> bool:
    """Whether the viewer writes the list: the leaver, or in the place of one who is gone the desk that arranges posts."""
    return is_leaver(viewer, row) or any(row.unit_code.startswith(unit) for unit in viewer.units_with(APPOINT))


def _refuse_strangers(session: Session, row: Handover) -> None:
    if not may_write(viewer_of(session), row):
        raise Forbidden("交接清单由离任人员填写，离任人员已离岗的由县级经办代填。您可以查看，不能填写。")


def _refuse_over(row: Handover) -> None:
    if row.done_on is not None:
        raise Conflict("这次交接已经完成，清单不能再改。")
    if row.passed_on is not None:
        raise Conflict(f"这次交接已于{day_words(row.passed_on)}到期自行移交，清单不能再改。")


def _locked(session: Session, handover_id: int) -> Handover:
    row = session.scalar(
        select(Handover).where(Handover.id == handover_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound()
    return with_people(session, [row])[0]


def found_now(session: Session, row: Handover) -> list[Found]:
    """What the system finds for a sheet that is not handed in, also for a leaver whose scope has ended."""
    with _keeping(session, row):
        return found_for(session, row)


def _take_down(session: Session, row: Handover) -> None:
    """Write what the system finds onto the sheet."""
    with _keeping(session, row):
        for one in found_now(session, row):
            session.add(HandoverLine(handover_id=row.id, unit_code=row.unit_code, **vars(one)))


def _write(session: Session, row: Handover, line: HandoverLine) -> None:
    with _keeping(session, row):
        session.add(line)
    after = {"title": line.title}
    audit.record(session, "handover.line_add", "handover", row.id, unit_code=row.unit_code, after=after)


def _keeping(session: Session, row: Handover):  # type: ignore[no-untyped-def]
    """Who keeps the sheet may lie outside its village by now: what was judged above is written for the village."""
    return acting_as(session, Viewer.system("工作交接", row.unit_code))


def _record(session: Session, row: Handover, action: str, after: dict[str, object]) -> None:
    audit.record(session, action, "handover", row.id, unit_code=row.unit_code, after=after)


def _tell(session: Session, row: Handover, what: str, subject: str, body: str, at: datetime) -> None:
    people = {post.person_id for post in (row.leaver, row.successor) if post is not None}
    for person_id in sorted(people - {viewer_of(session).person_id}):
        notify(
            session,
            person_id,
            f"handover:{row.id}:{what}:{person_id}",
            f"{subject}：{row.division.name}",
            f"{row.division.name}{row.leaver.person.name}离任交接：{body}",
            f"/handover/{row.id}",
            at,
        )
