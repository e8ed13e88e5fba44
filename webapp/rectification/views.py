"""问题整改: issues and their rectification: pages."""

from flask import Blueprint

pages = Blueprint("rectification", __name__)
