"""The one blueprint of sign-in, accounts and the audit log; the routes are in the `views_*` modules."""

from flask import Blueprint

pages = Blueprint("auth", __name__)
