"""The setting ``batch_config``: whether its files can be written, before anything is read."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from singer_sdk.helpers._batch import StorageTarget

from xero_client.errors import SettingsError

# The protocols of a local folder; a path without a protocol has an empty one.
_LOCAL = ("", "file", "local")


def check_batches(config: Mapping[str, Any]) -> None:
    """Checks that the libraries for the batch files are there, and the folder, if it is local.

    Raises:
        SettingsError: The storage is of an unknown kind or cannot be written, or a library is not
            installed.
    """
    batches = config.get("batch_config")
    if not batches:
        return
    root = batches["storage"]["root"]
    try:
        # singer-sdk has no public name for the folder of a storage.
        folder = StorageTarget.from_dict(batches["storage"])._root_path  # noqa: SLF001
        _ = folder.fs  # needs the library
        if folder.protocol == "memory":
            message = (
                "the loader cannot read the memory of the tap: set it to a folder, as file:///tmp"
            )
            raise ValueError(message)  # noqa: TRY301  # it is named as the others are
        if folder.protocol in _LOCAL:
            folder.mkdir(parents=True, exist_ok=True)
    except (ImportError, OSError, ValueError, TypeError) as error:
        message = f"Setting 'batch_config.storage.root' is {root!r}, which cannot be used: {error}"
        raise SettingsError(message) from None
    if batches["encoding"]["format"] == "parquet" and find_spec("pyarrow") is None:
        message = (
            "Setting 'batch_config.encoding.format' is 'parquet', which needs the package pyarrow: "
            "install it beside the tap, or set the format to 'jsonl'"
        )
        raise SettingsError(message)
