"""The blueprint of the feature; views, reading, pictures and drafts add their routes to it."""

from flask import Blueprint

pages = Blueprint("worklogs", __name__)
