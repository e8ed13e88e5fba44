"""The one blueprint of the feature."""

from flask import Blueprint

pages = Blueprint("coverage", __name__)
