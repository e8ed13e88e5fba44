"""What the answerer wrote in logs for a line of the month sheet stands in its form: nobody writes it twice (X-4, Z-40)."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import viewer_of
from webapp.sheets.held import Held, sources
from webapp.sheets.models import MonthSheet
from webapp.words import day_words
from webapp.worklogs.bindings import LINE
from webapp.worklogs.models import WorkLog, WorkLogBinding, WorkLogVersion

HOLDER = "本人工作日志"


def own_logs(session: Session, sheet: MonthSheet) -> Mapping[int, list[Held]]:
    """Line → the texts of the viewer's own logs that serve it, by day.

    Own ones alone: what somebody wrote becomes part of the sheet only when that person sends it (X-17).
    """
    lines = [line.id for line in sheet.lines]
    person_id = viewer_of(session).person_id
    if person_id is None or not lines:
        return {}
    rows = session.execute(
        select(WorkLogBinding.target_id, WorkLog.day, WorkLogVersion.text)
        .join(WorkLog, WorkLog.id == WorkLogBinding.log_id)
        .join(WorkLogVersion, (WorkLogVersion.log_id == WorkLog.id) & (WorkLogVersion.number == WorkLog.version))
        .where(
            WorkLogBinding.kind == LINE,
            WorkLogBinding.target_id.in_(lines),
            WorkLog.author_id == person_id,
            WorkLog.unit_code == sheet.unit_code,
        )
        .order_by(WorkLog.day, WorkLog.created_at, WorkLog.id)
    )
    found: dict[int, list[Held]] = defaultdict(list)
    for line_id, day, text in rows:
        found[line_id].append(Held(f"{day_words(day)}：{text}", HOLDER))
    return found


sources.append(own_logs)
