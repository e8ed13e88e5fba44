"""gunicorn's log without the anonymous pages: neither who opened them, nor when, nor the receipt in their address."""

import re
from typing import Any

from gunicorn.glogging import Logger

ANONYMOUS = "/complaints/"
_ADDRESS = re.compile(re.escape(ANONYMOUS) + r"[^\s\"']*")


class WebLog(Logger):  # type: ignore[misc]
    """What the web server writes, whatever its level and whether an access log is switched on or not."""

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        if not environ.get("PATH_INFO", "").startswith(ANONYMOUS):
            super().access(resp, req, environ, request_time)

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        super().exception(msg, *(_without(one) for one in args), **kwargs)

    def debug(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        super().debug(msg, *(_without(one) for one in args), **kwargs)


def _without(value: Any) -> Any:
    return _ADDRESS.sub(ANONYMOUS, value) if isinstance(value, str) else value
