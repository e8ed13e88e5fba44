"""Drafts are kept in the browser, encrypted; the server holds nothing of them but hands over the account's key.

The key is derived for each account, so that another account on the same phone can open no draft of it, and the same
account opens its drafts again after signing in anew. Design: webapp/static/js/draft_store.js.
"""

import base64

from flask import Response, current_app, g, jsonify
from flask_wtf.csrf import generate_csrf

from webapp.auth.sending import SUBMIT
from webapp.guards import requires
from webapp.keys import derive, draft_slot
from webapp.worklogs.pages import pages


def slot() -> str:
    """Name under which the viewer's drafts lie in the browser; says nothing about the account."""
    master = current_app.config["SETTINGS"].master_key()
    return draft_slot(master, g.viewer.account_id)


@pages.get("/worklogs/draft-key")
@requires(SUBMIT)
def draft_key() -> Response:
    """The account's draft key (32 bytes, base64), its slot, and a fresh token for a form that outlived its session."""
    key = derive(current_app.config["SETTINGS"].master_key(), f"draft:{g.viewer.account_id}")
    response = jsonify(slot=slot(), key=base64.b64encode(key).decode(), csrf_token=generate_csrf())
    response.headers["Cache-Control"] = "no-store"
    return response
