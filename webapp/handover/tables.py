"""Hand-overs for a spreadsheet."""

from collections.abc import Iterable, Iterator, Sequence

from webapp.handover.models import STATES
from webapp.handover.queries import Line
from webapp.handover.sources import kind_name
from webapp.org.models import Handover

LIST_HEADINGS = ("村", "离任", "最后任职日", "接任", "期限", "清单提交日", "完成日", "到期自行移交日")
LINE_HEADINGS = ("类别", "交接事项", "说明", "期限", "期限早于接收", "状态", "接收人", "接收日期", "接收说明")


def list_rows(rows: Iterable[Handover]) -> Iterator[Sequence[object]]:
    """One row a hand-over, in the order of the list."""
    for row in rows:
        yield (
            row.division.name,
            row.leaver.person.name,
            row.leaver.ends_on,
            row.successor.person.name if row.successor else "",
            row.due_on,
            row.listed_on,
            row.done_on,
            row.passed_on,
        )


def line_rows(lines: Iterable[Line]) -> Iterator[Sequence[object]]:
    """One row a line of the sheet."""
    for line in lines:
        yield (
            kind_name(line.kind),
            line.title,
            line.detail,
            line.due_on,
            "是" if line.before else "",
            STATES[line.state],
            line.accepted_by,
            line.accepted_on,
            line.note,
        )
