"""The number of the device token that a browser holds, in a cookie of its own.

Pages fetch a token beside other requests of the same browser. Were the number part of the session cookie, the answer to
that fetch would bring back the session as it was before an answer that overtook it: words to show once would be lost.
The number needs no seal: whatever it says, only tokens of the account that is signed in are ended by it.
"""

from flask import current_app, request
from werkzeug.wrappers import Response

from webapp.auth.models import DeviceToken


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def device_number() -> int | None:
    """The row of the token that this browser was given last; None where it holds none."""
    return request.cookies.get(_name(), type=int)


def keep_device_number(answer: Response, row: DeviceToken) -> None:
    """Let the browser hold it for as long as the token lasts, over sign-out and sign-in."""
    answer.set_cookie(
        _name(),
        str(row.id),
        expires=row.expires_at,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
