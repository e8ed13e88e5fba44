"""Pages of the feature `auth`."""

from flask import Blueprint

pages = Blueprint("auth", __name__)
