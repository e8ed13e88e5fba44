"""The one blueprint of the feature, and what its lists share: files as answers."""

from collections.abc import Sequence

from flask import Blueprint, Response

from webapp.org.views_files import send_headed
from webapp.spreadsheets import Row

pages = Blueprint("teams", __name__)


def table_file(title: str, headings: Row, rows: Sequence[Row], what: str) -> Response:
    """Rows as a file with issuer and end date (X-20); the export itself is audited."""
    return send_headed(title, headings, rows, ("team.export", "list", what), len(rows))
