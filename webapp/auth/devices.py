"""A browser and its machine in words, for the list of devices."""

_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg/", "Edge 浏览器"),
    ("Firefox/", "火狐浏览器"),
    ("Chrome/", "谷歌内核浏览器"),
    ("Safari/", "苹果浏览器"),
)
_SYSTEMS = (
    ("Android", "安卓手机"),
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("Windows", "Windows 电脑"),
    ("Mac OS", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)


def device_name(browser: str | None) -> str:
    """A user agent in words: "Windows 电脑，Edge 浏览器"."""
    known = [next((words for mark, words in names if mark in (browser or "")), None) for names in (_SYSTEMS, _BROWSERS)]
    return "，".join(words for words in known if words) or "未知设备"
