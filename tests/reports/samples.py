"""Reports to render: a county's month and its half-year, plainly invented."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from reports.model import (
    Burden,
    DimensionResult,
    EvaluationReport,
    IndicatorRow,
    Issue,
    LevelCount,
    MissingItem,
    NextAct,
    OverdueTask,
    PeriodReport,
    Scheme,
    ScoredDimension,
    ScoredIndicatorRow,
    State,
    StateCounts,
    TrendPoint,
    TrendSeries,
    UnitRow,
    UnitTable,
)

TOWNSHIPS = (
    ("533323101", "上帕镇"),
    ("533323201", "匹河怒族乡"),
    ("533323202", "子里甲乡"),
    ("533323203", "架科底乡"),
    ("533323204", "鹿马登乡"),
    ("533323205", "石月亮乡"),
    ("533323206", "马吉乡"),
)

# code, name, dimension, numerator, denominator, percent, percent before, weight, score
FIGURES = (
    ("TSK-1", "到期任务按时报送率", "责任落实", 112, 120, "93.3", "91.7", "8", "7.47"),
    ("TSK-2", "到期任务按时办结率", "责任落实", 104, 120, "86.7", "88.2", "8", "6.93"),
    ("TSK-3", "上级在规定时限内核实率", "责任落实", 96, 101, "95.0", "90.0", "4", "3.80"),
    ("TSK-4", "办结前被退回的任务占比", "工作落实", 9, 120, "7.5", "8.3", "5", "4.63"),
    ("POS-1", "驻村岗位按人天计算的在岗率", "工作落实", 1488, 1550, "96.0", "97.1", "10", "9.60"),
    ("POS-2", "驻村工作队人数达到规定要求的村占比", "工作落实", 21, 24, "87.5", "87.5", "10", "8.75"),
    ("POS-3", "驻村干部轮换按时交接率", "工作落实", 5, 6, "83.3", None, "5", "4.17"),
    ("RCT-1", "督查发现问题按期整改到位率", "巩固成效", 13, 14, "92.9", "85.7", "20", "18.58"),
)


def _row(kind, figure, **more):
    code, name, dimension, numerator, denominator, percent, before, _, _ = figure
    return kind(
        code=code,
        name=name,
        dimension=dimension,
        state=State.VALUE,
        state_text="有值",
        numerator=numerator,
        denominator=denominator,
        value_text=f"{percent}%",
        percent=Decimal(percent),
        previous_text=f"{before}%" if before else "",
        previous_percent=Decimal(before) if before else None,
        states=StateCounts(value=61, not_due=3, not_applicable=2, missing=1),
        **more,
    )


def _missing_row(kind, **more):
    return kind(
        code="SEC-1",
        name="遍访覆盖率",
        dimension="责任落实",
        state=State.MISSING,
        state_text="缺（应由福贡县委办公室报送）",
        states=StateCounts(missing=8),
        **more,
    )


def _common(units):
    return {
        "issuer": "中共福贡县委组织部",
        "subject_name": "福贡县",
        "subject_code": "533323",
        "rule_pack": "standing-2026",
        "run_key": "R-533323-2026",
        "revision": 1,
        "verification_code": "7K3M-9QXD-4TWH",
        "verification_url": "https://dandang.example.gov.cn/verify/7K3M-9QXD-4TWH",
        "subjects": (
            LevelCount(level="县", subjects=1),
            LevelCount(level="乡镇", subjects=7),
            LevelCount(level="村", subjects=59),
        ),
        "unit_tables": (
            UnitTable(
                title="各乡镇本期数值",
                columns=("按时报送率", "按时办结率", "按时核实率", "在岗率"),
                rows=tuple(
                    UnitRow(code=code, name=name, cells=("93.3%", "86.7%", "缺（应由乡镇报送）", "96.0%"))
                    for code, name in units
                ),
            ),
        ),
        "missing": tuple(
            MissingItem(
                unit_code=code,
                unit_name=name,
                indicator_code="TSK-3",
                indicator_name="上级在规定时限内核实率",
                owner=f"{name}党政综合办公室",
            )
            for code, name in units[:6]
        ),
        "overdue": tuple(
            OverdueTask(
                unit_code=code,
                unit_name=name,
                title="核对脱贫户外出务工稳岗情况",
                due_on=date(2026, 10, 23),
                working_days_over=5,
                holder=f"{name}乡村振兴办",
                state_text="已签收",
            )
            for code, name in units[:3]
        ),
        "next_acts": (
            NextAct(text="补报上级核实时限数据", owner="各有关乡镇", due_on=date(2026, 11, 9)),
            NextAct(text="办结逾期任务，并说明逾期原因", owner="鹿马登乡、马吉乡", due_on=date(2026, 11, 13)),
            NextAct(text="补齐人数未达到规定要求的驻村工作队", owner="县委组织部"),
        ),
        "burden": Burden(items=126, minutes=3780, units=59),
        "bases": ("《关于向重点乡村持续选派驻村第一书记和工作队的意见》", "福贡县2026年度工作计划"),
    }


def _trend(labels, rows):
    return tuple(
        TrendSeries(
            name=name,
            points=tuple(
                TrendPoint(label=label, percent=Decimal(value) if value else None)
                for label, value in zip(labels, values, strict=True)
            ),
        )
        for name, values in rows
    )


def period_report(units=TOWNSHIPS, **changes) -> PeriodReport:
    """October 2026 of the county; keyword arguments replace fields."""
    report = PeriodReport(
        **_common(units),
        period_label="2026年10月",
        period_start=date(2026, 10, 1),
        period_end=date(2026, 10, 31),
        cut_off=datetime(2026, 11, 1, 16, 5, tzinfo=UTC),
        provisional=False,
        document_date=date(2026, 11, 2),
        trend=_trend(
            ("5月", "6月", "7月", "8月", "9月", "10月"),
            (
                ("到期任务按时报送率", ("88.0", "89.5", "90.1", "92.4", "91.7", "93.3")),
                ("到期任务按时办结率", ("84.2", "86.0", None, "87.3", "88.2", "86.7")),
                ("驻村岗位在岗率", ("95.2", "95.8", "96.6", "96.9", "97.1", "96.0")),
            ),
        ),
        dimensions=tuple(
            DimensionResult(code=code, name=name, indicators=count, states=StateCounts(value=183, not_due=9, missing=3))
            for code, name, count in (("RESP", "责任落实", 4), ("WORK", "工作落实", 4), ("EFFE", "巩固成效", 1))
        ),
        indicators=(*(_row(IndicatorRow, figure) for figure in FIGURES), _missing_row(IndicatorRow)),
    )
    return replace(report, **changes)


def evaluation_report(units=TOWNSHIPS, **changes) -> EvaluationReport:
    """The first half of 2026 of the county; keyword arguments replace fields."""
    report = EvaluationReport(
        **_common(units),
        period_label="2026年上半年",
        period_start=date(2026, 1, 1),
        period_end=date(2026, 6, 30),
        cut_off=datetime(2026, 7, 6, 1, 0, tzinfo=UTC),
        provisional=False,
        document_date=date(2026, 7, 8),
        plan_number="福考〔2026〕3号",
        scheme=Scheme(slug="county-half-year", version="1", name="福贡县责任落实半年考核方案"),
        score=Decimal("87.53"),
        trend=_trend(
            ("1月", "2月", "3月", "4月", "5月", "6月"),
            (
                ("到期任务按时报送率", ("80.0", "83.5", "86.1", "88.4", "88.0", "89.5")),
                ("到期任务按时办结率", ("78.2", "80.0", None, "83.3", "84.2", "86.0")),
            ),
        ),
        dimensions=tuple(
            ScoredDimension(
                code=code,
                name=name,
                indicators=count,
                states=StateCounts(value=183, not_due=9, missing=3),
                weight=Decimal(weight),
                score=Decimal(score) if score else None,
            )
            for code, name, count, weight, score in (
                ("RESP", "责任落实", 4, "20", "18.20"),
                ("WORK", "工作落实", 4, "30", "27.15"),
                ("EFFE", "巩固成效", 1, "20", "18.58"),
                ("POLI", "政策落实", 0, "30", None),
            )
        ),
        indicators=(
            *(
                _row(ScoredIndicatorRow, figure, weight=Decimal(figure[7]), score=Decimal(figure[8]))
                for figure in FIGURES
            ),
            _missing_row(ScoredIndicatorRow, weight=Decimal(0), score=None),
        ),
        issues=tuple(
            Issue(
                unit_code=code,
                unit_name=name,
                text="到期任务按时办结率低于目标值，逾期任务主要集中在稳岗核对和项目资产登记",
                indicator_code="TSK-2",
                owner=f"{name}党委",
                due_on=date(2026, 8, 31),
            )
            for code, name in units[:6]
        ),
    )
    return replace(report, **changes)
