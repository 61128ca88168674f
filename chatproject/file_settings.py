"""What the environment says of files, as one value: `settings.FILES`. Where they lie: `settings.STORAGES`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from chatproject.environment import read_flag, read_integer, read_origins, read_text, require_module
from chatproject.origins import Origin

MIB = 1024 * 1024
SHAPE = "file:///folder or s3://key:secret@host:port/bucket?region=…, special characters as %40 etc."
COLLECTED, SOURCES = (
    "chatproject.http.page_bundle.PageStorage",
    "django.contrib.staticfiles.storage.StaticFilesStorage",
)
S3_WORDS = {"region", "tls", "addressing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSettings:
    """Bytes, and 0 for no limit."""

    is_on: bool  # off: nobody sends any
    is_s3: bool
    origin: str  # where browsers get them, "" where they get everything
    most_bytes: int  # of one file
    member_day_bytes: int
    room_bytes: int
    site_bytes: int
    keep_days: int  # where a room does not say; 0: for as long as its message
    checks: bool  # off: `manage.py check_files` does, apart
    scanner: str  # ClamAV's, tcp://host:port or unix:///path; "" for none
    link_previews: bool
    export_bytes: int  # of files in one export of a member


def read_files() -> FileSettings:
    origins = read_origins("FILES_ORIGIN")
    if len(origins) > 1 or "*" in origins:
        raise ImproperlyConfigured("Set FILES_ORIGIN to one origin, such as https://files.example.com")
    return FileSettings(
        is_on=read_flag("FILES", default=True),
        is_s3=read_text("FILES_URL").startswith("s3:"),
        origin=origins[0] if origins else "",
        most_bytes=read_integer("FILE_MAX_MB", default=25, minimum=1, maximum=1_000) * MIB,
        member_day_bytes=read_integer("LIMIT_FILES_MB_PER_DAY", default=200) * MIB,
        room_bytes=read_integer("LIMIT_FILES_MB_PER_ROOM", default=5_000) * MIB,
        site_bytes=read_integer("LIMIT_FILES_MB", default=100_000, maximum=999_999_999) * MIB,
        keep_days=read_integer("FILES_KEEP_DAYS", default=365, maximum=36_500),
        checks=read_flag("CHECK_FILES", default=True),
        scanner=_read_scanner("CLAMAV_URL"),
        link_previews=read_flag("LINK_PREVIEWS"),
        export_bytes=read_integer("EXPORT_FILES_MB", default=4_000, maximum=50_000) * MIB,
    )


def host_of_files(origin: str, *, others: list[str]) -> list[str]:
    """The host of FILES_ORIGIN, which answers nothing but files, beside `others`, which answer all else."""
    if not origin:
        return []
    parsed = Origin.parse(origin)
    if parsed.port is None and parsed.host in others:
        raise ImproperlyConfigured(
            "Set FILES_ORIGIN to a host of its own, and leave it out of ALLOWED_HOSTS: nothing but files is there."
        )
    return [parsed.host]


def _read_scanner(name: str) -> str:
    raw = read_text(name)
    try:
        url = urlsplit(raw)
        if not raw or (url.scheme == "tcp" and url.hostname and url.port) or (url.scheme == "unix" and url.path):
            return raw
    except ValueError:
        pass
    raise ImproperlyConfigured(f"Set {name} to tcp://host:port or unix:///path of clamd.")


def read_storages(name: str, *, default_folder: Path, collected: bool = False) -> dict[str, Any]:
    """Django's STORAGES, of a file: or s3: URL, or of `default_folder` where nothing is set."""
    raw = read_text(name)
    try:
        url = urlsplit(raw)
        match url.scheme:
            case "":
                files = _folder(default_folder) if not raw else None
            case "file":
                files = _folder(Path(unquote(url.path))) if not url.netloc and url.path.strip("/") else None
            case "s3":
                files = _s3(name, url)
            case _:
                files = None
    except ValueError:
        files = None
    if files is None:
        raise ImproperlyConfigured(f"Set {name} to {SHAPE}")
    return {
        "default": files,
        "staticfiles": {"BACKEND": COLLECTED if collected else SOURCES},
    }


def _folder(folder: Path) -> dict[str, Any]:
    options = {
        "location": str(folder.absolute()),
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    }
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}


def _addressing_at_aws(bucket: str) -> str:
    """With "auto" boto3 makes addresses of a host for all regions, which redirects to a new bucket's own: browsers
    follow that with no form. With "virtual" of the region's, whose certificate covers no bucket with a dot."""
    return "auto" if "." in bucket else "virtual"


def _s3(name: str, url: SplitResult) -> dict[str, Any] | None:
    """Without a key boto3 looks where it always does: environment, files, roles. Without a host: AWS."""
    require_module("storages", package="django-storages[s3]", wanted_by=f"an s3: URL in {name}")
    bucket = unquote(url.path.strip("/"))
    words = dict(parse_qsl(url.query, strict_parsing=True)) if url.query else {}
    if not bucket or "/" in bucket or not words.keys() <= S3_WORDS or (url.username and not url.password):
        return None
    tls = {"1": True, "0": False}.get(words.get("tls", "1"))
    addressing = words.get("addressing", "path" if url.hostname else _addressing_at_aws(bucket))
    if tls is None or addressing not in ("path", "virtual", "auto"):
        return None
    options: dict[str, Any] = {
        "bucket_name": bucket,
        "region_name": words.get("region", "us-east-1"),
        "addressing_style": addressing,
        "signature_version": "s3v4",
        "default_acl": None,
        "querystring_auth": True,
        "file_overwrite": True,
    }
    if url.hostname:
        host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
        port = f":{url.port}" if url.port else ""
        options["endpoint_url"] = f"{'https' if tls else 'http'}://{host}{port}"
    if url.username:
        options |= {"access_key": unquote(url.username), "secret_key": unquote(url.password or "")}
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
