"""An indicator that is compiled is described, and opens to its rows."""

from webapp.evaluation import figure_rows
from webapp.evaluation.collectors.values import COLLECTORS
from webapp.policy.work_areas import indicator


def test_every_collector_says_where_its_rows_are() -> None:
    known = {
        *figure_rows.ASSIGNMENTS,
        *figure_rows.REPORTS,
        *figure_rows.HANDOVERS,
        *figure_rows.VILLAGES,
        *figure_rows.SUPPORT,
    }
    assert set(COLLECTORS) == known, "name the indicator in evaluation/figure_rows.py"


def test_every_collector_has_its_description() -> None:
    assert [code for code in COLLECTORS if indicator(code).code != code] == []
