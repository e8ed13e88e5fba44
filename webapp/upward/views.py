"""Upward requests: what villages and townships ask of the levels above (T-10): pages."""

from flask import Blueprint

pages = Blueprint("upward", __name__)
