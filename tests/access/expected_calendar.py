"""Routes of the working calendar: everybody reads it, the county desk keeps it."""

from tests.access.lines import COUNTY_DESK, Line

LINES: dict[str, Line] = {
    "GET /calendar/years/": Line("calendar.read"),
    "GET /calendar/years/<int:year>": Line("calendar.read", values={"year": "2026"}),
    "GET /calendar/years/template": Line("calendar.read"),
    "GET /calendar/years/import": Line("calendar.write", COUNTY_DESK),
    "POST /calendar/years/import": Line("calendar.write", COUNTY_DESK),
    "POST /calendar/years/<int:year>/days": Line("calendar.write", COUNTY_DESK, values={"year": "2026"}),
    "POST /calendar/years/<int:year>/days/<day>/remove": Line(
        "calendar.write", COUNTY_DESK, values={"year": "2026", "day": "2026-10-01"}
    ),
}
