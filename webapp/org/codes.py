"""Division codes: held at the length of their level, shown with 12 digits (`docs/decisions/0001-division-codes.md`)."""

from webapp.errors import Refused

LENGTHS = {1: 2, 2: 4, 3: 6, 4: 9, 5: 12}
LEVEL_OF = {length: level for level, length in LENGTHS.items()}
LEVEL_NAMES = {1: "省", 2: "市", 3: "县", 4: "乡镇", 5: "村"}
_COMMUNITY_ENDINGS = ("居委会", "居民委员会", "社区")


def level(code: str) -> int:
    """1 province, 2 city, 3 county, 4 township, 5 village."""
    return LEVEL_OF[len(code)]


def is_community(name: str) -> bool:
    """Whether a division of the fifth level is a residents' community (社区) and no administrative village (行政村).

    The published list of divisions has no class of its own, only the name of the committee: "上帕社区居民委员会" is one,
    "上帕村委会" and "某某社区村委会" are villages.
    """
    return name.strip().endswith(_COMMUNITY_ENDINGS)


def full(code: str) -> str:
    """The 12-digit form: "533323" → "533323000000"."""
    return code.ljust(12, "0")


def at_level(code: str, number: int) -> str:
    """The ancestor (or the code itself) at a level: ("533323101201", 4) → "533323101"."""
    return code[: LENGTHS[number]]


def ancestors(code: str) -> list[str]:
    """Codes from the province down to the parent: "533323" → ["53", "5333"]."""
    return [code[:length] for length in LENGTHS.values() if length < len(code)]


def held(text: str) -> str:
    """The held form of a code in an address, of 12 digits or shorter; "" for anything that is no code."""
    typed = text.strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) in LEVEL_OF):
        return ""
    return next(typed[:n] for n in LENGTHS.values() if full(typed[:n]) == typed) if len(typed) == 12 else typed


def prefix_of(text: str) -> str:
    """A division code, or the beginning of one, typed into an address to narrow a list; anything odd narrows nothing."""
    code = text.strip()
    return code if code.isascii() and code.isdigit() and len(code) <= 12 else ""


def candidates(text: str) -> list[str]:
    """Held codes that a typed code of 2, 4, 6, 9 or 12 digits may mean, the highest level first.

    Three cities without counties share their 12 digits with the pseudo-county below them, so a 12-digit code can
    mean two divisions; the shorter forms are unambiguous. Raises `Refused` for anything that is no code.
    """
    typed = text.strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) in LEVEL_OF):
        raise Refused(f"区划代码“{typed[:20]}”不正确。请填写 2、4、6、9 或 12 位数字代码。")
    if len(typed) < 12:
        return [typed]
    return [typed[:n] for n in LENGTHS.values() if full(typed[:n]) == typed]
