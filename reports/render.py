"""A report in, the finished PDF out. No database, session, network or clock: the same report gives the same bytes."""

from decimal import Decimal
from functools import lru_cache
from importlib import import_module
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import libraries
from reports.charts import BarChart, bar_chart, line_chart
from reports.errors import MissingLibrary, ReportRefused
from reports.model import EvaluationReport, PeriodReport, Report
from reports.words import FILTERS, add, number, points

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "pdf"

# a comprehensive report has at most 5,000 characters of running text; tables and annexes are not counted.
MAX_CHARACTERS = 5000
SHOWN_IN_TEXT = 5
LISTED_IN_ANNEX = 400  # keeps a document near 50 pages
TITLE_CHARACTERS = 20  # of 22 points, in a line of the type area

PERIOD_ANNEXES = ("指标表", "数值状态和分单位情况", "逾期未完成任务清单")
EVALUATION_ANNEXES = ("指标表", "数值状态", "问题清单")


def render_pdf(document: PeriodReport | EvaluationReport, fonts: Path) -> bytes:
    """The report as PDF, in the geometry of GB/T 9704-2012, with the font set in ``fonts``.

    Raises a ``ReportError`` whose message can be shown: ``MissingLibrary``, ``MissingFont``, ``MissingGlyph``,
    ``OutsideResource``, or ``ReportRefused`` when the running text is longer than X-41 allows.
    """
    engine = load_engine()
    return engine.to_pdf(to_html(document), fonts, sheet(engine.chains(fonts)))


def warm_up(fonts: Path) -> None:
    """Load libraries, fonts and style sheet once, before the first report of a worker; raises as ``render_pdf``."""
    engine = load_engine()
    engine.load(fonts, sheet(engine.chains(fonts)))


def load_engine():
    """The module that draws. Loaded late, so that a missing system library is one sentence and not a failed start."""
    faults = libraries.missing()
    if faults:
        raise MissingLibrary(faults[0])
    return import_module("reports.engine")


def to_html(document: PeriodReport | EvaluationReport) -> str:
    """The report as HTML, escaped; raises ``ReportRefused`` when the running text is too long (X-41)."""
    template = "evaluation-report.html" if isinstance(document, EvaluationReport) else "period-report.html"
    html = environment().get_template(template).render(context(document))
    length = body_length(html)
    if length > MAX_CHARACTERS:
        raise ReportRefused(f"报告正文有{length}字，超过{MAX_CHARACTERS}字。请减少后续事项、依据等文字后重新生成。")
    return html


def body_length(html: str) -> int:
    """Characters of running text, without tags, blanks, tables, charts, and annexes."""
    body = html.partition("<body>")[2].partition('<div class="closing">')[0]
    for element in ("table", "svg"):
        while f"<{element}" in body:
            before, _, rest = body.partition(f"<{element}")
            body = before + rest.partition(f"</{element}>")[2]
    # The markup is our own, escaped when it was made.
    return len("".join(Markup(body).striptags().split()))  # noqa: S704


def context(document: PeriodReport | EvaluationReport) -> dict[str, object]:
    """Everything the templates print beside the report itself."""
    if isinstance(document, EvaluationReport):
        kind, annexes, bars = "乡村振兴责任考核评价报告", EVALUATION_ANNEXES, dimension_chart(document)
    else:
        kind, annexes, bars = "乡村振兴责任任务情况报告", PERIOD_ANNEXES, indicator_chart(document)
    subject = document.subject_name
    groups: dict[str, list] = {row.name: [] for row in document.dimensions}
    for row in document.indicators:
        groups.setdefault(row.dimension, []).append(row)
    return {
        "report": document,
        # G-9: a title of several lines breaks between units of meaning.
        "title_lines": (subject + kind,) if len(subject + kind) <= TITLE_CHARACTERS else (subject, kind),
        "annexes": annexes,
        "shown": SHOWN_IN_TEXT,
        "listed": LISTED_IN_ANNEX,
        "totals": add([row.states for row in document.indicators]),
        "groups": [(name, rows) for name, rows in groups.items() if rows],
        "bar_chart": bars,
        "line_chart": line_chart(f"图2　{subject}近期自身变化", document.trend),
        "qr": qr(document),
    }


def indicator_chart(document: PeriodReport) -> BarChart | None:
    """Own values of this period beside those of the one before, for the percentages."""
    rows = [
        (row.name, row.percent, row.value_text, row.previous_percent)
        for row in document.indicators
        if row.percent is not None
    ]
    return bar_chart(f"图1　{document.subject_name}{document.period_label}主要指标", rows)


def dimension_chart(document: EvaluationReport) -> BarChart | None:
    """Score of each dimension as a share of its weight."""
    rows = [
        (row.name, row.score / row.weight * Decimal(100), f"{points(row.score)}/{number(row.weight)}", None)
        for row in document.dimensions
        if row.score is not None and row.weight
    ]
    return bar_chart("图1　各维度得分占满分的比例", rows)


def qr(document: Report) -> Markup:
    """The verification address as a QR code, drawn as SVG."""
    code = segno.make(document.verification_url, error="m", micro=False)
    return Markup(code.svg_inline(border=0, omitsize=True, title="核验二维码"))  # noqa: S704


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The template environment: escaped, undefined names are errors."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    # SVG takes one family in an attribute; charts are set in the sans face.
    made.globals["chart_font"] = "Dandang Hei, Dandang Rare"
    return made


@lru_cache(maxsize=8)
def _sheet(families: tuple[tuple[str, str], ...]) -> str:
    source = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    # Family lists hold quotation marks, and nothing here comes from outside.
    made = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701
    return made.from_string(source).render(dict(families))


def sheet(families: dict[str, str]) -> str:
    """The style sheet with the font families of the set filled in."""
    return _sheet(tuple(sorted(families.items())))
