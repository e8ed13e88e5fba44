"""From values to scores, for one unit. Pure and exact: fractions until the end, then halves up.

A-12: an empty denominator spreads the indicator's weight over its dimension; missing is not zero: it earns nothing
and what could be attained shrinks by it. A-16: a small denominator is shown, not scored, and spreads likewise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from webapp.evaluation.schemes import SchemeVersion, ScoringRule

UNIT = 10_000
"""Scores are held in ten-thousandths of a point."""
CENT = 100
"""Sums are rounded to hundredths of a point: a hundred ten-thousandths."""
TOTAL = "TOTAL"


@dataclass(frozen=True)
class Value:
    """One indicator's value of a unit."""

    state: str
    numerator: int | None
    denominator: int | None
    divided: bool = True


@dataclass(frozen=True)
class Scored:
    """A unit's scores in ten-thousandths of a point: by indicator, and (score, attainable) by dimension and in all."""

    indicators: dict[str, int]
    sums: dict[str, tuple[int, int]]


def share(rule: ScoringRule, weight: Fraction, numerator: int, denominator: int) -> Fraction:
    """The part of the weight that a value earns, from 0 to 1.

    `linear` between floor (nothing) and target (everything), capped; `steps` the first step reached; `pass_fail` all
    or nothing at the target; `zero` all when the numerator is 0; `deduction` takes points off for each one counted.
    """
    value = Fraction(numerator, denominator) if denominator else Fraction(numerator)
    if rule.kind == "linear":
        floor, target = Fraction(rule.floor), Fraction(rule.target)
        return min(max((value - floor) / (target - floor), Fraction(0)), Fraction(1))
    if rule.kind == "steps":
        reached = (part for start, part in rule.steps if _reaches(rule, value, Fraction(start)))
        return Fraction(next(reached, 0))
    if rule.kind == "pass_fail":
        return Fraction(_reaches(rule, value, Fraction(rule.target)))
    if rule.kind == "zero":
        return Fraction(numerator == 0)
    if rule.kind == "deduction":
        return max(Fraction(0), 1 - Fraction(rule.each) * numerator / weight)
    raise ValueError(f"an indicator that is only shown has no score: {rule.kind}")


def _reaches(rule: ScoringRule, value: Fraction, line: Fraction) -> bool:
    return value >= line if rule.up else value <= line


def score(scheme: SchemeVersion, values: Mapping[str, Value], min_denominator: int) -> Scored:
    """Score one unit; a dimension without any value or missing value is left out, and so is its weight."""
    points: dict[str, int] = {}
    sums: dict[str, tuple[int, int]] = {}
    total = reachable = Fraction(0)
    for dimension in scheme.dimensions:
        counted = {
            c: values[c] for c in scheme.codes_of(dimension) if c in values and _counts(values[c], min_denominator)
        }
        if not counted:
            continue
        factor = Fraction(scheme.dimension_weight(dimension)) / sum(Fraction(scheme.weight(c)) for c in counted)
        earned = attainable = Fraction(0)
        for code, value in counted.items():
            if value.state == "missing":
                continue
            weight = Fraction(scheme.weight(code))
            won = share(scheme.rules[code], weight, value.numerator or 0, value.denominator or 0) * weight * factor
            points[code] = rounded(won, 1)
            earned += won
            attainable += weight * factor
        sums[dimension] = (rounded(earned, CENT), rounded(attainable, CENT))
        total += earned
        reachable += attainable
    if sums:
        sums[TOTAL] = (rounded(total, CENT), rounded(reachable, CENT))
    return Scored(points, sums)


def _counts(value: Value, min_denominator: int) -> bool:
    """Whether the indicator keeps its weight: it has a value that is large enough, or owes one."""
    if value.state == "missing":
        return True
    if value.state != "value":
        return False
    return not value.divided or (value.denominator or 0) >= min_denominator


def rounded(points: Fraction, step: int) -> int:
    """Points as ten-thousandths, rounded half up to a multiple of `step`: (Fraction("12.345"), 100) → 123500."""
    return int((points * UNIT / step + Fraction(1, 2)) // 1) * step
