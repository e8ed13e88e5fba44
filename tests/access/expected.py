"""The reviewed table: who may use each route, and which rows it opens. A route without a line fails the matrix test.

A line holds the permission, the viewers it lets through (by name, see `VIEWERS`), and for routes on one row the tables
of its parameters and the places whose rows it opens, seen from the viewer's post: own, child, parent, neighbour (a unit
of the same level elsewhere), closed (the unit of an ended posting). Every other place answers 404.
"""

from dataclasses import dataclass, field

VIEWERS = {
    "village secretary": ("secretary", "533323101201"),
    "township secretary": ("secretary", "533323101"),
    "county secretary": ("secretary", "533323"),
    "first secretary": ("first_secretary", "533323101201"),
    "team member": ("team_member", "533323101201"),
    "township desk": ("desk", "533323101"),
    "county desk": ("desk", "533323"),
    "county supervisor": ("supervisor", "533323"),
    "county leader": ("leader", "533323"),
    "system administrator": ("system_admin", "533323"),
    "security administrator": ("security_admin", "533323"),
    "audit administrator": ("audit_admin", "533323"),
}
# Places seen from a post: its child, its parent, a neighbour of its level, and the unit of a posting that has ended.
PLACES = {
    "533323101201": {"parent": "533323101", "neighbour": "533323101202", "closed": "533323201201"},
    "533323101": {"child": "533323101201", "parent": "533323", "neighbour": "533323201", "closed": "533323202"},
    "533323": {"child": "533323101", "parent": "5333", "neighbour": "533301", "closed": "533325"},
}

EVERYBODY = frozenset(VIEWERS)
VILLAGE = frozenset({"village secretary", "first secretary", "team member"})
TEAM = frozenset({"first secretary", "team member"})
DESKS = frozenset({"township desk", "county desk"})
READERS = frozenset({"township secretary", "county secretary", "county supervisor", "county leader"})
COUNTY_DESK = frozenset({"county desk"})
SYSTEM = frozenset({"system administrator"})
SECURITY = frozenset({"security administrator"})
AUDIT = frozenset({"audit administrator"})
TASK_READERS = VILLAGE | DESKS | READERS
REPORT_READERS = DESKS | READERS
PHOTO = {"log_id": "work_log", "photo_id": "work_log_photo"}
ASSIGNMENT = {"assignment_id": "assignment"}
ACT = "POST /tasks/assignments/<int:assignment_id>/<any({}):kind>"
PEOPLE_READERS = EVERYBODY - AUDIT
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


PUBLIC = Line("public")
OWN = Line("self.manage")

EXPECTED: dict[str, Line] = {
    "GET /static/<path:filename>": PUBLIC,
    "GET /bootstrap/static/<path:filename>": PUBLIC,
    "GET /healthz": PUBLIC,
    "GET /login": PUBLIC,
    "POST /login": PUBLIC,
    "POST /logout": PUBLIC,
    "GET /text-size": PUBLIC,
    "GET /verify/": PUBLIC,
    "POST /verify/": PUBLIC,
    "GET /verify/<code>": PUBLIC,
    "POST /verify/file": PUBLIC,
    "GET /": Line("home.read"),
    "GET /me": Line("self.manage"),
    # accounts and sessions
    "GET /account/password": OWN,
    "POST /account/password": OWN,
    "GET /account/sessions": OWN,
    "POST /account/sessions/<int:session_id>/end": Line(
        "self.manage", EVERYBODY, {"session_id": "sign_in_session"}, NONE
    ),
    "GET /accounts/": Line("account.write", SYSTEM),
    "GET /accounts/new": Line("account.write", SYSTEM),
    "POST /accounts/new": Line("account.write", SYSTEM),
    "GET /accounts/<int:account_id>/reset": Line("account.write", SYSTEM, {"account_id": "account"}, SUBTREE),
    "POST /accounts/<int:account_id>/reset": Line("account.write", SYSTEM, {"account_id": "account"}, SUBTREE),
    "POST /accounts/<int:account_id>/close": Line("account.write", SYSTEM, {"account_id": "account"}, SUBTREE),
    "GET /accounts/sessions/": Line("session.admin", SECURITY),
    "POST /accounts/<int:account_id>/sessions/end": Line("session.admin", SECURITY, {"account_id": "account"}, SUBTREE),
    "POST /accounts/<int:account_id>/unlock": Line("session.admin", SECURITY, {"account_id": "account"}, SUBTREE),
    "GET /audit/": Line("audit.read", AUDIT),
    # complaints: anonymous, answered by the burden-relief office of the county
    "GET /complaints/new": PUBLIC,
    "POST /complaints/new": PUBLIC,
    "GET /complaints/receipt": PUBLIC,
    "POST /complaints/receipt": PUBLIC,
    "GET /complaints/": Line("complaint.read", COUNTY_DESK),
    "POST /complaints/<complaint_id>/answer": Line(
        "complaint.answer", COUNTY_DESK, {"complaint_id": "complaint"}, SUBTREE
    ),
    # the inbox is a person's own: nobody opens somebody else's message, of whatever unit
    "GET /inbox/": Line("inbox.read"),
    "POST /inbox/read": Line("inbox.read"),
    "GET /inbox/<int:message_id>": Line("inbox.read", EVERYBODY, {"message_id": "inbox_message"}),
    "POST /inbox/<int:message_id>/read": Line("inbox.read", EVERYBODY, {"message_id": "inbox_message"}),
    # reports
    "GET /reports/": Line("report.read", REPORT_READERS),
    "GET /reports/<int:report_id>": Line("report.read", REPORT_READERS, {"report_id": "report_file"}, SUBTREE),
    "GET /reports/<int:report_id>/file": Line("report.read", REPORT_READERS, {"report_id": "report_file"}, SUBTREE),
    "GET /reports/deliveries": Line("delivery.read", COUNTY_DESK),
    "GET /reports/subscriptions": Line("subscription.write", COUNTY_DESK),
    "POST /reports/subscriptions": Line("subscription.write", COUNTY_DESK),
    "POST /reports/subscriptions/<int:subscription_id>/end": Line(
        "subscription.write", COUNTY_DESK, {"subscription_id": "subscription"}, SUBTREE
    ),
    # tasks: an unread form of an act is refused with a sentence, an assignment outside the units is not there
    "GET /tasks/": Line("task.read", TASK_READERS),
    "POST /tasks/export": Line("task.read", TASK_READERS),
    "GET /tasks/new": Line("task.issue", DESKS),
    "POST /tasks/new": Line("task.issue", DESKS),
    "GET /tasks/<int:task_id>": Line("task.read", TASK_READERS, {"task_id": "accountability_task"}, SUBTREE),
    "GET /tasks/assignments/<int:assignment_id>": Line("task.read", TASK_READERS, ASSIGNMENT, SUBTREE),
    ACT.format("acknowledge,start,report,withdraw,extend_ask"): Line(
        "task.answer", VILLAGE | DESKS, ASSIGNMENT, OWN_UNIT, {"kind": "acknowledge"}, CHILD
    ),
    ACT.format("'return',verify,close"): Line("task.verify", DESKS, ASSIGNMENT, OWN_UNIT, {"kind": "verify"}, CHILD),
    ACT.format("recall,suspend,resume,extend_grant,extend_refuse"): Line(
        "task.issue", DESKS, ASSIGNMENT, SUBTREE, {"kind": "recall"}
    ),
    # divisions are public knowledge; people are seen where they are or were posted
    "GET /org/": Line("org.read"),
    "GET /org/<code>": Line("org.read", values=COUNTY),
    "GET /org/<code>/postings": Line("people.read", PEOPLE_READERS, values=COUNTY),
    "POST /org/<code>/postings/export": Line("people.read", PEOPLE_READERS, values=COUNTY),
    "GET /org/people/<int:person_id>": Line("people.read", PEOPLE_READERS, {"person_id": "person"}, SUBTREE),
    "GET /org/postings/new": Line("posting.write", COUNTY_DESK),
    "POST /org/postings/new": Line("posting.write", COUNTY_DESK),
    "GET /org/postings/<int:posting_id>/end": Line("posting.write", COUNTY_DESK, POSTING, SUBTREE),
    "POST /org/postings/<int:posting_id>/end": Line("posting.write", COUNTY_DESK, POSTING, SUBTREE),
    "GET /org/handovers/<int:handover_id>": Line("posting.write", COUNTY_DESK, HANDOVER, SUBTREE),
    "POST /org/handovers/<int:handover_id>": Line("posting.write", COUNTY_DESK, HANDOVER, SUBTREE),
    # figures: values within the viewer's units; scores only inside an assessment
    "GET /runs/": Line("run.read", REPORT_READERS),
    "GET /runs/new": Line("run.request", COUNTY_DESK),
    "POST /runs/new": Line("run.request", COUNTY_DESK),
    "GET /runs/requests/<int:request_id>": Line("run.request", COUNTY_DESK, {"request_id": "run_request"}, SUBTREE),
    # a unit opens the run of the unit above and finds its own values in it
    "GET /runs/<key>": Line("run.read", REPORT_READERS, {"key": "run key"}, SUBTREE | {"parent"}),
    "GET /runs/<key>/<unit>/<code>": Line(
        "run.read", REPORT_READERS, {"key": "run key", "unit": "unit"}, SUBTREE, {"code": "TSK-1"}
    ),
    "GET /assessments/": Line("run.read", REPORT_READERS),
    "GET /assessments/new": Line("assessment.write", COUNTY_DESK),
    "POST /assessments/new": Line("assessment.write", COUNTY_DESK),
    "GET /packs/": Line("pack.read", SYSTEM | SECURITY),
    # work logs: author and team; others only through a task the log serves;
    # a colleague's log is read, and changing it is refused with a sentence
    "GET /worklogs/": Line("worklog.read", TEAM),
    "GET /worklogs/new": Line("worklog.write", TEAM),
    "POST /worklogs/new": Line("worklog.write", TEAM),
    "POST /worklogs/export": Line("worklog.read", TEAM),
    "GET /worklogs/draft-key": Line("worklog.write", TEAM),
    "GET /worklogs/<log_id>": Line("worklog.read", TEAM, {"log_id": "work_log"}, OWN_UNIT),
    "GET /worklogs/<log_id>/photos/<int:photo_id>": Line("worklog.read", TEAM, PHOTO, OWN_UNIT),
    "GET /worklogs/<log_id>/edit": Line("worklog.write", TEAM, {"log_id": "work_log"}, OWN_UNIT),
    "POST /worklogs/<log_id>/edit": Line("worklog.write", TEAM, {"log_id": "work_log"}, OWN_UNIT),
    "POST /worklogs/<log_id>/photos/<int:photo_id>/remove": Line("worklog.write", TEAM, PHOTO, OWN_UNIT),
    "GET /tasks/assignments/<int:assignment_id>/worklogs/<log_id>": Line(
        "task.read", TASK_READERS, {"assignment_id": "assignment", "log_id": "work_log"}, SUBTREE
    ),
    "GET /tasks/assignments/<int:assignment_id>/worklogs/<log_id>/photos/<int:photo_id>": Line(
        "task.read", TASK_READERS, PHOTO | {"assignment_id": "assignment"}, SUBTREE
    ),
}
