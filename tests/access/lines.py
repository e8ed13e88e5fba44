"""What the reviewed tables of routes are made of: the viewers, the places seen from their posts, and one line.

A line holds the permission, the viewers it lets through (by name, see `VIEWERS`), and for routes on one row the tables
of its parameters and the places whose rows it opens, seen from the viewer's post: own, child, parent, neighbour (a unit
of the same level elsewhere), closed (the unit of an ended posting). Every other place answers 404.
"""

from dataclasses import dataclass, field

VIEWERS: dict[str, tuple[str, ...]] = {
    "village secretary": ("secretary", "533323101201"),
    "township secretary": ("secretary", "533323101"),
    "county secretary": ("secretary", "533323"),
    "first secretary": ("first_secretary", "533323101201"),
    "team member": ("team_member", "533323101201"),
    "township desk": ("desk", "533323101"),
    "county desk": ("desk", "533323"),
    "city desk": ("desk", "5333"),
    "province desk": ("desk", "53"),
    "organisation department": ("desk", "533323", "organisation_department"),
    "rural-affairs desk": ("desk", "533323", "rural_affairs"),
    "secretary's office": ("desk", "533323", "secretary_office"),
    "burden-relief office": ("desk", "533323", "burden_relief"),
    "sending unit": ("desk", "533323", "sending_unit"),
    "county deputy": ("deputy", "533323"),
    "township deputy": ("deputy", "533323101"),
    "village deputy": ("deputy", "533323101201"),
    "department's deputy": ("deputy", "533323", "organisation_department"),
    "county supervisor": ("supervisor", "533323"),
    "county leader": ("leader", "533323"),
    "system administrator": ("system_admin", "533323"),
    "security administrator": ("security_admin", "533323"),
    "audit administrator": ("audit_admin", "533323"),
}
FURTHER = frozenset(
    {
        "city desk",
        "province desk",
        "organisation department",
        "rural-affairs desk",
        "township deputy",
        "village deputy",
        "department's deputy",
    }
)
# Places seen from a post: its child, its parent, a neighbour of its level, and the unit of a posting that has ended.
PLACES = {
    "533323101201": {"parent": "533323101", "neighbour": "533323101202", "closed": "533323201201"},
    "533323101": {"child": "533323101201", "parent": "533323", "neighbour": "533323201", "closed": "533323202"},
    "533323": {"child": "533323101", "parent": "5333", "neighbour": "533301", "closed": "533325"},
    "5333": {"child": "533323", "parent": "53", "neighbour": "5334", "closed": "5301"},
    "53": {"child": "5333", "neighbour": "51", "closed": "52"},
}

EVERYBODY = frozenset(VIEWERS)
VILLAGE = frozenset({"village secretary", "village deputy", "first secretary", "team member"})
TEAM = frozenset({"first secretary", "team member"})
COUNTY_DESKS = frozenset({"county desk", "rural-affairs desk", "organisation department"})
"""Who manages the stationed teams of a county (Z-10)."""
COUNTY_DESK = frozenset({"county desk", "rural-affairs desk"})
HIGH_DESKS = frozenset({"city desk", "province desk"})
LOCAL_DESKS = COUNTY_DESKS | {"township desk"}
DESKS = LOCAL_DESKS | HIGH_DESKS
DEPUTIES = frozenset({"county deputy", "township deputy", "department's deputy"})
READERS = DEPUTIES | {"township secretary", "county secretary", "county supervisor", "county leader"}
OFFICE = frozenset({"secretary's office"})
RELIEF = frozenset({"burden-relief office"})
SENDING = frozenset({"sending unit"})
SYSTEM = frozenset({"system administrator"})
SECURITY = frozenset({"security administrator"})
AUDIT = frozenset({"audit administrator"})
TASK_READERS = VILLAGE | DESKS | READERS | OFFICE | RELIEF
REPORT_READERS = DESKS | READERS
PHOTO = {"log_id": "work_log", "photo_id": "work_log_photo"}
ASSIGNMENT = {"assignment_id": "assignment"}
ACT = "POST /tasks/assignments/<int:assignment_id>/<any({}):kind>"
PEOPLE_READERS = EVERYBODY - AUDIT - SENDING
COUNTY = {"code": "533323"}
POSTING, HANDOVER = {"posting_id": "posting"}, {"handover_id": "handover"}
OWN_UNIT, CHILD = frozenset({"own"}), frozenset({"child"})
SUBTREE = frozenset({"own", "child"})
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Line:
    """One route's answer to everybody."""

    permission: str
    viewers: frozenset[str] = EVERYBODY
    rows: dict[str, str] = field(default_factory=dict)
    """Parameter → table whose row is asked for."""
    opens: frozenset[str] = NONE
    values: dict[str, str] = field(default_factory=dict)
    """Parameters that are no rows."""
    refuses: frozenset[str] = NONE
    """Places whose rows are seen elsewhere, while this act on them belongs to another unit: 403 with a sentence."""
    blind: frozenset[str] = NONE
    """Viewers who are let through and see own rows only: somebody else's is a 404 to them, also in their own unit."""
    barred: frozenset[str] = NONE
    """Viewers who see the row while this act on it belongs to somebody else: 403 with a sentence."""


PUBLIC = Line("public")
OWN = Line("self.manage")
