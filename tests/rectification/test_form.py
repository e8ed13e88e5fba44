"""The form that enters an issue, and the way back from its record."""

from sqlalchemy.orm import Session

from tests.rectification.conftest import Clients
from tests.rectification.test_pages import enter, text, typed


def test_no_source_is_chosen_before_somebody_chooses_one(clients: Clients, county: Session) -> None:
    choice = text(clients.first_desk.get("/rectification/new")).split('name="source"')[1].split("</select>")[0]
    assert choice.index('<option value="">请选择</option>') < choice.index("省级考核") and "selected" not in choice
    refused = clients.first_desk.post("/rectification/new", data=typed(source=""))
    assert refused.status_code == 400 and "问题来源：" in text(refused)


def test_a_record_leads_back_to_the_list(clients: Clients) -> None:
    row = enter(clients.first_desk)
    assert '<a href="/rectification/">返回问题整改</a>' in text(clients.first_desk.get(f"/rectification/{row}"))
