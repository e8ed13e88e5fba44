"""Routes of outside messages: a person's own channels, and the administrator's view of what was delivered."""

from tests.access.lines import EVERYBODY, OWN, SUBTREE, SYSTEM, Line

MESSAGE = {"message_id": "outside_message"}

LINES: dict[str, Line] = {
    "GET /inbox/preferences": OWN,
    "POST /inbox/preferences": OWN,
    "POST /inbox/preferences/channels": OWN,
    # a channel is a person's own, whoever shares the unit
    "POST /inbox/preferences/channels/<int:channel_id>/<any(on,off,remove):act>": Line(
        "self.manage", EVERYBODY, {"channel_id": "person_channel"}, values={"act": "off"}
    ),
    "POST /inbox/preferences/sent/<int:message_id>/again": Line("self.manage", EVERYBODY, MESSAGE),
    "GET /inbox/outgoing": Line("account.write", SYSTEM),
    "POST /inbox/outgoing/<int:message_id>/again": Line("account.write", SYSTEM, MESSAGE, SUBTREE),
}
