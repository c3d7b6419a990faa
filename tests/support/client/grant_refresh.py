"""Several processes that renew the tokens of many grants in one state database."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from connections import put_grant, web_config

RENEWER = """
import json, sys
from xero_client.auth.token_sources import token_source
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.store.database import Store

config, names = json.loads(sys.stdin.readline())
store = Store(config["store_uri"])
print("ready", flush=True)
sys.stdin.readline()
for name in names:
    settings = ConnectionSettings.from_config({**config, "grant": name}, user_agent="tests")
    token_source(settings, store).token()
"""


def expired_grants(xero: Any, store_uri: str, number: int) -> list[str]:
    """The names of grants whose access tokens have expired."""
    names = [f"customer-{each}" for each in range(number)]
    for name in names:
        put_grant(xero, store_uri, name=name)
    return names


def renewed_in(xero: Any, store_uri: str, parts: Sequence[Sequence[str]]) -> float:
    """The seconds in which a process for each part renews the grants of its part."""
    processes = []
    for part in parts:
        process = subprocess.Popen(
            [sys.executable, "-c", RENEWER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        arguments = json.dumps([web_config(xero, store_uri), list(part)])
        process.stdin.write(arguments + "\n")
        process.stdin.flush()
        processes.append(process)
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    began = time.monotonic()
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    codes = [process.wait(300) for process in processes]
    seconds = time.monotonic() - began
    for process in processes:
        process.communicate()
    assert codes == [0] * len(parts)
    return seconds


def shuffled(names: Sequence[str], processes: int) -> list[list[str]]:
    """All names for each process, in another order."""
    chance = random.Random(1)  # noqa: S311  # an order, not a secret
    return [chance.sample(names, len(names)) for _ in range(processes)]
