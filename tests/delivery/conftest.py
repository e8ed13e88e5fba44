"""A county's October as a finished run, and its archived report."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.delivery.making import ABSENT, value
from tests.factories import COUNTY, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE, at
from webapp.config import Settings
from webapp.delivery import archive
from webapp.delivery.models import ReportFile
from webapp.evaluation.models import Run
from webapp.policy.calendar import seed
from webapp.policy.work_areas import indicators

MADE = at("2026-11-02 09:00")
CONTENT = b"%PDF-1.7 october, long enough to be asked for in parts"


def finished_run(session: Session, **more: object) -> Run:
    """A finished plain run of the county's October; what it froze is what a real one freezes."""
    row = Run(
        **{
            "key": "202610-533323-r1",
            "period": "2026-10",
            "starts_on": date(2026, 10, 1),
            "ends_on": date(2026, 10, 31),
            "unit_code": COUNTY,
            "revision": 1,
            "state": "done",
            "provisional": False,
            "cut_off": date(2026, 10, 31),
            "frozen": {
                "pack": "standing-2026",
                "parameters": {"": {"burden.min_answer_workdays": 3}},
                "indicators": {item.code: item.sha256 for item in indicators()},
            },
            "result_hash": "0" * 64,
            "started_at": MADE,
            "finished_at": MADE,
            **more,
        }
    )
    session.add(row)
    session.flush()
    return row


@pytest.fixture
def report(county: Session, settings: Settings) -> ReportFile:
    """October's report in the archive, bytes and row."""
    row = finished_run(county)
    made = archive.register(
        county,
        "period-report",
        row,
        title="福贡县2026年10月工作情况报告",
        code=archive.verification_code(settings, "period-report", row),
        size=len(CONTENT),
        sha256=archive.store_bytes(settings, CONTENT),
    )
    county.commit()
    return made


@pytest.fixture
def october(county: Session) -> Run:
    seed(county)
    run = finished_run(county)
    value(county, run, "TSK-1", COUNTY, 44, 55)
    value(county, run, "TSK-1", TOWNSHIP, 7, 8)
    value(county, run, "TSK-1", OTHER_TOWNSHIP, *ABSENT, "missing")
    value(county, run, "TSK-1", VILLAGE, 1, 1)
    value(county, run, "TSK-4", COUNTY, *ABSENT, "not_applicable")
    return run
