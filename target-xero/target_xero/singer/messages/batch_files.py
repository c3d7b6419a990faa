"""The files of BATCH messages: JSON lines, plain or gzipped, in any storage of the SDK."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from gzip import GzipFile
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote

from singer_sdk.helpers._batch import StorageTarget

COMPRESSIONS = (None, "none", "gzip")
_LOCAL = "file://"


class BatchFileError(Exception):
    """A file cannot be read to its end."""


def batch_problem(message: Mapping[str, Any]) -> str | None:
    """What is wrong with a BATCH message, apart from its files; None if it is valid."""
    encoding = message.get("encoding")
    manifest = message.get("manifest")
    if not isinstance(message.get("stream"), str):
        return "a BATCH needs a stream"
    if not isinstance(encoding, dict) or encoding.get("format") != "jsonl":
        return f"a BATCH needs an encoding of format jsonl; this encoding is {encoding!r}"
    if encoding.get("compression") not in COMPRESSIONS:
        return f"a BATCH may be compressed with gzip only; this encoding is {encoding!r}"
    if not isinstance(manifest, list) or not all(isinstance(url, str) and url for url in manifest):
        return "a BATCH needs a manifest that lists its files"
    return None


def batch_lines(
    url: str, compression: str | None, storage: StorageTarget | None
) -> Iterator[bytes]:
    """The lines of one file.

    Args:
        url: The file's URL.
        compression: ``gzip``, ``none`` or None.
        storage: The storage in the configuration, if any.

    Raises:
        BatchFileError: It cannot be read.
    """
    try:
        head, tail = StorageTarget.split_url(_existing(url))
        with ExitStack() as stack:
            where = storage or StorageTarget.from_url(head)
            file: IO[bytes] | GzipFile = stack.enter_context(where.open(tail, mode="rb"))
            if compression == "gzip":
                file = stack.enter_context(GzipFile(fileobj=file))
            yield from file
    except (OSError, EOFError, zlib.error, ValueError, ImportError) as error:
        message = f"the BATCH file {url} cannot be read: {error}"
        raise BatchFileError(message) from None


def _existing(url: str) -> str:
    """The URL of a local file as singer-sdk writes it: without percent-encoding, if it has any."""
    decoded = unquote(url)
    is_encoded = url.startswith(_LOCAL) and decoded != url
    return decoded if is_encoded and not Path(url.removeprefix(_LOCAL)).exists() else url
