"""The web application: what is switched on, in which order."""

from importlib import import_module
from typing import Any

from flask import Flask, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import db as database
from webapp import error_pages, filters, headers, navigation
from webapp.auth import signing_in
from webapp.config import ROOT, Settings
from webapp.extensions import bootstrap, csrf, db, limiter, login_manager, migrate
from webapp.guards import is_unseen, public, refuse_unguarded_routes
from webapp.keys import derive
from webapp.policy.service import parameter
from webapp.production import refuse_lost_key, refuse_unfit, set_clock

# One module per feature with pages; each holds one blueprint named `pages`.
PAGES = (
    "webapp.dashboard.views",
    "webapp.auth.views",
    "webapp.org.views",
    "webapp.policy.views",
    "webapp.finding.views",
    "webapp.leave.views",
    "webapp.offline.views",
    "webapp.worklogs.views",
    "webapp.teams.views",
    "webapp.handover.views",
    "webapp.support.views",
    "webapp.presence.views",
    "webapp.rectification.views",
    "webapp.accountability.views",
    "webapp.evaluation.views",
    "webapp.delivery.views",
    "webapp.delivery.verify_views",
    "webapp.notices.views",
    "webapp.burden.views",
    "webapp.duties.views",
    "webapp.sheets.views",
    "webapp.supervision.views",
    "webapp.agenda.views",
    "webapp.upward.views",
    "webapp.coverage.views",
)
MODELS = (
    "audit",
    "org",
    "auth",
    "policy",
    "notices",
    "burden",
    "accountability",
    "sheets",
    "supervision",
    "agenda",
    "rectification",
    "finding",
    "upward",
    "coverage",
    "worklogs",
    "teams",
    "leave",
    "handover",
    "support",
    "presence",
    "evaluation",
    "delivery",
)
BODY_LIMIT = 24 * 1024 * 1024
PLAIN_FORM_LIMIT = 3 * 1024 * 1024  # a Chinese character takes nine bytes there


class Dandang(Flask):
    """Flask, but for one line: what breaks on an anonymous page is logged without its address, which may be a receipt."""

    def log_exception(self, exc_info: Any) -> None:
        if is_unseen(request.endpoint):
            self.logger.error("Exception on an anonymous page", exc_info=exc_info)
        else:
            super().log_exception(exc_info)


def load_models() -> None:
    """Make every table known to the metadata."""
    for name in MODELS:
        import_module("webapp.audit" if name == "audit" else f"webapp.{name}.models")


def create_app(settings: Settings | None = None) -> Flask:
    """The application for one instance folder; refuses to start when a route has no guard."""
    settings = settings or Settings.from_env()
    refuse_lost_key(settings)
    settings.prepare()
    load_models()
    set_clock(settings)
    app = Dandang(
        "webapp",
        root_path=str(ROOT / "webapp"),
        template_folder=str(ROOT / "templates" / "web"),
        static_folder=str(ROOT / "webapp" / "static"),
    )
    https = settings.base_url.startswith("https://")
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=derive(settings.master_key(), "flask-session"),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},  # what was typed enters no log
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=2000,
        BOOTSTRAP_SERVE_LOCAL=True,
        SESSION_COOKIE_NAME="__Host-dandang" if https else "dandang",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_I18N_ENABLED=False,  # WTForms' own Chinese words serve, see webapp.filters
        RATELIMIT_STORAGE_URI=settings.limits_url,
    )
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.trusted_proxies, settings.trusted_proxies)  # type: ignore[method-assign]
    app.before_request(_limit_plain_forms)  # ahead of the extensions, which already read the form
    for extension in (db, login_manager, csrf, bootstrap, limiter):
        extension.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    with app.app_context():
        database.configure(db.engine)
    app.before_request(_begin_request)
    for part in (signing_in, headers, filters, navigation, error_pages):
        part.init_app(app)
    for module in PAGES:
        app.register_blueprint(import_module(module).pages)
    for endpoint in ("static", "bootstrap.static"):
        app.view_functions[endpoint] = public(app.view_functions[endpoint])
    app.extensions["rule_value"] = parameter  # for features below the rule packs
    refuse_unguarded_routes(app)
    refuse_unfit(app, settings)
    return app


def _limit_plain_forms() -> None:
    """A form without files is read into memory whole, so it may be much smaller than one with files."""
    if request.mimetype not in ("multipart/form-data", "application/offset+octet-stream"):
        request.max_content_length = PLAIN_FORM_LIMIT


def _begin_request() -> None:
    """Each request has its own unit of work; what changes rows takes the database's lock at once."""
    database.intend_to_write(request.method not in ("GET", "HEAD", "OPTIONS"))
    db.session.info["address"] = g.address = request.remote_addr
