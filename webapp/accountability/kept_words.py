"""What somebody typed on an assignment's page and has not sent yet: the person's own, until it is sent or thrown away.

Every button of the page sends all that stands in its form, so that nothing typed is lost to another button (sending a
file, 关注), to a refusal or to the browser's Back.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.access import viewer_of
from webapp.accountability import sealing
from webapp.accountability.remark_models import KeptWords
from webapp.accountability.rules import MOVES, TEXT_LIMIT

ANSWER = "answer-"
"""How the inputs of asked fields are named before their own name."""
REMARK = "remark-"
_ACTS = {"holder": "return"}
"""The act of a field whose name does not begin with it."""
_NAMES = re.compile(f"(?:{'|'.join((*MOVES, 'answer', 'remark'))})-[a-z0-9_]{{1,40}}|{'|'.join(_ACTS)}")
_MOST = 200
_LONGEST = 2 * TEXT_LIMIT
"""Characters of one field: a text that is too long to be sent is still not lost."""


def of(session: Session, master: bytes, assignment_id: int) -> dict[str, str]:
    """Field name → what the viewer typed on an assignment's page and has not sent."""
    row = _row(session, assignment_id)
    return (sealing.unseal(master, _cell(row.key), row.held) or {}) if row is not None else {}


def keep(
    session: Session,
    master: bytes,
    assignment_id: int,
    typed: Mapping[str, str],
    held: Mapping[str, str],
    at: datetime,
) -> bool:
    """Keep what was typed; fields that are empty or as the record holds them (`held`) are none. Whether any is kept.

    Fields that the form did not bring stay as they were kept before.
    """
    words = of(session, master, assignment_id)
    for name, text in typed.items():
        if not _NAMES.fullmatch(name):
            continue
        text = text.replace("\r\n", "\n").replace("\x00", "")[:_LONGEST]
        if text.strip() and text != (held.get(name) or ""):
            words[name] = text
        else:
            words.pop(name, None)
    _put(session, master, assignment_id, dict(list(words.items())[:_MOST]), at)
    return bool(words)


def forget(session: Session, master: bytes, assignment_id: int, at: datetime, *kinds: str) -> None:
    """Forget what was typed for some acts ("report", "answer") or in some fields ("remark-new"), or all of it."""
    words = of(session, master, assignment_id)
    gone = {name for name in words if not kinds or name in kinds or _ACTS.get(name, name.partition("-")[0]) in kinds}
    if gone:
        _put(session, master, assignment_id, {name: text for name, text in words.items() if name not in gone}, at)


def _put(session: Session, master: bytes, assignment_id: int, words: dict[str, str], at: datetime) -> None:
    row, person_id = _row(session, assignment_id), viewer_of(session).person_id
    if row is None and words and person_id is not None:
        key = f"{person_id}:{assignment_id}"
        held = sealing.seal(master, _cell(key), words)
        session.add(KeptWords(key=key, person_id=person_id, assignment_id=assignment_id, held=held, kept_at=at))
    elif row is not None and words:
        row.held, row.kept_at = sealing.seal(master, _cell(row.key), words), at
    elif row is not None:
        session.delete(row)
    session.flush()


def _row(session: Session, assignment_id: int) -> KeptWords | None:
    own = f"{viewer_of(session).person_id}:{assignment_id}"
    return session.scalar(select(KeptWords).where(KeptWords.key == own))


def _cell(key: str) -> str:
    return f"kept_words:{key}:held"
