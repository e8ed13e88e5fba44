"""Step two of a new task as the form sends it: which units are chosen, which part of the tree is open, what was pasted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from webapp.accountability import targets
from webapp.errors import Refused
from webapp.org.codes import LEVEL_NAMES, LEVEL_OF, ancestors
from webapp.org.models import Division
from webapp.org.units import Branch, branches, by_codes, counted, in_use, named, of_level, pasted, pasted_words

ALL_AT_ONCE = 400
"""As many units two levels deep are shown as boxes at once; a larger tree is opened branch by branch."""
LISTED = 100


@dataclass
class Choice:
    """What has been chosen so far, and what is to be said about it."""

    issuer: str
    units: set[str]
    root: str
    """The unit whose part of the tree is open."""
    text: str = ""
    """Pasted lines that were not taken."""
    said: list[str] = field(default_factory=list)
    """What happened to a group, a level or pasted lines."""
    problems: list[str] = field(default_factory=list)

    @property
    def codes(self) -> list[str]:
        return sorted(self.units)

    @property
    def words(self) -> str:
        """How many are chosen: "乡镇 7 个，村 57 个"."""
        return "，".join(f"{name} {number} 个" for name, number in counted(self.units))


def read(session: Session, typed: MultiDict[str, str], issuer: str, on: date) -> Choice:
    """The choice that a form holds: ticked boxes of the open part (a whole branch has one), the rest as kept."""
    root = typed.get("root", "")
    root = root if root.startswith(issuer) and len(root) in LEVEL_OF else issuer
    if "choosing" not in typed:
        return Choice(issuer, _split(typed.get("units", "")), root, typed.get("pasted", ""))
    units = set(typed.getlist("unit")) | _split(typed.get("outside", ""))
    for branch in typed.getlist("under"):
        if branch.startswith(issuer) and len(branch) in LEVEL_OF and LEVEL_OF[len(branch)] < max(LEVEL_NAMES):
            units |= set(of_level(session, branch, LEVEL_OF[len(branch)] + 1, on))
    return Choice(issuer, units, root, typed.get("pasted", ""))


def change(session: Session, choice: Choice, what: str, add: bool, typed: MultiDict[str, str], on: date) -> None:
    """Add or take out a level of a subtree, a group, or pasted lines; or clear all. Says what it did."""
    before = set(choice.units)
    try:
        codes, label = _meant(session, choice, what, typed, on)
    except Refused as refused:
        choice.problems.append(refused.sentence)
        return
    current, closed = in_use(session, codes, on) if add else (codes, [])
    choice.units = choice.units | set(current) if add else choice.units - set(current)
    moved = len(choice.units ^ before)
    if label:
        choice.said.append(f"{label}：已{'加入' if add else '去掉'} {moved} 个单位。")
    if closed:
        choice.problems.append(f"{named(closed, 20)}的区划已撤销，没有加入。请改选承接单位。")


def _meant(session: Session, choice: Choice, what: str, typed: MultiDict[str, str], on: date) -> tuple[list[str], str]:
    if what == "level":
        root, level = typed.get("level_root", ""), typed.get("level", "")
        if not root.startswith(choice.issuer) or len(root) not in LEVEL_OF or level not in map(str, LEVEL_NAMES):
            raise Refused("没有选择范围或层级。请选择后再加入。")
        codes = of_level(session, root, int(level), on)
        if not codes:
            raise Refused("这个范围内没有该层级的单位。请改选范围或层级。")
        return codes, f"全部{LEVEL_NAMES[int(level)]}"
    if what == "group":
        return targets.of_group(session, typed.get("group", ""), choice.issuer, on), "分组"
    if what == "pasted":
        found = pasted(session, choice.text, choice.issuer, on)
        choice.problems += found.sentences
        choice.text = "\n".join(found.left)
        return found.codes, "粘贴的名单" if found.codes else ""
    if what == "all":
        return choice.codes, "全部所选"
    raise Refused("没有认出要做的操作。请重新选择。")


@dataclass(frozen=True)
class Tree:
    """The open part of the tree."""

    way: list[Division]
    """From the issuer down to the open unit."""
    branches: list[tuple[Branch, list[Division]]]
    """Units directly below it; where two levels are few enough, each with its own units."""
    by_branch: bool
    """Whether branches are opened one by one."""
    shown: set[str]


def tree(session: Session, choice: Choice, on: date) -> Tree:
    """What step two shows of the tree: boxes for a part that a person can look over."""
    below = branches(session, choice.root, choice.codes, on)
    level = LEVEL_OF[len(choice.root)] + 2
    leaves: dict[str, list[Division]] = {}
    few = 0
    if level <= max(LEVEL_NAMES):
        codes = of_level(session, choice.root, level, on)
        few = len(codes)
        if few <= ALL_AT_ONCE:
            for leaf in by_codes(session, codes):
                leaves.setdefault(leaf.parent_code or "", []).append(leaf)
    by_branch = few > ALL_AT_ONCE or level < max(LEVEL_NAMES)
    if by_branch:
        leaves = {}
    shown = {one.division.code for one in below} | {leaf.code for some in leaves.values() for leaf in some}
    way = [code for code in (*ancestors(choice.root), choice.root) if code.startswith(choice.issuer)]
    return Tree(
        way=by_codes(session, way),
        branches=[(one, leaves.get(one.division.code, [])) for one in below],
        by_branch=by_branch,
        shown=shown,
    )


def listed(session: Session, choice: Choice) -> list[Division]:
    """The first of the chosen units, to be looked over."""
    return by_codes(session, choice.codes[:LISTED])


def waiting_words(typed: MultiDict[str, str]) -> bool:
    """Whether lines were pasted on this page that nobody has read yet."""
    return "choosing" in typed and bool(pasted_words(typed.get("pasted", "")))


def _split(text: str) -> set[str]:
    return set(filter(None, text.split(",")))


def roots(session: Session, choice: Choice, on: date) -> Iterable[Division]:
    """Where a whole level may be taken from: the issuer, the open way, and what lies below the open unit."""
    way = [code for code in (*ancestors(choice.root), choice.root) if code.startswith(choice.issuer)]
    return by_codes(session, [*way, *(one.division.code for one in branches(session, choice.root, (), on))])
