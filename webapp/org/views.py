"""Pages of the feature `org`: divisions, people, posts."""

from webapp.org import views_delegations, views_divisions, views_groups, views_people
from webapp.org.pages_views import pages

__all__ = ["pages", "views_delegations", "views_divisions", "views_groups", "views_people"]
