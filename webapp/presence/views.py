"""Pages of presence; each module registers its own."""

from webapp.presence import views_draw, views_inspections
from webapp.presence.views_pages import pages

__all__ = ["pages", "views_draw", "views_inspections"]
