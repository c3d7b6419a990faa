"""The setting ``batch_config``: whether its files can be written, before anything is read."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from singer_sdk.helpers._batch import StorageTarget

from xero_client.errors import SettingsError


def check_batches(config: Mapping[str, Any]) -> None:
    """Checks that the libraries for the batch files are there.

    Raises:
        SettingsError: The storage is of an unknown kind, or a library is not installed.
    """
    batches = config.get("batch_config")
    if not batches:
        return
    root = batches["storage"]["root"]
    try:
        # singer-sdk has no public name for the file system of a storage.
        _ = StorageTarget.from_dict(batches["storage"])._root_path.fs  # noqa: SLF001
    except (ImportError, ValueError, TypeError) as error:
        message = f"Setting 'batch_config.storage.root' is {root!r}, which cannot be used: {error}"
        raise SettingsError(message) from None
    if batches["encoding"]["format"] == "parquet" and find_spec("pyarrow") is None:
        message = (
            "Setting 'batch_config.encoding.format' is 'parquet', which needs the package pyarrow: "
            "install it beside the tap, or set the format to 'jsonl'"
        )
        raise SettingsError(message)
