"""The only door through which a document could reach outside, and it stays shut.

Known are in-memory names (``asset:...``) handed over by us, and small raster images written into the document itself.
Anything else (http, file, ftp, style sheets, vector images, which could point further) ends the rendering. There is
no network or file code here at all, so there is no redirect to follow.
"""

import base64
import binascii
import re
from collections.abc import Mapping

from weasyprint.urls import URLFetcher, URLFetcherResponse

from reports.errors import OutsideResource

MAX_IMAGE_BYTES = 64 * 1024

DATA_IMAGE = re.compile(r"data:(image/(?:png|jpeg));base64,([A-Za-z0-9+/=%]*)")


class Fence(URLFetcher):
    """Serves ``assets`` (name without ``asset:`` → media type, content) and refuses the rest."""

    def __init__(self, assets: Mapping[str, tuple[str, bytes]] | None = None) -> None:
        super().__init__(allowed_protocols=("asset", "data"), allow_redirects=False, fail_on_errors=True)
        self._assets = dict(assets or {})

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The content of an asset or of a data image of at most 64 KB; raises ``OutsideResource`` for all else."""
        if url.startswith("asset:") and (asset := self._assets.get(url.removeprefix("asset:"))):
            media_type, content = asset
            return URLFetcherResponse(url, content, {"Content-Type": media_type})
        if len(url) <= MAX_IMAGE_BYTES * 2 and (match := DATA_IMAGE.fullmatch(url)):
            return URLFetcherResponse(url, self._decode(match[2]), {"Content-Type": match[1]})
        raise OutsideResource("报告内容引用了外部资源，已停止生成。请删去正文中的链接或图片后重试。")

    def _decode(self, encoded: str) -> bytes:
        try:
            content = base64.b64decode(
                encoded.replace("%2B", "+").replace("%2F", "/").replace("%3D", "="), validate=True
            )
        except binascii.Error as error:
            raise OutsideResource("报告内嵌图片已损坏，已停止生成。请更换图片后重试。") from error
        if len(content) > MAX_IMAGE_BYTES:
            raise OutsideResource("报告内嵌图片超过64 KB，已停止生成。请压缩图片后重试。")
        return content
