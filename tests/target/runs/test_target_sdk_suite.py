"""singer-sdk's own suite for targets, against the sandbox."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from singer_sdk.testing import get_target_test_class
from target_runner import config_in

from target_xero.target import TargetXero
from xero_sandbox.server import server

# All streams of the suite are published as contacts. Their columns are not fields of Xero.
# Filled in when the sandbox runs.
CONFIG: dict[str, Any] = {
    "unknown_columns": "ignore",
    "streams": {
        "*": {
            "entity": "Contacts",
            "payload": {"Name": "{{ (record | dictsort | first)[1] | string }} of the suite"},
        }
    },
}


@pytest.fixture(autouse=True, scope="module")
def sandbox():
    with ExitStack() as stack:
        xero = stack.enter_context(server())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        CONFIG.update(config_in(folder, xero))
        yield


class TestTargetXero(get_target_test_class(TargetXero, config=CONFIG)):
    """The SDK's tests, with this configuration."""
