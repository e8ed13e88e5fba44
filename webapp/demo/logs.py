"""Work logs of the stationed people in the closed months: voluntary, uneven, some of them serving a task."""

import uuid
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from webapp.accountability.models import Assignment
from webapp.clock import CHINA
from webapp.demo import log_words
from webapp.demo.people import Staff
from webapp.demo.places import Places
from webapp.demo.recurring import FIRST, LAST
from webapp.org.models import Posting
from webapp.worklogs.models import WorkLog, WorkLogTask, WorkLogVersion
from webapp.worklogs.rules import Entry

STATIONED = ("first_secretary", "team_member")


def write(session: Session, staff: Staff, places: Places, issued: list[Assignment], rng: Random) -> None:
    """Write the logs of every team, in the order of villages and people. Some write often, some hardly ever."""
    by_unit = defaultdict(list)
    logs: list[WorkLog] = []
    for row in issued:
        by_unit[row.unit_code].append(row)
    for village in places.designated:
        for posting in staff.by_unit[village]:
            if posting.role in STATIONED:
                logs += _of_person(posting, by_unit[village], rng)
    session.add_all(logs)
    session.flush()
    for log in logs:
        if len(log.versions) > 1:
            flag_modified(log, "day")  # the row's own version follows that of its text
    session.flush()


def _of_person(posting: Posting, tasks: list[Assignment], rng: Random) -> list[WorkLog]:
    first, last = max(posting.starts_on, FIRST), min(posting.ends_on or LAST, LAST)
    pause = rng.choice((9, 14, 21, 30, 60, 120))
    day = first + timedelta(days=rng.randrange(pause))
    logs = []
    while day <= last:
        logs.append(_log(posting, day, tasks, rng))
        day += timedelta(days=rng.randrange(2, pause * 2))
    return logs


def _log(posting: Posting, day: date, tasks: list[Assignment], rng: Random) -> WorkLog:
    area = rng.choice(tuple(log_words.SENTENCES))
    at = datetime.combine(day, time(rng.randrange(17, 22), rng.randrange(60)), CHINA)
    served = [row.id for row in tasks if row.issued_on <= day <= row.due_on and rng.random() < 0.4][:1]
    log = WorkLog(
        id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        author_id=posting.person_id,
        posting_id=posting.id,
        unit_code=posting.unit_code,
        day=day,
        duty_area=area,
        created_at=at,
    )
    log.tasks = [WorkLogTask(assignment_id=number, saved_by_id=posting.person_id) for number in served]
    text = _text(area, rng)
    texts = [text, text + "补记：村里已回复，按商量的办。"] if rng.random() < 0.06 else [text]
    for number, said in enumerate(texts, start=1):
        log.versions.append(
            WorkLogVersion(
                number=number,
                day=day,
                duty_area=area,
                text=said,
                body_hash=Entry(posting.unit_code, day, area, said, tuple(served)).body_hash,
                saved_at=at + timedelta(minutes=40 * (number - 1)),
                saved_by_id=posting.person_id,
            )
        )
    return log


def _text(area: str, rng: Random) -> str:
    words = {
        "place": rng.choice(log_words.PLACES),
        "crop": rng.choice(log_words.CROPS),
        "works": rng.choice(log_words.WORKS),
        "matter": rng.choice(log_words.MATTERS),
        "help": rng.choice(log_words.HELP),
    }
    sentences = rng.sample(log_words.SENTENCES[area], rng.choice((1, 1, 2)))
    return "".join(sentence.format(**words) for sentence in sentences) + rng.choice(log_words.ADDITIONS)
