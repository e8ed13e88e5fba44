"""The blueprint of the feature; the other views add their routes to it."""

from flask import Blueprint

pages = Blueprint("policy", __name__)
