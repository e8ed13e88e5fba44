"""Pages of the feature `delivery`."""

from flask import Blueprint

pages = Blueprint("delivery", __name__)
