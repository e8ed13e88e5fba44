"""Access, in one file: may you (permissions), and which rows (scope). The default is no.

*May you?* `PERMISSIONS` names what each role may do; views ask with `@requires(...)` (webapp/guards.py).
*Which rows?* Each model declares a rule made here; a listener adds it to every ORM statement and another refuses
writes outside it. A session without a viewer raises. Separation of duty is the last part.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, ClassVar, Literal

from sqlalchemy import ColumnElement, TextClause, and_, event, false, or_, select, true
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.sql.elements import True_

from webapp.bulk import insert_many
from webapp.errors import OutOfScope, Refused
from webapp.permissions import DELEGATED, permissions_of
from webapp.statements import models_in


@dataclass(frozen=True)
class Grant:
    """One posting valid today: a role at a division, own or (`on_behalf_of`) with its approvals delegated to the viewer."""

    role: str
    unit_code: str
    """At the length of its level."""
    posting_id: int
    organisation_id: int | None = None
    organisation_kind: str | None = None
    on_behalf_of: int | None = None
    on_behalf_name: str | None = None
    unit_name: str = ""

    @property
    def permissions(self) -> frozenset[str]:
        held = permissions_of(self.role, self.unit_code, self.organisation_kind)
        return held & DELEGATED if self.on_behalf_of is not None else held

    @property
    def opens_unit(self) -> bool:
        """Whether the division's rows come with it. A sending unit sees nothing of where it happens to sit."""
        return self.organisation_kind != "sending_unit"


@dataclass(frozen=True)
class Viewer:
    """Who looks: a signed-in person, a named part of the system with a root, or nobody."""

    kind: Literal["account", "system", "nobody"]
    name: str
    account_id: int | None = None
    person_id: int | None = None
    grants: tuple[Grant, ...] = ()
    root: str | None = None
    permission: str | None = None

    @classmethod
    def nobody(cls) -> "Viewer":
        """A visitor who has not signed in: sees reference data and nothing else."""
        return cls("nobody", "未登录")

    @classmethod
    def system(cls, name: str, root: str) -> "Viewer":
        """A named part of the system; `root` is the division code its work is limited to ("" = the nation)."""
        return cls("system", name, root=root)

    def may(self, permission: str) -> bool:
        """Whether any posting valid today carries the permission."""
        return self.kind == "system" or any(permission in grant.permissions for grant in self.grants)

    def through(self, permission: str) -> "Viewer":
        """The same viewer behind the door of one permission: only postings that carry it open rows."""
        return replace(self, permission=permission)

    @property
    def opening(self) -> tuple[Grant, ...]:
        """The postings that count behind the present door."""
        return tuple(g for g in self.grants if self.permission is None or self.permission in g.permissions)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Codes whose subtrees are in scope; "" is the nation."""
        if self.kind == "system":
            return (self.root or "",)
        return tuple(dict.fromkeys(g.unit_code for g in self.opening if g.opens_unit))

    @property
    def sending_units(self) -> tuple[int, ...]:
        """Sending units whose own postings are in scope, wherever these lie."""
        sending = (g.organisation_id for g in self.opening if g.organisation_kind == "sending_unit")
        return tuple(number for number in sending if number is not None)

    @property
    def team_villages(self) -> tuple[str, ...]:
        """Villages where the viewer is first secretary or team member today."""
        return tuple(dict.fromkeys(g.unit_code for g in self.grants if g.role in ("first_secretary", "team_member")))

    def reaches(self, unit_code: str | None) -> bool:
        """Whether a unit lies in scope."""
        return unit_code is not None and any(unit_code.startswith(prefix) for prefix in self.prefixes)

    def units_with(self, permission: str) -> tuple[str, ...]:
        """Division codes of the postings that carry a permission."""
        return tuple(dict.fromkeys(g.unit_code for g in self.grants if permission in g.permissions))


def below(column: Any, prefix: str) -> ColumnElement[bool]:
    """Rows whose code lies in the subtree of `prefix`, as a range that an index serves in both databases."""
    if not prefix:
        return true()
    return and_(column >= prefix, column < str(int(prefix) + 1).zfill(len(prefix)))


@dataclass(frozen=True)
class Rule:
    """Which rows: `reads` makes the SQL criterion, `writes` judges one object that is about to be flushed."""

    reads: Callable[[Any, Viewer], ColumnElement[bool]]
    writes: Callable[[Any, Viewer], bool]
    same: bool = True
    """Whether every row that may be read may be written: only then a whole set may be changed in one statement."""


def within(column: str = "unit_code") -> Rule:
    """The subtree of the viewer's units."""
    return Rule(
        lambda cls, viewer: or_(false(), *(below(getattr(cls, column), p) for p in viewer.prefixes)),
        lambda row, viewer: viewer.reaches(getattr(row, column)),
    )


def mine(column: str = "person_id") -> Rule:
    """The viewer's own rows; parts of the system act for everyone."""
    return Rule(
        lambda cls, v: true() if v.kind == "system" else getattr(cls, column) == v.person_id,
        lambda row, v: v.kind == "system" or (v.person_id is not None and getattr(row, column) == v.person_id),
    )


def _held(column: str, values: Callable[[Viewer], Collection[Any]]) -> Rule:
    return Rule(
        lambda cls, viewer: or_(false(), *(getattr(cls, column) == value for value in values(viewer))),
        lambda row, viewer: getattr(row, column) in values(viewer),
    )


def team(column: str = "unit_code") -> Rule:
    """Rows of the villages where the viewer is stationed today."""
    return _held(column, lambda viewer: viewer.team_villages)


def sent(column: str = "sending_unit_id") -> Rule:
    """Rows of postings that the viewer's sending unit has sent."""
    return _held(column, lambda viewer: viewer.sending_units)


def linked(reads: Callable[[Any, Viewer], ColumnElement[bool]]) -> Rule:
    """Rows reached through another table's rows; reading only. Write the criterion on `Model.__table__.alias()`:
    without the alias a statement that joins the same table would take the criterion's FROM away."""
    return Rule(reads, lambda row, viewer: False, same=False)


def either(*rules: Rule) -> Rule:
    """Any of several rules."""
    return Rule(
        lambda cls, viewer: or_(*(rule.reads(cls, viewer) for rule in rules)),
        lambda row, viewer: any(rule.writes(row, viewer) for rule in rules),
        same=all(rule.same for rule in rules),
    )


def system_only() -> Rule:
    """Rows that only named parts of the system touch."""
    return Rule(lambda cls, v: true() if v.kind == "system" else false(), lambda row, v: v.kind == "system")


def anybody_writes(rule: Rule) -> Rule:
    """Read by the rule, written by whoever acts (inbox rows, audit entries: the act itself was guarded)."""
    return Rule(rule.reads, lambda row, viewer: True)


def written_with(permission: str, rule: Rule) -> Rule:
    """Read by the rule; written by the rule's writers and by holders of a permission (the service checks the unit)."""
    return Rule(rule.reads, lambda row, v: v.may(permission) or rule.writes(row, v), same=rule.same)


class Scoped:
    """Mixin of every table with rows that not everyone may see; `__scope__` is its rule."""

    __scope__: ClassVar[Rule] = within()


class Reference:
    """Mixin of tables that hold nothing to hide (divisions, calendar, packs)."""


def units(viewer: Viewer, division: Any) -> Any:
    """Sub-query of the division codes in scope; set-based SQL gets its units from here and nowhere else."""
    return select(division.code).where(or_(false(), *(below(division.code, p) for p in viewer.prefixes)))


def viewer_of(session: Session) -> Viewer:
    """The viewer of a session; a session without one may do nothing."""
    if (viewer := session.info.get("viewer")) is None:
        raise RuntimeError("this session has no viewer: pass one to session_scope or sign somebody in")
    return viewer


@contextmanager
def acting_as(session: Session, viewer: Viewer) -> Iterator[None]:
    """Let a named part of the system act inside the session for one block; what it changed is flushed at the end.

    What the person had changed before is flushed first, so that it is judged by the person's own rules.
    """
    before = session.info.get("viewer")
    if before is not None and session.autoflush:
        session.flush()
    session.info["viewer"] = viewer
    try:
        yield
        session.flush()
    finally:
        session.info["viewer"] = before


@lru_cache(maxsize=4096)
def _criterion(model: type[Scoped], viewer: Viewer) -> LoaderCriteriaOption | None:
    """A model's rule for one viewer, also for rows that eager loads join to a statement; None where all rows are open."""
    rows = model.__scope__.reads(model, viewer)
    return None if isinstance(rows, True_) else with_loader_criteria(model, rows, include_aliases=True)


@event.listens_for(Session, "do_orm_execute")
def _scope_statement(state: ORMExecuteState) -> None:
    """Add each model's rule to the statement; also to lazy loads, counts, ORM updates and deletes."""
    if state.is_column_load:
        return  # a refresh of a row that this session already holds
    viewer = viewer_of(state.session)
    models: tuple[type[Scoped], ...] = models_in(state.statement)
    if viewer.kind != "system":
        _refuse_unscoped(state, models)
    if state.is_insert:
        return  # only parts of the system come this far; people's rows are judged one by one before the flush
    rules = [rule for model in models if (rule := _criterion(model, viewer)) is not None]  # type: ignore[arg-type]
    if rules:
        state.statement = state.statement.options(*rules)  # type: ignore[arg-type]


def _refuse_unscoped(state: ORMExecuteState, models: tuple[type[Scoped], ...]) -> None:
    """Refuse statements that the rules do not reach, and changes of whole sets that a rule judges row by row."""
    if (not state.is_orm_statement or state.is_from_statement) and (models or isinstance(state.statement, TextClause)):
        raise RuntimeError("the rules of access do not reach this statement: write it with models")
    if state.is_insert and models:
        raise RuntimeError("rows are inserted by session.add or insert_rows, which judge every row")
    changed = state.bind_mapper.class_ if state.bind_mapper and (state.is_update or state.is_delete) else None
    if changed in models and not changed.__scope__.same:
        raise RuntimeError("who may read these rows may not change them all: change them one by one")


@event.listens_for(Session, "before_flush")
def _refuse_foreign_writes(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    """Refuse to flush a new, changed or deleted row that the viewer's rule does not reach."""
    viewer = viewer_of(session)
    for row in (*session.new, *filter(session.is_modified, session.dirty), *session.deleted):
        if isinstance(row, Scoped) and not row.__scope__.writes(row, viewer):
            raise OutOfScope()


def insert_rows(session: Session, model: type[Scoped], rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows of one model at once, each judged by its rule first."""
    viewer = viewer_of(session)
    if not all(model.__scope__.writes(SimpleNamespace(**row), viewer) for row in rows):
        raise OutOfScope()
    with acting_as(session, Viewer.system(viewer.name, "")):
        insert_many(session, model, rows)


def separate_duties(
    viewer: Viewer, *, reporters: Collection[int | None], reporting_unit: str, on_behalf_of: int | None = None
) -> None:
    """T-4: nobody verifies what he reported, nor what a unit he belongs to reported, whichever post he acts from;
    nor for a delegator (`on_behalf_of`) who reported it."""
    if viewer.person_id is not None and viewer.person_id in reporters:
        raise Refused("您反馈过这项任务，不能由您核验。请由本单位其他同志核验。")
    if on_behalf_of is not None and on_behalf_of in reporters:
        raise Refused("委托您审批的同志反馈过这项任务，不能由您代为核验。请由下达单位其他同志核验。")
    if any(grant.unit_code == reporting_unit for grant in viewer.grants):
        raise Refused("您在反馈单位任职，不能核验本单位反馈的任务。请由下达单位其他同志核验。")
