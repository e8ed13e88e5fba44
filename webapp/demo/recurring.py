"""The recurring tasks of the closed months, as the duty list opens them, and how each unit answered."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from webapp.accountability.documents import answer_kind, content_of
from webapp.accountability.occasions import Occasion, period_words
from webapp.accountability.occasions import occasions as opening_between
from webapp.accountability.recurring import BASIS, EVIDENCE
from webapp.demo.issuing import Desk, Wanted
from webapp.demo.places import CITY, COUNTY, PROVINCE, Places
from webapp.policy.workdays import WorkCalendar
from webapp.presence import confirming
from webapp.presence.rules import window_of

_LONGEST_OPEN = timedelta(days=45)
"""A duty opens at most so long before it falls due."""
FIRST, LAST = date(2025, 11, 1), date(2026, 10, 31)
# How often a unit is late or silent, by lot: most answer in time, some need help.
_LOT = ("in_time",) * 15 + ("late",) * 3 + ("returned",) * 2 + ("unanswered",)


def issue(desk: Desk, places: Places, calendar: WorkCalendar, rng: Random) -> None:
    """Issue every occasion due in the closed months, in the order of days."""
    for occasion in occasions(calendar, FIRST, LAST):
        issue_one(desk, places, calendar, occasion, lambda: rng.choice(_LOT))


def issue_one(
    desk: Desk, places: Places, calendar: WorkCalendar, occasion: Occasion, course: Callable[[], str]
) -> None:
    """Issue one occasion from the level above to the levels its template names; `course` chooses how each answers."""
    for level, issuer, units in (
        ("city", PROVINCE, [CITY]),
        ("county", CITY, [COUNTY]),
        ("township", COUNTY, places.townships),
    ):
        if level in occasion.template.levels:
            desk.issue(_wanted(occasion, issuer, calendar), {unit: course() for unit in units})


def occasions(calendar: WorkCalendar, first: date, last: date) -> list[Occasion]:
    """Occasions whose deadline lies between two days, in the order of opening."""
    found = opening_between(calendar, first - _LONGEST_OPEN, last)
    return sorted(
        (one for one in found if first <= one.due_on <= last), key=lambda one: (one.opens_on, one.template.code)
    )


def _wanted(occasion: Occasion, issuer: str, calendar: WorkCalendar) -> Wanted:
    template, words = occasion.template, period_words(occasion.period)
    # The list of a month is confirmed when the month is over.
    over = calendar.add_workdays(window_of(occasion.period).last, 1) if template.code == confirming.DUTY else None
    return Wanted(
        title=f"{template.title}（{words}）",
        content=content_of(template, words),
        basis=BASIS,
        evidence=EVIDENCE[template.evidence],
        answer_kind=answer_kind(template.evidence),
        minutes=template.minutes,
        issuer_code=issuer,
        issued_on=occasion.opens_on,
        due_on=occasion.due_on,
        template_code=template.code,
        period=occasion.period,
        answer_from=over,
    )
