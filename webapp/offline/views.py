"""What a phone needs to open without a network: manifest, service worker, versioned scripts, and two pages of the shell.

Nothing here looks at who is signed in: these answers are kept on phones and must be the same for everybody.
"""

from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    make_response,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from werkzeug.wrappers import Response as Answer

from webapp.errors import NotFound
from webapp.guards import public
from webapp.offline import shell
from webapp.worklogs.models import DUTY_AREAS
from webapp.worklogs.photos import MOST
from webapp.worklogs.rules import TEXT_LIMIT

pages = Blueprint("offline", __name__)
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-mask.png", "512x512", "maskable"),
)


@pages.record_once
def _name_addresses(state: Any) -> None:
    app: Flask = state.app
    app.jinja_env.globals["module_url"] = module_url


def module_url(name: str) -> str:
    """The address of a script under the version that all scripts of this release share."""
    return url_for("offline.module", version=_version(), name=name)


def _folder() -> Path:
    return Path(current_app.static_folder or "")


def _version() -> str:
    """The version as the files stand during this request; a page names it for each of its scripts."""
    if "shell_version" not in g:
        g.shell_version = shell.version(_folder(), Path(current_app.root_path).parent / "templates" / "web" / "offline")
    return str(g.shell_version)


@pages.get("/modules/<version>/<name>")
@public
def module(version: str, name: str) -> Answer:
    """One script of this release. An address of another release is a 404: its parts would not fit together."""
    if version != _version() or name not in shell.modules(_folder()):
        raise NotFound()
    return send_from_directory(_folder() / "js", name)


@pages.get("/sw.js")
@public
def service_worker() -> Response:
    """The service worker with the list of what it keeps."""
    styles = [url_for("static", filename=f"css/{name}") for name in shell.STYLES]
    addresses = [
        url_for(".outbox"),
        url_for(".write"),
        url_for(".manifest"),
        url_for("static", filename="icon.svg"),
        url_for("bootstrap.static", filename="css/bootstrap.min.css"),
        *styles,
        url_for("static", filename="js/forms.js"),
        *(module_url(name) for name in shell.kept_modules(_folder())),
    ]
    sender = None if "plain" in request.args else module_url("outbox_background.js")
    text = shell.worker(_folder(), _version(), addresses, sender)
    return Response(text, mimetype="text/javascript")


@pages.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """What a phone shows when the page is put on its first screen; nobody is asked to do so (X-36)."""
    icons = [
        {"src": url_for("static", filename=name), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for name, sizes, purpose in ICONS
    ]
    answer = make_response(
        {
            "name": "担当：乡村振兴责任任务系统",
            "short_name": "担当",
            "lang": "zh-CN",
            "id": "/",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f6f7f8",
            "theme_color": "#1f5f99",
            "icons": icons,
        }
    )
    answer.mimetype = "application/manifest+json"
    return answer


@pages.get("/outbox/")
@public
def outbox() -> str:
    """The outbox: its entries are on the phone, this page is only their frame."""
    return render_template("offline/outbox.html", areas=DUTY_AREAS)


@pages.get("/outbox/write")
@public
def write() -> str:
    """The log form for a phone without network or session; what it offers comes from the phone's own store."""
    return render_template("offline/write.html", areas=DUTY_AREAS, most=MOST, text_limit=TEXT_LIMIT)
