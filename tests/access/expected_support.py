"""Routes of the ledger of support: the county's desk, and the sending unit for those it has sent; the person reads."""

from tests.access.lines import COUNTY_DESKS, SENDING, SUBTREE, Line

OWNERS = COUNTY_DESKS | SENDING
READ = OWNERS | {"department's deputy"}
ITEM = {"item_id": "support_item"}

LINES: dict[str, Line] = {
    "GET /support/": Line("support.read", READ),
    "GET /support/mine": Line("home.read"),
    # a sending unit sees the people it has sent, wherever they are, and nobody else of the county
    "GET /support/<int:item_id>": Line("support.read", READ, ITEM, SUBTREE, blind=SENDING),
    "POST /support/record": Line("support.record", OWNERS),
    "POST /support/<int:item_id>": Line("support.record", OWNERS, ITEM, SUBTREE, blind=SENDING),
    "POST /support/check": Line("support.record", OWNERS),
}
