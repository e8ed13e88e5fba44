"""The ledger as a table: one row an item, in the order of the list."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from webapp.org.codes import full
from webapp.permissions import ROLE_NAMES
from webapp.support.models import CORRECTIONS, KINDS, OWNERS, REASONS, STATES, SupportItem

HEADINGS = (
    "区划代码", "村", "姓名", "岗位", "派出单位", "年度", "保障事项", "落实单位", "期限", "状态",
    "落实日期", "文号", "金额（元）", "不适用原因", "离任日期",
)  # fmt: skip


def table_rows(rows: Iterable[SupportItem]) -> Iterator[Sequence[object]]:
    """The rows of a file."""
    for row in rows:
        yield (
            full(row.unit_code),
            row.unit.name,
            row.person.name,
            ROLE_NAMES[row.posting.role],
            row.sending_unit.name if row.sending_unit else "",
            row.year,
            KINDS[row.kind],
            owner_words(row),
            row.due_on or "发生时办理",
            STATES[row.state],
            row.done_on,
            row.document_no,
            row.amount,
            REASONS[row.reason] if row.reason else "",
            row.posting.ends_on,
        )


def owner_words(row: SupportItem) -> str:
    """Who owes it: 县级, or the sending unit by its name."""
    if row.owner == "sending_unit" and row.sending_unit is not None:
        return row.sending_unit.name
    return OWNERS[row.owner]


def state_words(row: SupportItem, on: date) -> str:
    """待落实, 已过期限, 已落实, 不适用."""
    if is_overdue(row, on):
        return "已过期限"
    return STATES[row.state]


def is_overdue(row: SupportItem, on: date) -> bool:
    """Open, and past its day."""
    return row.state == "open" and row.due_on is not None and row.due_on < on


def lamp_of(row: SupportItem, on: date) -> str:
    """The lamp of an item on a page."""
    if is_overdue(row, on):
        return "over"
    return {"open": "waiting", "done": "done", "not_applicable": "na"}[row.state]


WORDS = {
    "kinds": KINDS,
    "owners": OWNERS,
    "states": STATES,
    "reasons": REASONS,
    "corrections": CORRECTIONS,
    "roles": ROLE_NAMES,
    "owner": owner_words,
    "state": state_words,
    "lamp": lamp_of,
}
"""What the pages say, for their templates."""
