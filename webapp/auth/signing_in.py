"""Who is signed in: binds Flask-Login to the server-side sessions and puts the viewer into the unit of work."""

from flask import Flask, g

from webapp.access import Viewer
from webapp.extensions import db, login_manager


def init_app(app: Flask) -> None:
    """Bind to the application."""
    login_manager.user_loader(lambda token: None)

    @app.before_request
    def find_viewer() -> None:
        db.session.info["viewer"] = g.viewer = Viewer.nobody()
