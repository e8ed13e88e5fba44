"""Device tokens as a person meets them: made by the page that keeps logs offline, listed and ended with the sessions."""

from typing import Any

from flask import flash, g, jsonify, redirect, request, url_for

from webapp.auth import device_tokens
from webapp.auth.device_cookie import device_number, keep_device_number
from webapp.auth.pages import pages
from webapp.auth.sending import SUBMIT
from webapp.extensions import db, limiter
from webapp.guards import requires

MADE = "30 per hour"


@pages.post("/outbox/device")
@requires(SUBMIT)
@limiter.limit(MADE, key_func=lambda: f"device:{g.viewer.person_id}")
def make_device_token() -> Any:
    """A token with which this browser sends logs and reads nothing. It is told once; here its hash is kept."""
    token, row = device_tokens.make(
        db.session(),
        g.viewer,
        session_id=g.found.session_id,
        browser=request.user_agent.string,
        replaces=device_number(),
    )
    answer = jsonify(token=token, expires_at=row.expires_at.isoformat(), device_name=row.name)
    keep_device_number(answer, row)
    db.session.commit()
    return answer


@pages.post("/account/devices/<int:token_id>/end")
@requires("self.manage")
def end_device(token_id: int) -> Any:
    """This device sends nothing any more until it is registered anew."""
    device_tokens.end_own(db.session(), g.viewer, token_id)
    db.session.commit()
    flash("这台设备已停用，需要登录后才能再发送。", "success")
    return redirect(url_for("auth.own_sessions"))
