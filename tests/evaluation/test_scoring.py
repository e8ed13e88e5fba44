"""Schemes and scoring: exact, missing is not zero, empty denominators spread."""

import csv
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from webapp.config import ROOT
from webapp.errors import NotFound
from webapp.evaluation import schemes
from webapp.evaluation.schemes import ScoringRule
from webapp.evaluation.scoring import TOTAL, Value, rounded, score, share
from webapp.policy.reading import Unreadable

TEXT = (schemes.FOLDER / "standing-provisional-2026.yaml").read_text(encoding="utf-8")
SCHEME = schemes.scheme("standing-provisional-2026", 1)
FULL = {
    "TSK-1": Value("value", 10, 10),
    "TSK-2": Value("value", 9, 10),
    "TSK-5": Value("value", 0, 10),
    "POS-1": Value("value", 93, 93),
    "POS-2": Value("value", 5, 5),
    "TSK-4": Value("value", 0, 10),
    "POS-3": Value("value", 6, 6),
}


def test_the_shipped_scheme_adds_to_a_hundred() -> None:
    assert sum(SCHEME.weights.values()) == 100
    assert SCHEME.dimension_weight("RESP") == 70
    assert SCHEME.weight("TSK-3") == 0
    with pytest.raises(NotFound):
        schemes.scheme("standing-provisional-2026", 2)


def test_everything_reached_gives_everything() -> None:
    scored = score(SCHEME, FULL, 5)

    assert scored.sums == {"RESP": (700000, 700000), "WORK": (300000, 300000), TOTAL: (1000000, 1000000)}
    assert scored.indicators["TSK-1"] == 250000
    assert "TSK-3" not in scored.indicators


def test_an_empty_denominator_spreads_its_weight_over_its_dimension() -> None:
    scored = score(SCHEME, {**FULL, "POS-3": Value("not_applicable", 0, 0), "TSK-4": Value("value", 5, 20)}, 5)

    assert "POS-3" not in scored.indicators
    # TSK-4 alone carries the 30 points: (0.5 − 0.25) ÷ (0.5 − 0.05) of them.
    assert scored.sums["WORK"] == (166700, 300000)
    assert scored.indicators["TSK-4"] == 166667


def test_missing_is_not_zero_and_what_can_be_attained_shrinks() -> None:
    scored = score(SCHEME, {**FULL, "POS-3": Value("missing", None, None)}, 5)

    assert scored.sums["WORK"] == (200000, 200000)
    assert scored.sums[TOTAL] == (900000, 900000)


def test_a_small_denominator_is_shown_not_scored() -> None:
    scored = score(SCHEME, {**FULL, "POS-3": Value("value", 0, 4)}, 5)

    assert "POS-3" not in scored.indicators
    assert scored.sums["WORK"] == (300000, 300000)


def test_nothing_to_score_gives_no_score() -> None:
    assert score(SCHEME, {"TSK-1": Value("exempt", None, None)}, 5).sums == {}
    assert score(SCHEME, {}, 5).indicators == {}


@pytest.mark.parametrize(
    ("rule", "numerator", "denominator", "part"),
    [
        (ScoringRule("linear", floor=Decimal("0.6"), target=Decimal(1)), 8, 10, Fraction(1, 2)),
        (ScoringRule("linear", floor=Decimal("0.6"), target=Decimal(1)), 1, 10, Fraction(0)),
        (ScoringRule("linear", up=False, floor=Decimal("0.5"), target=Decimal(0)), 1, 4, Fraction(1, 2)),
        (ScoringRule("linear", up=False, floor=Decimal("0.5"), target=Decimal(0)), 3, 4, Fraction(0)),
        (
            ScoringRule("steps", steps=((Decimal("0.9"), Decimal(1)), (Decimal("0.8"), Decimal("0.5")))),
            9,
            10,
            Fraction(1),
        ),
        (
            ScoringRule("steps", steps=((Decimal("0.9"), Decimal(1)), (Decimal("0.8"), Decimal("0.5")))),
            8,
            10,
            Fraction(1, 2),
        ),
        (ScoringRule("steps", steps=((Decimal("0.9"), Decimal(1)),)), 1, 10, Fraction(0)),
        (ScoringRule("pass_fail", target=Decimal("0.95")), 95, 100, Fraction(1)),
        (ScoringRule("pass_fail", target=Decimal("0.95")), 94, 100, Fraction(0)),
        (ScoringRule("pass_fail", up=False, target=Decimal("0.05")), 5, 100, Fraction(1)),
        (ScoringRule("zero", up=False), 0, 100, Fraction(1)),
        (ScoringRule("zero", up=False), 1, 100, Fraction(0)),
        (ScoringRule("deduction", up=False, each=Decimal("0.5")), 3, 100, Fraction(17, 20)),
        (ScoringRule("deduction", up=False, each=Decimal("5")), 3, 100, Fraction(0)),
    ],
)
def test_each_kind_of_rule(rule: ScoringRule, numerator: int, denominator: int, part: Fraction) -> None:
    assert share(rule, Fraction(10), numerator, denominator) == part


def test_an_indicator_that_is_only_shown_has_no_share() -> None:
    with pytest.raises(ValueError, match="only shown"):
        share(ScoringRule("shown"), Fraction(1), 1, 1)


@pytest.mark.parametrize(
    ("points", "step", "expected"),
    [("12.345", 100, 123500), ("12.3449999", 100, 123400), ("0.00005", 1, 1), ("0.00004", 1, 0), ("70", 100, 700000)],
)
def test_halves_go_up_at_the_end_only(points: str, step: int, expected: int) -> None:
    assert rounded(Fraction(points), step) == expected


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("weight: '25'", "weight: '24'", "不一致"),
        ("RESP: '70'", "RESP: '71'", "不是 100"),
        ("code: TSK-1", "code: LOG-1", "不是已有的指标"),
        ("code: TSK-2", "code: TSK-1", "重复"),
        (
            "rule: {kind: linear, floor: '0.60', target: '1.00'}",
            "rule: {kind: linear, source: log_count}",
            "不认识的键",
        ),
        ("rule: {kind: linear, floor: '0.60', target: '1.00'}", "rule: {kind: zero, target: '1.00'}", "应有的项"),
        ("rule: {kind: linear, floor: '0.60', target: '1.00'}", "rule: {kind: shown}", "权重为 '0'"),
        ("floor: '0.60', target: '1.00'", "floor: '1.00', target: '1.00'", "相同"),
        ("weight: '25'", "weight: 25", "应为文字"),
        ("weight: '25'", "weight: '2e1'", "写法不正确"),
        ("subjects: [county, township]", "subjects: [village]", "不能是"),
        ("  RESP: '70'", "  BURD: '70'", "不认识的键"),
        ("version: 1", "version: 1\nranking: true", "不认识的键"),
        ("version: 1", "version: 1\ncheck_in: true", "不认识的键"),
    ],
)
def test_a_scheme_that_does_not_fit_is_refused(old: str, new: str, words: str) -> None:
    assert old in TEXT
    with pytest.raises(Unreadable, match=words):
        schemes.parse("x.yaml", TEXT.replace(old, new, 1).encode())


PUBLISHED = Path(ROOT).parent / "shared" / "data" / "published" / "oracle_rural_index_province.csv"


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published index lies beside the project only where it is built")
def test_weighted_sums_agree_with_a_published_index() -> None:
    """Our exact weighting gives the published totals of 31 provinces and three years."""
    weights = {
        "strong": {"strong1": Fraction(13, 30), "strong2": Fraction(17, 60), "strong3": Fraction(17, 60)},
        "beauty": {"beauty1": "1/4", "beauty2": "1/5", "beauty3": "1/4", "beauty4": "3/10"},
        "rich": {"rich1": "3/5", "rich2": "17/60", "rich3": "7/60"},
        "total": {"strong": "3/10", "beauty": "2/5", "rich": "3/10"},
    }
    with PUBLISHED.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    compared = 0
    for row in rows:
        for name, parts in weights.items():
            if any(row[part] == "" for part in (*parts, name)):
                continue
            found = sum(Fraction(weight) * Fraction(row[part]) for part, weight in parts.items())
            assert abs(found - Fraction(row[name])) < Fraction(1, 10**12)
            compared += 1
    assert compared > 300
