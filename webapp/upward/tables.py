"""The list of upward requests for a spreadsheet."""

from collections.abc import Iterable, Iterator, Sequence

from webapp.upward.models import KINDS, OUTCOMES, STATES
from webapp.upward.queries import Item

HEADINGS = (
    "请示事项",
    "类别",
    "请示单位",
    "被请示单位",
    "金额（元）",
    "依据",
    "提出日期",
    "最初期限",
    "现行期限",
    "状态",
    "答复意见",
    "答复日期",
    "批复文号",
)


def rows_of(items: Iterable[Item]) -> Iterator[Sequence[object]]:
    """One row a request, in the order of the list."""
    for one in items:
        yield (
            one.row.title,
            KINDS[one.row.kind],
            one.row.unit.name,
            one.row.asked.name,
            one.row.amount_yuan,
            one.row.basis,
            one.row.asked_on,
            one.row.first_due_on,
            one.row.due_on,
            STATES[one.row.state],
            OUTCOMES.get(one.row.outcome or "", ""),
            one.row.answered_on,
            one.row.answer_document_no,
        )
