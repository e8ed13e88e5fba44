"""Routes of the burden gate, the ledger and complaints."""

from tests.access.lines import PUBLIC, RELIEF, SUBTREE, Line

LINES: dict[str, Line] = {
    # complaints: anonymous, answered by the burden-relief office of the county
    "GET /complaints/new": PUBLIC,
    "POST /complaints/new": PUBLIC,
    "GET /complaints/receipt": PUBLIC,
    "POST /complaints/receipt": PUBLIC,
    "GET /complaints/": Line("complaint.read", RELIEF),
    "POST /complaints/<complaint_id>/answer": Line("complaint.answer", RELIEF, {"complaint_id": "complaint"}, SUBTREE),
}
