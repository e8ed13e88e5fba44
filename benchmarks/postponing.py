"""Time in which 25,000 deadlines move at once: by a disaster order, its early end, and a new list of holidays:

    python -m benchmarks.postponing [--villages 25000] [--db postgresql,sqlite]

The province of the fan-out with one task at each village. Each time is one transaction with its commit: deadline, event,
extension, ledger entry and message of every village. The floor is the issue of that task in the same run.
"""

import argparse
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from benchmarks.compile_period import databases
from benchmarks.fan_out import NOW, PROVINCE, SYSTEM, issued, made
from webapp import clock
from webapp.access import Viewer
from webapp.accountability import orders, recalculation
from webapp.app import load_models
from webapp.db import session_scope
from webapp.policy import calendar_file, calendar_service
from webapp.policy.recalculation import recalculators

ORDER = orders.Wanted(PROVINCE, "测量〔2026〕2号", "测量通知", [PROVINCE], date(2026, 10, 19), date(2026, 10, 30))
ENDED = datetime(2026, 10, 20, 9, 30, tzinfo=clock.CHINA)


def taken(url: str, viewer: Viewer, act: Callable[[Session], Any]) -> tuple[float, Any]:
    """Seconds of one act with its commit, and what it gave."""
    start = time.perf_counter()
    with session_scope(url, viewer) as session:
        given = act(session)
    return time.perf_counter() - start, given


def listed(session: Session) -> int:
    """A list that makes the new deadline a holiday; gives how many deadlines moved."""
    days = calendar_file.parse("day,kind,name\n2026-10-28,off,测量假\n".encode())
    return calendar_service.import_year(session, days, source="测量〔2026〕3号", at=ENDED).moved


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--villages", type=int, default=25_000)
    parser.add_argument("--db", default="postgresql,sqlite")
    chosen = parser.parse_args()
    load_models()
    assert recalculation.move_deadlines in recalculators  # what the application registers at its start
    with databases(chosen.db.split(",")) as places:
        for kind, url in places:
            with session_scope(url, SYSTEM) as session:
                desk, codes = made(session, chosen.villages)
            floor = issued(url, desk, codes, 1)
            checked, foreseen = taken(url, desk, lambda session: orders.foresee(session, ORDER, NOW).clocks)
            ordered, (order_id, moved) = taken(url, desk, _order)
            ended, back = taken(
                url,
                desk,
                lambda session, one=order_id: orders.said(
                    orders.end(session, one, last_day=date(2026, 10, 21), at=ENDED)[1]
                ),
            )
            calendar, later = taken(url, SYSTEM, listed)
            print(
                f"{kind}: issue {floor:.2f} s; check {checked:.2f} s ({foreseen}); order {ordered:.2f} s ({moved}); "
                f"early end {ended:.2f} s ({back}); list {calendar:.2f} s ({later})"
            )


def _order(session: Session) -> tuple[int, str]:
    order, moved = orders.make(session, ORDER, NOW)
    return order.id, orders.said(moved)


if __name__ == "__main__":
    main()
