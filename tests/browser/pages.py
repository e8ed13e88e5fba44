"""What every journey asks of a page: that it fits the screen; and a picture of it, where somebody wants to look."""

import os
from pathlib import Path

from playwright.sync_api import Page, expect

SHOTS = os.environ.get("DANDANG_SHOTS")
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def shot(page: Page, name: str) -> None:
    """Keep a picture of the page, and see that nothing sticks out sideways.

    The waiting outlives a navigation that a click has begun, where an evaluation would break off.
    """
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    page.wait_for_load_state("load")
    page.wait_for_function(FITS)
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
