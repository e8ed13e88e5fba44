"""A Monday with a calendar, and people on post in two villages of one township."""

from tests import factories
from tests.mornings import morning_at

MORNING = factories.at("2026-10-12 09:30")


morning = morning_at(MORNING)
