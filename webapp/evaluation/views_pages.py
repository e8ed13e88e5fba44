"""The blueprint of runs and assessments."""

from flask import Blueprint

pages = Blueprint("evaluation", __name__)
