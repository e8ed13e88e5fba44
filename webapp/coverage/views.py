"""遍访: coverage duties as sets of units: pages."""

from flask import Blueprint

pages = Blueprint("coverage", __name__)
