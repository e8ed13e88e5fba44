"""Pages of the feature `accountability`."""

from flask import Blueprint

pages = Blueprint("accountability", __name__)
