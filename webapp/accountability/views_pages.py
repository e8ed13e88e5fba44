"""The blueprint of the feature; the other views add their routes to it."""

from flask import Blueprint, current_app

pages = Blueprint("accountability", __name__)


def master_key() -> bytes:
    """What seals the words that are not sent yet."""
    return current_app.config["SETTINGS"].master_key()  # type: ignore[no-any-return]
