"""Pages of the feature `evaluation`."""

from flask import Blueprint

pages = Blueprint("evaluation", __name__)
