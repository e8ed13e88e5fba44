"""A plausible proposal, and demands that were granted."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from tests import factories
from tests.factories import COUNTY, VILLAGE
from webapp.access import Viewer, acting_as
from webapp.burden import gate, service
from webapp.burden.gate import AskedField, Proposal
from webapp.burden.models import Demand

MORNING = factories.at("2026-10-12 09:30")
TODAY = date(2026, 10, 12)
DUE = date(2026, 10, 23)
EXTINGUISHERS = AskedField("extinguishers", "灭火器数量", "int", "个")
MOVED = AskedField("f_moved", "搬迁户数", "int", "户")
PROPOSAL = Proposal(
    key="task:1",
    kind="task",
    title="冬春防火隐患排查",
    basis="福政办发〔2026〕31号",
    owner_code=COUNTY,
    owner_name="福贡县应急管理局",
    due_on=DUE,
    ends_on=date(2026, 12, 31),
    minutes=30,
)


def changed(**values: object) -> Proposal:
    return replace(PROPOSAL, **values)  # type: ignore[arg-type]


def granted(
    session: Session,
    proposal: Proposal = PROPOSAL,
    units: Iterable[str] = (VILLAGE,),
    at: datetime = MORNING,
    viewer: Viewer | None = None,
) -> Demand:
    """Admit a proposal and enter it for its units, as issuing does."""
    codes = list(units)
    with acting_as(session, viewer or Viewer.system("测试", "")):
        demand = gate.admit(session, proposal, codes, at)
        service.enter_many(
            session,
            {f"assignment:{demand.id}-{code}": code for code in codes},
            due_on=proposal.due_on,
            issuer_code=proposal.owner_code,
            title=proposal.title,
            minutes=proposal.minutes,
            regular=proposal.regular,
            fields=sum(field.mode == "enter" for field in demand.fields),
            demand_id=demand.id,
        )
    return demand


def let_go(session: Session) -> None:
    """Commit, keeping what was loaded: looking at it later takes no lock that a page would wait for."""
    session.flush()
    session.expunge_all()
    session.commit()


def entry_key(demand: Demand, unit_code: str = VILLAGE) -> str:
    return f"assignment:{demand.id}-{unit_code}"
