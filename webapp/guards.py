"""One guard per route: `@requires("permission")` or `@public`. A route without one stops the start-up."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, current_app, g, request
from flask_login import current_user

from webapp.access import Viewer
from webapp.errors import Forbidden
from webapp.extensions import db


def requires(permission: str, *, device: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let holders of a permission through, and open rows only of the postings that carry it.

    With `device` the token of a browser opens this door too, and whoever comes, by token or by session, holds this one
    permission and no other behind it. Nothing else looks at such a token.
    """

    def guard(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            by_token = device and "Authorization" in request.headers
            if not by_token and not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            if device:
                g.viewer = current_app.extensions["sender"](by_token)
            viewer: Viewer = g.viewer
            if not by_token and g.found.must_change_password and permission != "self.manage":
                return current_app.extensions["must_change_password"]()
            if not device and not viewer.may(permission):
                viewer = current_app.extensions["with_former"](viewer, permission)
            if not viewer.may(permission):
                raise Forbidden()
            db.session.info["viewer"] = g.viewer = viewer.through(permission)
            return view(*args, **kwargs)

        guarded.guard = permission  # type: ignore[attr-defined]
        return guarded

    return guard


def wants_json() -> bool:
    """Whether a script asks, which can do nothing with a page."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Open to everyone, signed in or not."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    guarded.guard = "public"  # type: ignore[attr-defined]
    return guarded


def unseen(view: Callable[..., Any]) -> Callable[..., Any]:
    """Stands above `@public`: nobody looks who is there, and the visitor's session is neither read nor noted."""
    view.unseen = True  # type: ignore[attr-defined]
    return view


def is_unseen(endpoint: str | None) -> bool:
    """Whether the view of an endpoint promises not to look who is there."""
    return getattr(current_app.view_functions.get(endpoint or ""), "unseen", False)


def refuse_unguarded_routes(app: Flask) -> None:
    """Stop the start-up when a route has no guard, naming it and what to add."""
    for rule in app.url_map.iter_rules():
        if not hasattr(app.view_functions[rule.endpoint], "guard"):
            raise RuntimeError(f"{rule.rule} ({rule.endpoint}) has no guard: add @requires(...) or @public")
