"""The audit log, for audit administrators."""

from typing import Any

from flask import render_template, request

from webapp import paging
from webapp.auth import log_queries
from webapp.auth.audit_words import KINDS
from webapp.auth.pages import pages
from webapp.errors import Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.queries import names


@pages.get("/audit/")
@requires("audit.read")
def audit_log() -> Any:
    refusal = None
    try:
        chosen = log_queries.chosen(request.args)
    except Refused as refused:
        refusal, chosen = refused.sentence, log_queries.Chosen()
    page = paging.paged(db.session(), log_queries.entries(chosen), paging.number_from(request.args.get("page")))
    units = names(db.session(), {row.unit_code for row in page.rows})
    answer = render_template(
        "auth/audit.html", page=page, chosen=chosen, kinds=KINDS.items(), units=units, refusal=refusal
    )
    return answer, 400 if refusal else 200
