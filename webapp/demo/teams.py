"""Life of some postings, a training, meetings and one recall in the demo; everything lies in the closed months."""

import uuid
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from webapp.clock import CHINA
from webapp.demo.people import SPRING, Staff
from webapp.demo.places import COUNTY, Places
from webapp.org.models import Posting
from webapp.org.rules import STATIONED
from webapp.teams.event_models import TeamEvent, TeamEventPosting
from webapp.teams.models import PostingStep, Recall, RecallStep
from webapp.teams.selecting import CHECKS

DESK = "福贡县委组织部（演示）"
_SPACE = uuid.UUID("5f8a0c52-6d54-4a7e-9b54-0d2f5f1c7a10")


def add(session: Session, staff: Staff, places: Places) -> None:
    """Successors of the spring rotation were selected and arrived; some terms were extended by a document."""
    first = places.townships[0]
    stationed = [one for unit in places.designated for one in staff.by_unit[unit] if one.role in STATIONED]
    for post in stationed:
        if post.role == "first_secretary" and post.starts_on >= SPRING - timedelta(days=7):
            decided = post.starts_on - timedelta(days=10)
            _step(session, post, "select", decided, confirmed=sorted(CHECKS), document_no=post.document_no)
            _step(session, post, "arrive", post.starts_on)
        elif post.ends_on is None and not post.unit_code.startswith(first):
            until = post.starts_on.replace(year=post.starts_on.year + 3) - timedelta(days=1)
            _step(session, post, "extend", until, date(2026, 3, 26), document_no="演示〔2026〕12号")
    here = [post for post in stationed if post.covers(date(2026, 4, 21))]
    _event(
        session,
        "training",
        COUNTY,
        date(2026, 4, 21),
        "驻村工作业务培训（演示）",
        "演示〔2026〕15号",
        here[: len(here) * 2 // 3],
    )
    for day in (date(2026, 8, 7), date(2026, 9, 4), date(2026, 10, 9)):
        own = [post for post in stationed if post.unit_code.startswith(first) and post.covers(day)]
        _event(session, "meeting", first, day, f"{day.month}月驻村工作例会（演示）", None, own)
    tried = next(post for post in stationed if post.role == "team_member" and post.ends_on is None)
    _recall(session, tried, places.names[tried.unit_code[:9]])
    session.flush()


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, 0, tzinfo=CHINA)


def _step(
    session: Session,
    post: Posting,
    kind: str,
    day: date,
    on: date | None = None,
    *,
    confirmed: list[str] | None = None,
    document_no: str | None = None,
) -> None:
    session.add(
        PostingStep(
            posting_id=post.id,
            person_id=post.person_id,
            unit_code=post.unit_code,
            kind=kind,
            day=day,
            document_no=document_no,
            confirmed=confirmed or [],
            at=_at(on or day),
            actor_name=DESK,
            actor_unit=COUNTY,
        )
    )


def _event(
    session: Session, kind: str, unit: str, day: date, subject: str, document_no: str | None, people: list[Posting]
) -> None:
    row = TeamEvent(
        form_id=str(uuid.uuid5(_SPACE, f"{kind}:{day}")),
        unit_code=unit,
        kind=kind,
        held_on=day,
        subject=subject,
        document_no=document_no,
        entered_by_name=DESK,
        entered_at=_at(day),
    )
    session.add(row)
    session.flush()
    session.add_all(
        TeamEventPosting(event_id=row.id, posting_id=one.id, person_id=one.person_id, unit_code=one.unit_code)
        for one in people
    )


def _recall(session: Session, post: Posting, township: str) -> None:
    """One proposal that the county declined: nobody of the demo is recalled."""
    row = Recall(
        form_id=str(uuid.uuid5(_SPACE, "recall")),
        posting_id=post.id,
        unit_code=post.unit_code,
        sending_unit_id=post.sending_unit_id,
        person_name=post.person.name,
        role=post.role,
        ground="unable",
        state="declined",
        changed_at=_at(date(2026, 7, 8)),
    )
    session.add(row)
    session.flush()
    said = (
        ("propose", date(2026, 6, 29), "演示〔2026〕21号", "对产业项目不熟悉，工作打不开局面。", township),
        (
            "decline",
            date(2026, 7, 8),
            "演示〔2026〕22号",
            "到村时间较短，由乡镇加强帮带，半年后再看。",
            "福贡县",
        ),
    )
    for kind, day, number, text, unit in said:
        session.add(
            RecallStep(
                recall_id=row.id,
                unit_code=row.unit_code,
                sending_unit_id=row.sending_unit_id,
                kind=kind,
                document_no=number,
                text=text,
                at=_at(day),
                actor_name="经办（演示）",
                actor_unit=unit,
            )
        )
