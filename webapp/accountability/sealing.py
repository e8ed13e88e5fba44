"""Words that somebody typed and has not sent: sealed for their very row.

They may hold what the sending will refuse, a number of an identity card for one (S-1), and are kept all the same.
"""

import json
import logging
from typing import Any

from webapp.errors import Refused
from webapp.notices import sealed

log = logging.getLogger("dandang.sealing")
PURPOSE = "unsent-words"


def seal(master: bytes, cell: str, words: Any) -> str:
    """Words as they are stored; `cell` names table, row and column."""
    return sealed.seal(master, cell, json.dumps(words, ensure_ascii=False), purpose=PURPOSE)


def unseal(master: bytes, cell: str, stored: str) -> Any:
    """What was sealed for this cell; None, which the log tells, where the key has changed since.

    The page on which they were typed is needed without them too.
    """
    try:
        return json.loads(sealed.unseal(master, cell, stored, purpose=PURPOSE))
    except Refused:
        log.warning("%s does not open: the master key has changed", cell)
        return None
