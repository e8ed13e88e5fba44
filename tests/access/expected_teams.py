"""Routes of stationed teams: villages, townships and those above read; the county keeps the list of villages."""

from tests.access.lines import COUNTY_DESKS, DESKS, LOCAL_DESKS, NONE, POSTING, READERS, SENDING, SUBTREE, VILLAGE, Line

READ = VILLAGE | DESKS | READERS
UNIT = {"code": "unit"}
EVENT = {"event_id": "team_event"}
RECALL = {"recall_id": "recall"}
PROPOSER, DECIDER = frozenset({"township desk"}), frozenset({"county secretary"})
RECALL_READERS = LOCAL_DESKS | DECIDER | frozenset({"township secretary"})

LINES: dict[str, Line] = {
    "GET /teams/": Line("team.read", READ),
    "GET /teams/<code>": Line("team.read", READ, UNIT, SUBTREE),
    "GET /teams/needs": Line("team.read", READ),
    "GET /teams/needs/new": Line("posting.write", COUNTY_DESKS),
    "GET /teams/needs/<code>": Line("posting.write", COUNTY_DESKS, UNIT, SUBTREE),
    "POST /teams/needs/<code>": Line("posting.write", COUNTY_DESKS, UNIT, SUBTREE),
    "GET /teams/<code>/select": Line("posting.write", COUNTY_DESKS, UNIT, SUBTREE),
    "POST /teams/<code>/select": Line("posting.write", COUNTY_DESKS, UNIT, SUBTREE),
    "GET /teams/postings/<int:posting_id>": Line("team.read", READ, POSTING, SUBTREE),
    "POST /teams/postings/<int:posting_id>/<any(arrive,extend,adjust,assess):kind>": Line(
        "posting.write", COUNTY_DESKS, POSTING, SUBTREE, {"kind": "arrive"}
    ),
    "GET /teams/import": Line("posting.write", COUNTY_DESKS),
    "GET /teams/import/template": Line("posting.write", COUNTY_DESKS),
    "GET /teams/import/needs-template": Line("posting.write", COUNTY_DESKS),
    "POST /teams/import": Line("posting.write", COUNTY_DESKS),
    "GET /teams/events/": Line("team.read", READ),
    "GET /teams/training": Line("team.read", READ),
    "GET /teams/events/new": Line("team.write", LOCAL_DESKS),
    "POST /teams/events/new": Line("team.write", LOCAL_DESKS),
    "GET /teams/events/<int:event_id>": Line("team.read", READ, EVENT, SUBTREE),
    "POST /teams/events/<int:event_id>/withdraw": Line(
        "team.write", LOCAL_DESKS, EVENT, SUBTREE, refuses=frozenset({"child"})
    ),
    # recalls: the township proposes, the county decides, the sending unit carries out (Z-35)
    "GET /teams/recalls/": Line("recall.read", RECALL_READERS),
    "GET /teams/recalls/<int:recall_id>": Line("recall.read", RECALL_READERS, RECALL, SUBTREE),
    "GET /teams/postings/<int:posting_id>/recall": Line("recall.propose", PROPOSER, POSTING, SUBTREE),
    "POST /teams/postings/<int:posting_id>/recall": Line("recall.propose", PROPOSER, POSTING, SUBTREE),
    "POST /teams/recalls/<int:recall_id>/withdraw": Line("recall.propose", PROPOSER, RECALL, SUBTREE),
    "POST /teams/recalls/<int:recall_id>/decide": Line("recall.decide", DECIDER, RECALL, SUBTREE),
    "POST /teams/recalls/<int:recall_id>/<any(carry_out,replace):kind>": Line(
        "posting.write", COUNTY_DESKS, RECALL, SUBTREE, {"kind": "carry_out"}
    ),
    # whom the own unit has sent, wherever they are; nothing of the division it sits in
    "GET /sending/": Line("sending.read", SENDING),
    "GET /teams/sent-recalls/": Line("recall.carry_out", SENDING),
    "GET /teams/sent-recalls/<int:recall_id>": Line("recall.carry_out", SENDING, RECALL, NONE),
    "POST /teams/sent-recalls/<int:recall_id>/<any(carry_out,replace):kind>": Line(
        "recall.carry_out", SENDING, RECALL, NONE, {"kind": "carry_out"}
    ),
}
