"""The blueprint of presence, on which each of its pages is registered."""

from flask import Blueprint

pages = Blueprint("presence", __name__)
