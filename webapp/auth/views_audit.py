"""The audit log, for audit administrators."""

from functools import partial
from typing import Any

from flask import render_template, request

from webapp import paging
from webapp.auth import log_queries
from webapp.auth.audit_words import KINDS
from webapp.auth.log_table import LOG_HEADINGS, log_rows
from webapp.auth.pages import pages
from webapp.downloads import asked_format
from webapp.errors import Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.queries import names
from webapp.org.views_files import send_list


@pages.get("/audit/")
@requires("audit.read")
def audit_log() -> Any:
    refusal = None
    try:
        chosen = log_queries.chosen(request.args)
    except Refused as refused:
        refusal, chosen = refused.sentence, log_queries.Chosen()
    if asked_format() and refusal is None:
        shown = partial(log_rows, db.session())
        return send_list(
            "审计记录", LOG_HEADINGS, log_queries.entries(chosen), shown, ("audit.export", "list", chosen.kind)
        )
    page = paging.paged(db.session(), log_queries.entries(chosen), paging.number_from(request.args.get("page")))
    units = names(db.session(), {row.unit_code for row in page.rows})
    answer = render_template(
        "auth/audit.html", page=page, chosen=chosen, kinds=KINDS.items(), units=units, refusal=refusal
    )
    return answer, 400 if refusal else 200
