"""Pages of leave and official trips; each module adds its routes to the one blueprint."""

from webapp.leave import (
    views_acts,
    views_ask,
    views_calendar,
    views_entitlements,
    views_paper,
    views_record,
    views_trip_paper,
    views_trips,
)
from webapp.leave.views_pages import pages

__all__ = [
    "pages",
    "views_acts",
    "views_ask",
    "views_calendar",
    "views_entitlements",
    "views_paper",
    "views_record",
    "views_trip_paper",
    "views_trips",
]
