"""Second looks as a table for a spreadsheet: what was drawn, by when, and what was found (R-5)."""

from collections.abc import Iterable, Iterator

from webapp.org.codes import full
from webapp.rectification.models import RESULTS, SecondLook
from webapp.spreadsheets import Row

HEADINGS = (
    "问题编号",
    "问题描述",
    "牵头单位",
    "区划代码",
    "销号日期",
    "回头看期限",
    "抽取",
    "抽取范围（个）",
    "抽取数（个）",
    "抽样种子",
    "回头看日期",
    "结果",
    "情况",
    "回头看人",
)


def rows(looks: Iterable[SecondLook]) -> Iterator[Row]:
    """One row a closure; the seed as text, so that no spreadsheet rounds it."""
    for look in looks:
        sample = look.sample
        yield (
            look.issue.number,
            look.issue.description,
            look.issue.unit.name,
            full(look.unit_code),
            look.closed_on,
            look.due_on,
            "待抽取" if sample is None else "抽中" if look.drawn else "未抽中",
            sample.population if sample else None,
            sample.size if sample else None,
            str(sample.seed) if sample else None,
            look.looked_on,
            RESULTS[look.result] if look.result else None,
            look.words,
            look.looked_by_name,
        )
