"""Says in uv's words what the machine has told pip: uv reads neither pip.conf nor PIP_ variables."""

import ast

# pip's name → uv's variable. Several values stand on lines in pip.conf and with blanks in uv's variables.
WORDS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "proxy": "ALL_PROXY",
}
SINGLE = {"UV_DEFAULT_INDEX", "SSL_CERT_FILE", "UV_HTTP_TIMEOUT", "ALL_PROXY"}


def for_uv(listing: str, environment: dict[str, str]) -> dict[str, str]:
    """Variables for uv from the output of `pip config list`; what the environment says to uv itself stays.

    >>> for_uv("global.index-url='https://example.org/simple'", {})["UV_DEFAULT_INDEX"]
    'https://example.org/simple'
    """
    given = dict.fromkeys(("global", "install", ":env:"), None)
    found: dict[str, dict[str, str]] = {section: {} for section in given}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        section, _, word = name.strip().partition(".")
        if section in found and word in WORDS:
            found[section][WORDS[word]] = _text(value)
    merged: dict[str, str] = {}
    for section in given:  # the later section wins, as in pip
        merged |= found[section]
    for variable in merged.keys() - SINGLE:
        separator = "," if variable == "UV_FIND_LINKS" else " "
        merged[variable] = separator.join(merged[variable].split())
    if "SSL_CERT_FILE" not in merged | environment:
        merged["UV_SYSTEM_CERTS"] = "1"  # pip trusts the system's certificates, too
    return {variable: value for variable, value in merged.items() if variable not in environment}


def _text(written: str) -> str:
    try:
        return str(ast.literal_eval(written.strip()))
    except (ValueError, SyntaxError):
        return written.strip()
