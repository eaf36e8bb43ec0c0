"""URLs of media: which can work, and how they are shown. Pure."""

from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final

from yarl import URL

from ..errors import ActionRefusedError
from ..network import is_private_host

_MAX_URL: Final = 2048
#: Characters of what is shown.
_MAX_SHOWN: Final = 300
_OTHER_EXTENSIONS = frozenset(
    {".aac", ".ac3", ".aif", ".aiff", ".amr", ".ape", ".au", ".caf", ".flac", ".m4a", ".m4b"}
    | {".mid", ".midi", ".mp2", ".oga", ".ogg", ".ra", ".wma", ".m3u", ".m3u8", ".pls"}
    | {".3gp", ".avi", ".flv", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ogv", ".webm", ".wmv"}
    | {".gif", ".htm", ".html", ".jpeg", ".jpg", ".json", ".pdf", ".png", ".svg", ".txt"}
    | {".webp", ".xml", ".zip"}
)


@lru_cache(maxsize=128)
def is_private_url(url: str) -> bool:
    """Whether a URL leads to a private host, or to none."""
    try:
        return is_private_host(URL(url).host or "")
    except ValueError:
        return False


@lru_cache(maxsize=128)
def check_media_url(media_url: str, *, allow_private: bool) -> str:
    """Return a URL as it is sent, if Pilot Status could fetch it.

    ``allow_private`` is for a server that is itself on this network. The accepted formats
    are those of the docs page "Play audio into call (web)". Raises ActionRefusedError.
    """
    media_url = media_url.strip()
    if len(media_url) > _MAX_URL:
        raise ActionRefusedError("media_url_too_long", limit=str(_MAX_URL))
    try:
        url = URL(media_url)
        host = url.host
    except ValueError:
        raise ActionRefusedError("media_url_invalid") from None
    if url.scheme not in {"http", "https"} or not host or not media_url.isprintable():
        raise ActionRefusedError("media_url_invalid")
    if url.user is not None or url.password is not None:
        raise ActionRefusedError("media_url_credentials")
    if not allow_private and is_private_host(host):
        raise ActionRefusedError("media_url_private", host=_presentable(host))
    extension = PurePosixPath(url.path).suffix.lower()
    if extension in _OTHER_EXTENSIONS:
        raise ActionRefusedError("media_url_format", extension=extension)
    return media_url


@lru_cache(maxsize=128)
def without_secrets(media_url: str) -> str | None:
    """Return a URL without query, fragment and credentials, to show its first 300 characters.

    ``None`` for text that is neither a URL nor a path, since nothing is known of what it
    holds.
    """
    try:
        url = URL(media_url.strip()).with_query(None).with_fragment(None)
        is_path = url.path.startswith("/") and not url.raw_authority
        return _presentable(str(url if is_path else url.with_user(None)))
    except ValueError:
        return None


def _presentable(text: str) -> str:
    """Return text that can be shown anywhere: not too long, without control characters."""
    if len(text) > _MAX_SHOWN:
        text = f"{text[: _MAX_SHOWN - 1]}…"
    return "".join(it if it.isprintable() else "\N{REPLACEMENT CHARACTER}" for it in text)
