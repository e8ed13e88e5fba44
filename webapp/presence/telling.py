"""Who hears of a step of a spot check: the person of everything said about him, the next level of its turn."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import viewer_of
from webapp.accountability.parties import posted
from webapp.notices.service import notify
from webapp.presence.models import OUTCOMES, Inspection
from webapp.words import day_words

OPINE, DECIDE = "inspection.opine", "inspection.decide"


def tell(session: Session, kind: str, row: Inspection, at: datetime) -> None:
    """Write the messages of a step that was just taken."""
    own, township, county = [row.person_id], row.unit_code[:9], row.unit_code[:6]
    people = posted(session, {township, county}, clock.day_of(at), root=county)
    opining, deciding = people.with_permission(OPINE, township), people.with_permission(DECIDE, county)
    told: dict[str, list[tuple[list[int], str]]] = {
        "state": [(opining, "本人已说明情况，请提出乡镇意见。")],
        "reply": [(deciding, "本人已申辩，请认定。")],
        "decide": [(own + opining, f"县级结果：{OUTCOMES.get(row.outcome or '', '')}。请打开查看理由。")],
        "revoke": [(own + opining, "县级已撤销认定。请打开查看理由。")],
    }
    if kind == "find" and row.state_by is not None:
        told["find"] = [(own, f"抽查登记您未在岗。请于{day_words(row.state_by)}前说明情况，可以附材料。")]
    if kind == "opine" and row.reply_by is not None:
        told["opine"] = [
            (own, f"乡镇已提出意见。您可以在{day_words(row.reply_by)}前申辩，此前不作认定。"),
            (deciding, f"乡镇已提出意见，本人申辩期到{day_words(row.reply_by)}，期满或者申辩后请认定。"),
        ]
    for persons, body in told.get(kind, ()):
        for person_id in dict.fromkeys(persons):
            if person_id != viewer_of(session).person_id:
                key = f"inspection:{row.id}:{kind}:{row.version}:{person_id}"
                notify(session, person_id, key, "抽查情况办理", body, f"/inspections/{row.id}", at)
