"""Errors as a person meets them: one sentence, what to do, a reference number, and what was typed."""

import errno
import logging
import secrets
from math import ceil
from typing import Any

from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from webapp import clock
from webapp.auth.keeping import fields_of
from webapp.errors import DandangError
from webapp.extensions import db, limiter
from webapp.guards import is_unseen, wants_json

log = logging.getLogger("dandang.errors")

SENTENCES = {
    400: "提交的内容不完整或者格式不正确。请返回上一页，检查后重新提交。",
    401: "您还没有登录。请登录后再办理。",
    403: "您现任岗位没有办理此事的权限。如有需要，请联系本单位系统管理员。",
    404: "没有找到这个页面。请检查网址，或者从待办页重新进入。",
    405: "这个网址不能这样使用。请从页面上的按钮办理。",
    409: "这条记录刚刚被其他同志改动。请刷新页面查看最新情况后再办理。",
    413: "提交的内容太大：一次最多 24 MB，文字最多 1 MB。请用浏览器的返回键回到上一页，所填内容还在；减少文件后再次提交。",
    415: "不能处理这种类型的文件。请按页面说明重新选择文件。",
    429: "操作过于频繁。请稍后再试。",
    500: "系统出现故障，这次操作没有完成。请稍后重试；仍然不行的，请把下面的编号告诉系统管理员。",
    503: "系统暂时不能办理，这次操作没有保存。请稍后再次提交。",
}
TITLES = {403: "没有权限", 404: "没有找到", 409: "内容有变动", 413: "内容太大", 429: "请稍后再试", 500: "系统故障"}
BUSY = "系统正忙，这次操作没有保存。请过半分钟再次提交。"
FULL = "服务器存储空间不足，这次操作没有保存。请联系系统管理员清理空间，之后再次提交。"
DATABASE_GONE = "数据库暂时无法使用，这次操作没有保存。请稍后再次提交；仍然不行的，请联系系统管理员。"
STALE_FORM = "页面停留时间过长，这次内容还没有提交。请核对下面的内容，点“再次提交”。"
UNPROVEN = "没有收到有效的页面令牌（X-CSRFToken），这次内容没有保存。请重新取得令牌后再次发送。"
FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
RETRY_SECONDS = 30
DRAINED = 64 * 1024 * 1024


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DandangError, _named_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(PoolTimeout, _database_error)
    app.register_error_handler(IntegrityError, _overtaken)
    app.register_error_handler(StaleDataError, _overtaken)
    app.register_error_handler(OSError, _file_error)


def _named_error(error: DandangError) -> Any:
    return _answer(error.status, error.sentence)


def _http_error(error: HTTPException) -> Any:
    if error.response is not None and error.code is None:
        return error.response
    status = error.code or 500
    if status < 400:
        return error
    if isinstance(error, RequestEntityTooLarge):
        _drain()
    sentence = SENTENCES.get(status, SENTENCES[400] if status < 500 else SENTENCES[500])
    if status == 429:
        sentence = _wait_sentence(error)
    return _answer(status, sentence, None, dict(error.get_headers()) if status in (405, 429) else None)


def _wait_sentence(error: HTTPException) -> str:
    waits = dict(error.get_headers()).get("Retry-After", "")
    if not waits and limiter.current_limit is not None:  # the limiter writes its header only after this page
        waits = str(max(1, ceil(limiter.current_limit.reset_at - clock.now().timestamp())))
    return f"操作过于频繁。请等 {waits} 秒后再试。" if waits.isdigit() else SENTENCES[429]


def _database_error(error: OperationalError | PoolTimeout) -> Any:
    words = str(getattr(error, "orig", None) or error).lower()
    if "locked" in words or "busy" in words or "lock timeout" in words or isinstance(error, PoolTimeout):
        sentence = BUSY
    elif "full" in words or "readonly" in words or "read-only" in words or "no space" in words:
        sentence = FULL
    else:
        sentence = DATABASE_GONE
    return _answer(503, sentence, error, {"Retry-After": str(RETRY_SECONDS)}, again=True)


def _overtaken(error: IntegrityError | StaleDataError) -> Any:
    """The same form came twice at once, or somebody was faster; the first has been kept whole."""
    return _answer(409, SENTENCES[409], error, again=True)


def _file_error(error: OSError) -> Any:
    if error.errno not in FULL_ERRNOS:
        raise error
    return _answer(503, FULL, error, {"Retry-After": str(RETRY_SECONDS)}, again=True)


def _stale_form(error: CSRFError) -> Any:
    return _answer(400, UNPROVEN if wants_json() else STALE_FORM, None, None, again=True)


def _answer(
    status: int,
    sentence: str,
    cause: BaseException | None = None,
    headers: dict[str, str] | None = None,
    *,
    again: bool = False,
) -> Any:
    """The page; `again` offers to send the typed form once more as it was."""
    db.session.rollback()
    reference = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}".upper()
    # Neither address nor account, and of anonymous pages not the path either: a receipt may stand in it.
    log.log(
        logging.ERROR if status >= 500 else logging.INFO,
        "reference %s: %s %s %s",
        reference,
        status,
        request.method,
        "(anonymous page)" if is_unseen(request.endpoint) else request.path,
        exc_info=cause,
    )
    told = {"Retry-After": headers["Retry-After"]} if headers and "Retry-After" in headers else {}
    if headers and "Allow" in headers:
        told["Allow"] = headers["Allow"]
    if wants_json():
        return {"error": sentence, "reference": reference}, status, told
    typed = _typed(status)
    page = render_template(
        "errors/error.html",
        # A broken database must not be asked again while its own error is shown.
        plain=status >= 500 or "viewer" not in g,
        status=status,
        title="还没有提交" if again and typed else TITLES.get(status, "没有办成"),
        sentence=sentence,
        reference=reference,
        typed=typed,
        words=[value for _, value in typed if not value.isascii() or len(value) > 40],
        again=again and request.method == "POST",
        files=_files(status),
        path=request.full_path.rstrip("?"),
    )
    return page, status, told


def _typed(status: int) -> tuple[tuple[str, str], ...]:
    """The fields of a form that was sent; of a body over the limit nothing can be read."""
    if request.method != "POST" or status == 413:
        return ()
    return tuple((name, value) for name, value in fields_of(request.form.items(multi=True)) if value)


def _files(status: int) -> bool:
    return request.method == "POST" and status != 413 and any(file.filename for file in request.files.values())


def _drain() -> None:
    """Read what the browser still sends: a connection closed in mid-upload shows no page at all."""
    if (request.content_length or 0) > DRAINED:
        return
    try:
        rest = request.stream
    except RequestEntityTooLarge:  # refused by its length alone: nothing was read yet
        rest = get_input_stream(request.environ)
    while rest.read(64 * 1024):  # both streams know their length; the bare one would wait for the next request
        pass
