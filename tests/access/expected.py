"""The reviewed table: who may use each route, and which rows it opens. A route without a line fails the matrix test.

The routes of a feature may stand in a table of their own, `expected_<feature>.py`, which is taken in at the end.
"""

from tests.access import (
    expected_burden,
    expected_calendar,
    expected_coverage,
    expected_finding,
    expected_handover,
    expected_issuing,
    expected_leave,
    expected_lists,
    expected_notices,
    expected_presence,
    expected_rectification,
    expected_remarks,
    expected_sheets,
    expected_supervision,
    expected_support,
    expected_tasks,
    expected_teams,
    expected_upward,
    expected_worklogs,
)
from tests.access.lines import (
    AUDIT,
    COUNTY,
    COUNTY_DESK,
    COUNTY_DESKS,
    EVERYBODY,
    HIGH_DESKS,
    NONE,
    OWN,
    OWN_UNIT,
    PEOPLE_READERS,
    PHOTO,
    POSTING,
    PUBLIC,
    REPORT_READERS,
    SECURITY,
    SUBTREE,
    SYSTEM,
    TASK_READERS,
    TEAM,
    Line,
)

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
    # what a phone keeps in order to open without a network: the same for everybody
    "GET /sw.js": PUBLIC,
    "GET /manifest.webmanifest": PUBLIC,
    "GET /modules/<version>/<name>": PUBLIC,
    "GET /outbox/": PUBLIC,
    "GET /outbox/write": PUBLIC,
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
    # divisions are public knowledge; people are seen where they are or were posted
    "GET /org/": Line("org.read"),
    "GET /org/<code>": Line("org.read", values=COUNTY),
    "GET /org/<code>/postings": Line("people.read", PEOPLE_READERS, values=COUNTY),
    "GET /org/people/<int:person_id>": Line("people.read", PEOPLE_READERS, {"person_id": "person"}, SUBTREE),
    "GET /org/postings/new": Line("posting.write", COUNTY_DESKS),
    "POST /org/postings/new": Line("posting.write", COUNTY_DESKS),
    "GET /org/postings/<int:posting_id>/end": Line("posting.write", COUNTY_DESKS, POSTING, SUBTREE),
    "POST /org/postings/<int:posting_id>/end": Line("posting.write", COUNTY_DESKS, POSTING, SUBTREE),
    # figures: values within the viewer's units; scores only inside an assessment
    "GET /runs/": Line("run.read", REPORT_READERS),
    "GET /runs/new": Line("run.request", COUNTY_DESK | HIGH_DESKS),
    "POST /runs/new": Line("run.request", COUNTY_DESK | HIGH_DESKS),
    "GET /runs/requests/<int:request_id>": Line(
        "run.request", COUNTY_DESK | HIGH_DESKS, {"request_id": "run_request"}, SUBTREE
    ),
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
    "GET /worklogs/new": Line("worklog.submit", TEAM),
    "POST /worklogs/new": Line("worklog.submit", TEAM),
    "GET /worklogs/draft-key": Line("worklog.submit", TEAM),
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
    **expected_tasks.LINES,
    **expected_burden.LINES,
    **expected_notices.LINES,
    **expected_calendar.LINES,
    **expected_remarks.LINES,
    **expected_supervision.LINES,
    **expected_rectification.LINES,
    **expected_lists.LINES,
    **expected_finding.LINES,
    **expected_upward.LINES,
    **expected_issuing.LINES,
    **expected_sheets.LINES,
    **expected_coverage.LINES,
    **expected_leave.LINES,
    **expected_teams.LINES,
    **expected_handover.LINES,
    **expected_support.LINES,
    **expected_presence.LINES,
    **expected_worklogs.LINES,
}
