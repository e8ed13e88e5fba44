"""The blueprint of the feature; the view modules add their routes to it."""

from flask import Blueprint

pages = Blueprint("worklogs", __name__)
