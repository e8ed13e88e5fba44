"""Pages of the feature `notices`."""

from flask import Blueprint

pages = Blueprint("notices", __name__)
