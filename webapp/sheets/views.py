"""村级月报单: the month sheet of a village: pages."""

from flask import Blueprint

pages = Blueprint("sheets", __name__)
