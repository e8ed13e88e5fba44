"""May you: the table of roles, separation of duty, and doors that statements must not take."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

from webapp.access import Grant, Viewer, separate_duties
from webapp.config import ROOT
from webapp.errors import Refused
from webapp.org.models import ORGANISATION_KINDS, ROLES
from webapp.permissions import LEVELS, PERMISSIONS, ROLE_NAMES, permissions_of

SOURCES = sorted(path for folder in ("webapp", "flows") for path in (ROOT / folder).rglob("*.py"))
OFFICES = ("system_admin", "security_admin", "audit_admin")


def test_every_role_has_a_name_and_permissions() -> None:
    assert set(ROLES) == set(ROLE_NAMES) == {re.split("[:@]", key)[0] for key in PERMISSIONS}
    assert {key.split(":")[0].partition("@")[2] for key in PERMISSIONS} - {""} <= set(ORGANISATION_KINDS)
    assert {level for key in PERMISSIONS for _, _, level in [key.partition(":")] if level} <= set(LEVELS.values())


def test_table_knows_no_permission_that_nothing_asks_for(app: Flask) -> None:
    guards = {getattr(view, "guard", "") for view in app.view_functions.values()}
    asking = [path.read_text(encoding="utf-8") for path in SOURCES if path.name != "permissions.py"]
    words = set(re.findall(r'"([a-z_]+\.[a-z_]+)"', "\n".join(asking)))
    given = set().union(*PERMISSIONS.values())
    assert guards - {"public"} <= given, "a guard asks for a permission that no role has"
    assert given <= words, "nothing asks for these permissions"


def test_unknown_role_may_nothing() -> None:
    assert permissions_of("emperor", "53") == frozenset()


def test_three_offices_share_nothing_but_what_everyone_has() -> None:
    everyone = frozenset.intersection(*(permissions_of(role, "533323") for role in ROLES))
    rights = [permissions_of(role, "533323") - everyone - {"people.read", "pack.read"} for role in OFFICES]
    assert all(rights)
    assert not any(rights[a] & rights[b] for a, b in ((0, 1), (0, 2), (1, 2)))


def _person(*units: str, person_id: int = 7) -> Viewer:
    grants = tuple(Grant("desk", unit, number) for number, unit in enumerate(units))
    return Viewer("account", "某", account_id=1, person_id=person_id, grants=grants)


def test_other_desk_may_verify() -> None:
    separate_duties(_person("533323"), reporters={8}, reporting_unit="533323101")


@pytest.mark.parametrize(
    ("viewer", "case"),
    [
        (_person("533323", person_id=8), "the reporter"),
        (_person("533323101"), "a colleague"),
        (_person("533323", "533323101"), "a colleague through a second post"),
    ],
)
def test_reporter_and_reporting_unit_do_not_verify(viewer: Viewer, case: str) -> None:
    with pytest.raises(Refused):
        separate_duties(viewer, reporters={8}, reporting_unit="533323101")


def test_second_post_does_not_hide_behind_the_door_of_the_first() -> None:
    viewer = _person("533323", "533323101").through("task.verify")
    with pytest.raises(Refused):
        separate_duties(viewer, reporters={8}, reporting_unit="533323101")


# Statements these modules make reach rows without the rules: set-based SQL over units, rules themselves, imports.
MAY_GO_RAW = (
    "access.py",
    "models.py",
    "importing.py",
    "db.py",
    "webapp/bulk.py",
    "collectors",
    "lease.py",
    "jobs.py",
    "demo",
)
MAY_INSERT_UNJUDGED = (
    "webapp/access.py",
    "webapp/notices/service.py",
)  # judges each row; writes to people out of scope
BARE = {
    "exists",
    "from_statement",
    "bulk_insert_mappings",
    "bulk_update_mappings",
    "bulk_save_objects",
    "exec_driver_sql",
}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(Path(path).relative_to(ROOT)))
def test_no_statement_goes_round_the_rules(path: Path) -> None:
    if any(part in str(path.relative_to(ROOT)) for part in MAY_GO_RAW):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wrong = [
        f"{path}:{node.lineno}: {_name(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (_name(node) in BARE - {"exists"} or _name(node) == "exists" and not node.args)
        if not (_name(node) == "exists" and isinstance(node.func, ast.Attribute))
    ]
    assert not wrong, "use a select of a model, which the rules of access reach:\n" + "\n".join(wrong)


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_rows_that_nobody_judged_are_inserted_by_two_modules_alone() -> None:
    takers = [str(path.relative_to(ROOT)) for path in map(Path, SOURCES) if "webapp.bulk import" in path.read_text()]
    assert sorted(takers) == sorted(MAY_INSERT_UNJUDGED)
