"""Where to go after signing in: an address typed into a link may lead to pages of this site only."""

from urllib.parse import urlsplit


def own_path(text: str | None) -> str | None:
    """The path with its query when it stays on this site, else None."""
    if not text or len(text) > 2000 or not text.startswith("/") or text.startswith("//"):
        return None
    # Browsers read a backslash as a slash and skip tabs and line breaks inside an address.
    if "\\" in text or any(ord(sign) < 33 or ord(sign) == 127 for sign in text):
        return None
    parts = urlsplit(text)
    if parts.scheme or parts.netloc or parts.path in ("/login", "/logout"):
        return None
    return text
