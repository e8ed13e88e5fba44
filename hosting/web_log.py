"""gunicorn's log without addresses that are secrets: of anonymous pages and calendar feeds it says neither who nor when."""

import re
from typing import Any

from gunicorn.glogging import Logger

SILENT = ("/complaints/", "/calendar/feed/")
_ADDRESS = re.compile("(" + "|".join(map(re.escape, SILENT)) + r")[^\s\"']*")


class WebLog(Logger):  # type: ignore[misc]
    """What the web server writes, whatever its level and whether an access log is switched on or not."""

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        if not environ.get("PATH_INFO", "").startswith(SILENT):
            super().access(resp, req, environ, request_time)

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        super().exception(msg, *(_without(one) for one in args), **kwargs)

    def debug(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        super().debug(msg, *(_without(one) for one in args), **kwargs)


def _without(value: Any) -> Any:
    return _ADDRESS.sub(r"\1", value) if isinstance(value, str) else value
