"""Pages of presence; each module registers its own."""

from webapp.presence import views_days, views_draw, views_inspections, views_months, views_roster
from webapp.presence.views_pages import pages

__all__ = ["pages", "views_days", "views_draw", "views_inspections", "views_months", "views_roster"]
