"""Pages of the feature `burden`."""

from flask import Blueprint

pages = Blueprint("burden", __name__)
