"""The calendar: due dates beside working days, and its feed: pages."""

from flask import Blueprint

pages = Blueprint("agenda", __name__)
