"""Pages of the feature `org`."""

from flask import Blueprint

pages = Blueprint("org", __name__)
