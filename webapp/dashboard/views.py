"""The first page of each day, one's own page, and the size of the text."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request

from webapp import clock
from webapp.auth.former import FormerGrant
from webapp.auth.own_paths import own_path
from webapp.dashboard import ended, queries
from webapp.dashboard.health import health
from webapp.extensions import db
from webapp.guards import public, requires
from webapp.navigation import TEXT_COOKIE
from webapp.support import queries as support

pages = Blueprint("dashboard", __name__)
YEAR = 365 * 24 * 3600


@pages.get("/")
@requires("home.read")
def home() -> str:
    """What the viewer must do, in the order in which it falls due; then what others owe, and what is new.

    Whose posts have all ended reads what of them can still be settled.
    """
    if all(isinstance(grant, FormerGrant) for grant in g.viewer.grants):
        return render_template("dashboard/ended.html", left=ended.left(db.session(), g.viewer, clock.today()))
    return render_template("dashboard/home.html", home=queries.home(db.session(), g.viewer, clock.today()))


@pages.get("/healthz")
@public
def healthz() -> Any:
    """Each part "ok" or not; 503 when one is not."""
    parts = health(db.session())
    return parts, 200 if set(parts.values()) == {"ok"} else 503


@pages.get("/me")
@requires("self.manage")
def me() -> str:
    """The viewer's posts, and the ways to one's own settings."""
    return render_template(
        "dashboard/me.html", grants=g.viewer.grants, supported=support.has_any(db.session(), g.viewer)
    )


@pages.get("/text-size")
@public
def text_size() -> Any:
    """Remember in the browser how large the text is to be, and return."""
    answer = redirect(own_path(request.args.get("next")) or "/", 303)
    size = "large" if request.args.get("size") == "large" else "usual"
    answer.set_cookie(TEXT_COOKIE, size, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure)
    return answer
