"""The font set, and rendering that leaves the PDF beside when a test fails."""

import io
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pdfplumber
import pytest

from reports.fonts import check
from reports.model import Report
from reports.render import render_pdf

ROOT = Path(__file__).resolve().parents[2]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    outcome = yield
    if outcome.when == "call":
        item.stash[FAILED] = outcome.failed
    return outcome


FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def fonts() -> Path:
    folder = Path(os.environ.get("DANDANG_FONTS") or ROOT / ".dandang" / "fonts")
    faults = check.missing(folder)
    if faults:
        pytest.fail(faults[0])
    return folder


@pytest.fixture
def render(fonts: Path, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[Report], pdfplumber.PDF]]:
    """Render a report and open it; anything the renderer logs as a warning fails the test."""
    made: list[bytes] = []
    logged: list[logging.LogRecord] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = logged.append
    logger = logging.getLogger("weasyprint")
    logger.addHandler(handler)
    opened: list[pdfplumber.PDF] = []

    def render_and_open(report: Report) -> pdfplumber.PDF:
        made.append(render_pdf(report, fonts))
        assert not logged, [record.getMessage() for record in logged]
        opened.append(pdfplumber.open(io.BytesIO(made[-1])))
        return opened[-1]

    yield render_and_open
    logger.removeHandler(handler)
    for pdf in opened:
        pdf.close()
    if request.node.stash.get(FAILED, False):
        for number, content in enumerate(made, 1):
            path = tmp_path / f"{request.node.name}-{number}.pdf"
            path.write_bytes(content)
            request.node.add_report_section("teardown", "PDF", f"actual: {path}")


def text_of(pdf: pdfplumber.PDF) -> str:
    """All text without blanks and line ends, page after page."""
    return "".join("".join((page.extract_text() or "").split()) for page in pdf.pages)
