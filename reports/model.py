"""The two documents as plain values: what the builders hand in, what the templates print.

Units everywhere: percentages are in percent (``Decimal("93.3")`` is 93.3 %), scores and weights are points out of 100,
time over due is in working days, minutes are minutes of work. ``None`` means "there is no such value" and is never
printed as zero (A-12). Texts ending in ``_text`` are printed as they stand, so that page and paper show one figure.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from reports.errors import ReportRefused


class Mode(Enum):
    """How the first page is dressed (G-31). Only ``ORDINARY`` is built; the others are refused, never imitated."""

    ORDINARY = "ordinary"  # no red head, marked 内部材料
    PREPRINTED = "preprinted"  # head left blank for paper that carries a printed one (套打)
    DIGITAL = "digital"  # full head, only when the issuer's document fields are complete


class State(Enum):
    """State of one value (A-12)."""

    VALUE = "value"
    NOT_DUE = "not_due"
    NOT_APPLICABLE = "not_applicable"
    EXEMPT = "exempt"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class StateCounts:
    """How many values stand in each state, counted over (unit, indicator) pairs."""

    value: int = 0
    not_due: int = 0
    not_applicable: int = 0
    exempt: int = 0
    missing: int = 0

    @property
    def total(self) -> int:
        """All values that the period asks for, whatever their state."""
        return self.value + self.not_due + self.not_applicable + self.exempt + self.missing


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """The immutable scheme version a run used; ``None`` in the document where the run had none."""

    slug: str
    version: str
    name: str = ""  # Chinese title, printed when given


@dataclass(frozen=True, kw_only=True)
class LevelCount:
    """Number of subjects at one level, e.g. ``LevelCount(level="乡镇", subjects=7)``."""

    level: str
    subjects: int


@dataclass(frozen=True, kw_only=True)
class DimensionResult:
    """One dimension without any score: how many indicators it holds and how their values stand."""

    code: str  # RESP
    name: str  # 责任落实
    indicators: int
    states: StateCounts


@dataclass(frozen=True, kw_only=True)
class ScoredDimension(DimensionResult):
    """One dimension in an assessment. ``score`` is ``None`` when nothing in it could be scored."""

    weight: Decimal  # points
    score: Decimal | None  # points, 0 to weight


@dataclass(frozen=True, kw_only=True)
class IndicatorRow:
    """One indicator as it stands for the subject of the report, with the states of all units below it."""

    code: str  # TSK-1
    name: str
    dimension: str  # name in Chinese
    state: State  # of the subject's own value
    state_text: str  # 有值；缺（应由上帕镇报送）；不适用（分母为 0）；未到期；免报（原因）
    numerator: int | Decimal | None = None
    denominator: int | Decimal | None = None  # None where the indicator is not a quotient
    value_text: str = ""  # "93.3%", "12 件"; empty where the state is not VALUE
    percent: Decimal | None = None  # for the chart; None where the indicator is no percentage or has no value
    previous_text: str = ""  # the subject's own value of the period before; empty where there is none
    previous_percent: Decimal | None = None
    states: StateCounts = StateCounts()  # over all units that the indicator applies to


@dataclass(frozen=True, kw_only=True)
class ScoredIndicatorRow(IndicatorRow):
    """One indicator in an assessment. ``score`` is ``None`` where the value has no score (shown only, too small)."""

    weight: Decimal  # points
    score: Decimal | None  # points, 0 to weight


@dataclass(frozen=True, kw_only=True)
class TrendPoint:
    """One period on the subject's own line; ``percent`` is ``None`` where there is no value (a gap, never zero)."""

    label: str  # short, e.g. 10月
    percent: Decimal | None


@dataclass(frozen=True, kw_only=True)
class TrendSeries:
    """The subject's own values of one percentage over the last periods, oldest first (A-15). At most four are drawn."""

    name: str
    points: tuple[TrendPoint, ...]


@dataclass(frozen=True, kw_only=True)
class UnitRow:
    """One unit's line in a table; ``cells`` holds one text for each column."""

    code: str
    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class UnitTable:
    """Units by indicators. Always printed in the order of division codes, whatever order was given (X-7)."""

    title: str
    columns: tuple[str, ...]  # at most six fit the page
    rows: tuple[UnitRow, ...]


@dataclass(frozen=True, kw_only=True)
class MissingItem:
    """A value that is missing, and who owes it."""

    unit_code: str
    unit_name: str
    indicator_code: str
    indicator_name: str
    owner: str  # who has to hand it in
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class OverdueTask:
    """A task open past its due date at the cut-off."""

    unit_code: str
    unit_name: str
    title: str
    due_on: date
    working_days_over: int
    holder: str  # who must act next
    state_text: str = ""  # 已签收、已退回 …


@dataclass(frozen=True, kw_only=True)
class NextAct:
    """What has to be done next, by whom, until when (``None``: no date is set)."""

    text: str
    owner: str
    due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Issue:
    """One line of the issue list of an assessment (part 四 and its annex)."""

    unit_code: str
    unit_name: str
    text: str
    indicator_code: str = ""
    owner: str = ""
    due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Burden:
    """What this work asked of the villages in the period (X-5), for the burden note (G-33)."""

    items: int  # demands
    minutes: int  # estimated minutes of work
    units: int  # villages (or units) that bore them
    note: str = ""  # one more sentence, printed as it stands


@dataclass(frozen=True, kw_only=True)
class Grade:
    """The grade that people have decided (X-13). There is no other way to print a grade."""

    name: str  # 好
    reason: str
    decided_by: str  # 考核领导小组
    decided_on: date


@dataclass(frozen=True, kw_only=True)
class Report:
    """What both documents hold.

    Raises ``ReportRefused`` on a mode that is not built, a cut-off without time zone, an empty verification code, a
    unit table that does not fit or that orders units (X-7).
    """

    issuer: str  # printed as signature
    subject_name: str  # root division
    subject_code: str
    period_label: str  # 2026年10月; 2026年上半年
    period_start: date
    period_end: date  # inclusive
    cut_off: datetime  # freeze time, with time zone; printed in Beijing time
    provisional: bool  # the period was not over, or values may still change, at the cut-off
    rule_pack: str  # slug
    run_key: str
    revision: int
    document_date: date
    verification_code: str
    verification_url: str
    scheme: Scheme | None = None
    subjects: tuple[LevelCount, ...] = ()
    trend: tuple[TrendSeries, ...] = ()
    unit_tables: tuple[UnitTable, ...] = ()
    missing: tuple[MissingItem, ...] = ()
    overdue: tuple[OverdueTask, ...] = ()
    next_acts: tuple[NextAct, ...] = ()
    burden: Burden | None = None
    bases: tuple[str, ...] = ()  # documents relied on, printed in 依据
    sampling: str = ""  # sentence on the sampling error; empty: no sample survey was used
    mode: Mode = field(default=Mode.ORDINARY)

    def __post_init__(self) -> None:
        if self.mode is not Mode.ORDINARY:
            raise ReportRefused("目前只能生成普通样式（不带红头）的报告，请选用普通样式。")
        if self.cut_off.tzinfo is None:
            raise ReportRefused("报告的数据截止时间没有时区，请补上时区后重新生成。")
        if not self.verification_code or not self.verification_url.startswith(("http://", "https://")):
            raise ReportRefused("报告缺少核验码或核验网址，请检查系统网址设置后重新生成。")
        for table in self.unit_tables:
            self._check_table(table)

    def _check_table(self, table: UnitTable) -> None:
        if any(word in column for column in table.columns for word in ("排名", "名次", "位次")):
            raise ReportRefused(f"“{table.title}”含有排名栏，报告不得给单位排名，请删去该栏。")
        if not 1 <= len(table.columns) <= 6:
            raise ReportRefused(f"“{table.title}”应有1至6栏，请拆成几张表。")
        if any(len(row.cells) != len(table.columns) for row in table.rows):
            raise ReportRefused(f"“{table.title}”有的行与表头栏数不同，请核对后重新生成。")


@dataclass(frozen=True, kw_only=True)
class PeriodReport(Report):
    """A month's or quarter's values with their own trend. Holds no score anywhere (X-14)."""

    dimensions: tuple[DimensionResult, ...]
    indicators: tuple[IndicatorRow, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        scored = [row for row in (*self.dimensions, *self.indicators) if hasattr(row, "score")]
        headings = "".join(column for table in self.unit_tables for column in table.columns)
        if scored or "得分" in headings or "评分" in headings:
            raise ReportRefused("月度、季度报告不得含有得分，请去掉得分后重新生成。")


@dataclass(frozen=True, kw_only=True)
class EvaluationReport(Report):
    """A scored half-year or year inside an opened assessment (X-9, X-14), parts in the order of G-34."""

    plan_number: str  # approved yearly plan, X-9
    dimensions: tuple[ScoredDimension, ...]
    indicators: tuple[ScoredIndicatorRow, ...]
    score: Decimal | None  # points out of 100; a reference for people, not a grade (Z-50)
    issues: tuple[Issue, ...] = ()
    grade: Grade | None = None  # None: no panel has decided; part 五 says so

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.plan_number or self.scheme is None:
            raise ReportRefused("考核报告须有考核计划文号和方案版本，请先开启考核再生成。")
