"""Pages of the feature `worklogs`."""

from flask import Blueprint

pages = Blueprint("worklogs", __name__)
