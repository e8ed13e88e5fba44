"""The open page that tells whether a paper or a file is ours. Shows nothing that is not printed on the paper."""

from flask import Blueprint, current_app, render_template, request, url_for
from flask_wtf.file import FileStorage
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from webapp.access import Viewer, acting_as
from webapp.delivery import archive
from webapp.delivery.forms import VerifyFileForm, VerifyForm
from webapp.delivery.models import ReportFile
from webapp.extensions import db, limiter
from webapp.guards import public
from webapp.org.models import Division

pages = Blueprint("verification", __name__)
TRIES = "30 per minute"


@pages.route("/verify/", methods=["GET", "POST"])
@public
@limiter.limit(TRIES)
def verify_form() -> str | Response | tuple[str, int]:
    """Type a code."""
    form = VerifyForm()
    if form.validate_on_submit():
        return redirect(url_for("verification.verify", code=(form.code.data or "").strip()))
    return render_template(
        "delivery/verify.html", form=form, upload=VerifyFileForm(), report=None, asked=None, by_file=False
    )


@pages.get("/verify/<code>")
@public
@limiter.limit(TRIES)
def verify(code: str) -> tuple[str, int]:
    """What the archive holds under a printed code."""
    with acting_as(db.session(), Viewer.system("核验", "")):
        report = archive.by_code(db.session(), code)
    return _answer(report, code[:40])


@pages.post("/verify/file")
@public
@limiter.limit(TRIES)
def verify_file() -> tuple[str, int]:
    """Compare a PDF with the archive, byte for byte."""
    presented = request.files.get("file")
    if not isinstance(presented, FileStorage) or not presented.filename:
        upload = VerifyFileForm()
        upload.file.errors = ["请选择要核验的 PDF 文件。"]
        page = render_template(
            "delivery/verify.html", form=VerifyForm(), upload=upload, report=None, asked=None, by_file=False
        )
        return page, 400
    with acting_as(db.session(), Viewer.system("核验", "")):
        report = archive.genuine(db.session(), presented.read())
    return _answer(report, by_file=True)


def _answer(report: ReportFile | None, asked: str | None = None, *, by_file: bool = False) -> tuple[str, int]:
    page = render_template(
        "delivery/verify.html",
        form=VerifyForm(),
        upload=VerifyFileForm(),
        report=report,
        division=db.session.get(Division, report.unit_code) if report else None,
        asked=asked,
        by_file=by_file,
        instance=current_app.config["SETTINGS"].base_url,
    )
    return page, 200 if report else 404
