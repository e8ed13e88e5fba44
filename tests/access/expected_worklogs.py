"""The reviewed lines of what devices send and keep: only stationed people, and only what is their own."""

from tests.access.lines import EVERYBODY, NONE, TEAM, Line

LINES = {
    "POST /outbox/device": Line("worklog.write", TEAM),
    "POST /account/devices/<int:token_id>/end": Line("self.manage", EVERYBODY, {"token_id": "device_token"}, NONE),
    "GET /outbox/data": Line("worklog.write", TEAM),
    "POST /api/worklogs": Line("worklog.submit", TEAM),
}
