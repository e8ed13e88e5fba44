"""责任清单: the duty lists and the assignments they open each period: pages."""

from flask import Blueprint

pages = Blueprint("duties", __name__)
