"""The reviewed lines of what devices send and keep: only stationed people, and only what is their own."""

from tests.access.lines import EVERYBODY, NONE, OWN_UNIT, POSTING, SUBTREE, TEAM, Line

TOWNSHIP_DESK = frozenset({"township desk"})
PAPERS = "/worklogs/<any(plans, summaries):kind>/"
PLANS, PAPER = {"kind": "plans"}, {"paper_id": "team_paper"}

LINES = {
    "POST /outbox/device": Line("worklog.submit", TEAM),
    "POST /account/devices/<int:token_id>/end": Line("self.manage", EVERYBODY, {"token_id": "device_token"}, NONE),
    "GET /outbox/data": Line("worklog.submit", TEAM),
    # the township enters logs from paper, without reading any
    "GET /worklogs/paper": Line("worklog.paper", TOWNSHIP_DESK),
    "GET /worklogs/paper/<int:posting_id>": Line("worklog.paper", TOWNSHIP_DESK, POSTING, SUBTREE),
    "POST /worklogs/paper/<int:posting_id>": Line("worklog.paper", TOWNSHIP_DESK, POSTING, SUBTREE),
    # plans and summaries are the team's own
    f"GET {PAPERS}": Line("worklog.read", TEAM, values=PLANS),
    f"GET {PAPERS}new": Line("worklog.write", TEAM, values=PLANS),
    f"POST {PAPERS}new": Line("worklog.write", TEAM, values=PLANS),
    f"GET {PAPERS}<int:paper_id>": Line("worklog.write", TEAM, PAPER, OWN_UNIT, PLANS),
    f"POST {PAPERS}<int:paper_id>": Line("worklog.write", TEAM, PAPER, OWN_UNIT, PLANS),
    f"POST {PAPERS}<int:paper_id>/remove": Line("worklog.write", TEAM, PAPER, OWN_UNIT, PLANS),
    "POST /api/worklogs": Line("worklog.submit", TEAM),
    # whose photo it is, is asked after the headers; a photo of somebody else does not exist (tests/worklogs/test_uploads.py)
    "PATCH /api/photos/<upload_id>": Line(
        "worklog.submit", TEAM, values={"upload_id": "7f3c1f8e-9d7e-4f0a-8a52-0b9f6f1f2a10"}
    ),
}
