"""Coverage for a spreadsheet: the units of one set with their dates, and the sets of many units in the order of codes."""

from collections.abc import Iterable, Sequence

from webapp.coverage.overview import Line
from webapp.coverage.queries import CoverageSet
from webapp.coverage.rules import Target
from webapp.org.codes import full

SET_HEADINGS = ("单位代码", "所属", "单位", "走访日期", "说明")
OVERVIEW_HEADINGS = ("区划代码", "单位", "书记", "本轮起", "任期届满", "遍访情况", "还没有走访的")


def target_rows(one: CoverageSet, targets: Iterable[Target]) -> list[Sequence[object]]:
    """Some of the units that count in a set, each with its date."""
    return [
        (
            full(target.place.key.split("/")[0]),
            one.names.get(target.place.branch, ""),
            target.place.name,
            target.visited_on,
            f"合并前走访{target.through}" if target.through else "" if target.visited_on else "未走访",
        )
        for target in targets
    ]


def uncounted_rows(one: CoverageSet) -> list[Sequence[object]]:
    """What left the set, then what is missing."""
    rows: list[Sequence[object]] = [
        (full(place.key.split("/")[0]), one.names.get(place.branch, ""), place.name, None, f"退出范围：{why}")
        for place, why in one.coverage.left
    ]
    return rows + [
        (full(code), "", one.names.get(code, ""), None, "缺：没有自然村组名单") for code in one.coverage.missing
    ]


def overview_rows(lines: Iterable[Line]) -> list[Sequence[object]]:
    """One row a unit, in the order of codes (X-7)."""
    return [
        (
            full(line.unit.code),
            line.unit.name,
            line.secretary,
            line.current.span.starts_on if line.current else None,
            line.current.span.term.ends_on
            if line.current and line.current.span.term
            else "缺"
            if line.current
            else None,
            line.words,
            "、".join(target.place.name for target in line.current.coverage.remaining) if line.current else "",
        )
        for line in lines
    ]
