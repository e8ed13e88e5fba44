"""委托审批 entered by several people in one moment: what none of them sees of the others closes no circle."""

from threading import Event, Thread

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY
from tests.org.test_delegating import delegate, own_posting
from webapp.db import session_scope
from webapp.errors import Refused
from webapp.org.models import Delegation, Posting

UNHINDERED = 1.5  # seconds in which the second would be through if it did not wait for the first


def test_four_people_delegate_round_in_one_moment_and_the_last_is_refused(county: Session, database_url: str) -> None:
    """B→C and D→A stand; A→B and C→D come at once, and share nobody on whom one could wait for the other."""
    a, b, c, d = (factories.viewer(county, "desk", COUNTY) for _ in range(4))
    delegate(county, b, c)
    delegate(county, d, a)
    posts = {one: own_posting(county, one) for one in (a, c)}
    county.commit()
    began, outcomes = Event(), []

    def second() -> None:
        try:
            with session_scope(database_url, c) as own:
                began.set()
                delegate(own, c, d, posting_id=posts[c])
            outcomes.append("made")
        except Refused as refused:
            outcomes.append(refused.sentence)

    other = Thread(target=second)
    with session_scope(database_url, a) as own:
        delegate(own, a, b, posting_id=posts[a])
        other.start()
        began.wait(10)
        other.join(UNHINDERED)
    other.join(30)
    assert len(outcomes) == 1
    assert "这样委托会形成循环" in outcomes[0]
    county.expire_all()
    giver = select(Posting.person_id).join(Delegation, Delegation.posting_id == Posting.id)
    assert sorted(county.scalars(giver)) == sorted(one.person_id for one in (a, b, d))
