"""The menu leads to pages that exist and open with the very permission the entry names."""

from flask import Flask

from webapp.navigation import ENTRIES, WRITE_DOWN


def test_each_entry_leads_to_a_page_guarded_by_its_permission(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    for entry in (*ENTRIES, WRITE_DOWN):
        endpoint, _ = adapter.match(entry.path, "GET")
        assert app.view_functions[endpoint].guard == entry.permission, entry.path  # type: ignore[attr-defined]
