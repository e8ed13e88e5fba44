"""Work off the rows of one outgoing table; call while holding its lock."""

from datetime import datetime

from webapp.access import Viewer
from webapp.config import Settings
from webapp.db import session_scope
from webapp.notices import outbox

SENDER = Viewer.system("发送", "")


def work_off(settings: Settings, table: outbox.Outgoing, carrier: outbox.Carrier, at: datetime) -> list[str]:
    """Try every row that is due; what a dead sender left behind is marked unknown first. Gives the states reached."""
    with session_scope(settings.database_url, SENDER) as session:
        outbox.mark_unknown(session, table)
        ids = outbox.waiting(session, table, at)
    states = []
    for row_id in ids:
        with session_scope(settings.database_url, SENDER) as session:
            states.append(outbox.send(session, table, row_id, carrier, at))
    return states
