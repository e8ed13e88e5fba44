"""How a value is said, on pages, in PDFs and in exports: one wording everywhere."""

from decimal import ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")
HUNDREDTH = Decimal("0.01")


def percent(numerator: int, denominator: int) -> Decimal:
    """A quotient in percent with one decimal, halves up: (14, 15) → Decimal("93.3")."""
    return (Decimal(numerator) * 100 / Decimal(denominator)).quantize(TENTH, ROUND_HALF_UP)


def value_text(numerator: int | None, denominator: int | None, divided: bool) -> str:
    """A value as it is printed: "93.3%", or "12" where the indicator is a count that is not divided."""
    if numerator is None:
        return ""
    if not divided or not denominator:
        return f"{numerator:,}"
    return f"{percent(numerator, denominator)}%"


def state_text(state: str, owner: str = "") -> str:
    """A value's state in words (ui.md): missing is never a dash alone."""
    return {
        "value": "有值",
        "not_due": "未到期",
        "not_applicable": "不适用（分母为0）",
        "exempt": "免报",
        "missing": f"缺（应由{owner}报送）" if owner else "缺",
    }[state]


def points(score: int | None) -> Decimal | None:
    """Ten-thousandths of a point as points with two decimals, halves up; None stays None."""
    return None if score is None else (Decimal(score) / 10_000).quantize(HUNDREDTH, ROUND_HALF_UP)
