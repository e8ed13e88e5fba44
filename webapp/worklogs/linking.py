"""Tying a log to what it serves: the rows follow what the latest version names."""

from sqlalchemy.orm import Session

from webapp.worklogs import bindings
from webapp.worklogs.models import WorkLog, WorkLogBinding, WorkLogTask
from webapp.worklogs.rules import Entry, WrongEntry


def tie(session: Session, log: WorkLog, entry: Entry, person_id: int) -> None:
    """Let a log serve what an entry names, and nothing else.

    Raises `WrongEntry` for something new that does not lie in the log's village; what was tied before stays as it is.
    """
    wanted, held = bindings.bound_by(entry), bindings.bound_to(log)
    for kind in wanted.keys() | held.keys():
        new = set(wanted.get(kind, ())) - set(held.get(kind, ()))
        if len(bindings.titles_in(session, log.unit_code, kind, new)) != len(new):
            label = bindings.KINDS[kind].label
            raise WrongEntry(bindings.KINDS[kind].field, f"所选{label}已不在本村的{label}之列。请重新选择。")
        for target in sorted(new):
            _add(log, kind, target, person_id)
        _remove(log, kind, set(held.get(kind, ())) - set(wanted.get(kind, ())))


def _add(log: WorkLog, kind: str, target: int, person_id: int) -> None:
    if kind == bindings.TASK:
        log.tasks.append(WorkLogTask(log_id=log.id, assignment_id=target, saved_by_id=person_id))
    else:
        log.bindings.append(WorkLogBinding(log_id=log.id, kind=kind, target_id=target, saved_by_id=person_id))


def _remove(log: WorkLog, kind: str, gone: set[int]) -> None:
    if kind == bindings.TASK:
        for link in [link for link in log.tasks if link.assignment_id in gone]:
            log.tasks.remove(link)
        return
    for row in [row for row in log.bindings if row.kind == kind and row.target_id in gone]:
        log.bindings.remove(row)
