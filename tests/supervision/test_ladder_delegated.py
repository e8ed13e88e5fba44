"""Steps of the ladder by an approval that somebody else lent (P-22, T-4)."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.accountability.making import Parties
from tests.factories import COUNTY, VILLAGE
from tests.supervision.test_ladder import row, secretary, take
from webapp.access import Grant, Viewer
from webapp.accountability.models import Assignment
from webapp.errors import Refused

__all__ = ["row", "secretary"]


def test_what_the_secretary_delegates_is_written_as_such(
    county: Session, people: Parties, secretary: Viewer, row: Assignment
) -> None:
    take(county, people.first_desk, row, "talk")
    own = people.second_desk.grants[0]
    passed = Grant(
        "secretary", COUNTY, secretary.grants[0].posting_id, on_behalf_of=secretary.person_id, on_behalf_name="某书记"
    )
    step = take(county, replace(people.second_desk, grants=(own, passed)), row, "circular")
    assert (step.actor_name, step.on_behalf_of_name) == (people.second_desk.name, "某书记")


def test_an_approval_is_not_delegated_by_somebody_of_the_unit_it_is_about(
    county: Session, people: Parties, secretary: Viewer, row: Assignment
) -> None:
    """T-4: the secretary who lends the approval is posted in the village as well; whoever holds it cannot decide."""
    take(county, people.first_desk, row, "talk")
    factories.posting(county, "first_secretary", VILLAGE, person_id=secretary.person_id)
    passed = Grant(
        "secretary", COUNTY, secretary.grants[0].posting_id, on_behalf_of=secretary.person_id, on_behalf_name="某书记"
    )
    with pytest.raises(Refused, match="委托您审批的同志在承办单位任职"):
        take(county, replace(people.second_desk, grants=(passed,)), row, "circular")
