"""The supervision sheet (督办单) of one item: values in, one official page out (G-31: no red head, no seal)."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reports import render
from reports.errors import ReportRefused

LONGEST_TEXT = 1000  # characters of one passage, so that a sheet stays a page or two
MOST_STEPS = 12


@dataclass(frozen=True, kw_only=True)
class Acts:
    """How the sheet calls what the unit does with it, how it got it, what it owes and what it is asked for."""

    does: str
    got: str
    owes: str
    demand: str


ANSWERING = Acts(does="承办", got="下达", owes="反馈", demand="请抓紧办理，如实反馈结果")
RECTIFYING = Acts(
    does="牵头整改", got="登记", owes="整改到位", demand="请抓紧整改，整改到位后申请销号，销号只看登记时列明的佐证"
)


@dataclass(frozen=True, kw_only=True)
class SheetStep:
    """One step of the ladder of consequences; texts that do not apply are empty."""

    name: str  # 提醒, 约谈, 通报, 挂牌督办, 问责
    decided_on: date
    reason: str
    leader_name: str = ""
    document_no: str = ""
    ends_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class SupervisionSheet:
    """What the sheet prints. ``working_days_over`` counts working days past ``due_on`` on ``document_date``.

    Raises ``ReportRefused`` when it is about nothing, or longer than a sheet.
    """

    number: str  # 533323-2026-17-533323101201
    issuer: str  # unit that supervises, printed as signature
    unit_name: str
    title: str
    content: str
    basis: str
    issued_on: date
    first_due_on: date
    due_on: date
    state_text: str
    working_days_over: int
    reminders_sent: int
    told_levels: tuple[tuple[str, date], ...] = ()  # (unit, day on which 督办 reached it)
    steps: tuple[SheetStep, ...] = ()
    document_date: date
    acts: Acts = ANSWERING

    def __post_init__(self) -> None:
        if not self.title or not self.unit_name:
            raise ReportRefused("督办单缺少任务名称或承办单位，请核对后重新生成。")
        if len(self.steps) > MOST_STEPS:
            raise ReportRefused(f"督办步骤超过{MOST_STEPS}条，请在系统中查看全部记录。")

    @property
    def period_label(self) -> str:
        """What stands under the title: the sheet's number."""
        return f"编号：{self.number}"


def to_html(sheet: SupervisionSheet) -> str:
    """The sheet as HTML, escaped."""
    template = render.environment().get_template("supervision-sheet.html")
    return template.render(report=sheet, title_lines=("督办单",), longest=LONGEST_TEXT)


def render_sheet(sheet: SupervisionSheet, fonts: Path) -> bytes:
    """The sheet as PDF with the font set in ``fonts``; raises a ``ReportError`` whose message can be shown."""
    engine = render.load_engine()
    return engine.to_pdf(to_html(sheet), fonts, render.sheet(engine.chains(fonts)))
