"""Pages of the feature `policy`."""

from flask import Blueprint

pages = Blueprint("policy", __name__)
