"""Routes of the working calendar, of a person's calendar, and of its feed."""

from tests.access.lines import COUNTY_DESK, PUBLIC, Line

LINES: dict[str, Line] = {
    # everybody reads the working calendar, the county desk keeps it
    "GET /calendar/years/": Line("calendar.read"),
    "GET /calendar/years/<int:year>": Line("calendar.read", values={"year": "2026"}),
    "GET /calendar/years/template": Line("calendar.read"),
    "GET /calendar/years/import": Line("calendar.write", COUNTY_DESK),
    "POST /calendar/years/import": Line("calendar.write", COUNTY_DESK),
    "POST /calendar/years/<int:year>/days": Line("calendar.write", COUNTY_DESK, values={"year": "2026"}),
    "POST /calendar/years/<int:year>/days/<day>/remove": Line(
        "calendar.write", COUNTY_DESK, values={"year": "2026", "day": "2026-10-01"}
    ),
    "GET /calendar/": Line("calendar.read"),
    "POST /calendar/": Line("calendar.read"),
    "POST /calendar/feed/end": Line("calendar.read"),
    # the address itself is the secret: 256 random bits, of which only the hash is kept
    "GET /calendar/feed/<token>.ics": PUBLIC,
}
