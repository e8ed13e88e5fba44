"""Search over titles, numbers, units and people, and saved filters: pages."""

from flask import Blueprint

pages = Blueprint("finding", __name__)
