"""The demo's second half: one organisation is copied into another, and the books are compared."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

TARGET = Path(__file__).resolve().parent.parent / ".venv/bin/target-xero"
SECONDS = 30


def access_token(xero: Mapping[str, Any]) -> str:
    """A token for both organisations, as a user's consent would give it."""
    body = json.dumps({"client_id": "sandbox-web"}).encode()
    headers = {"Content-Type": "application/json"}
    ask = Request(f"{xero['control_uri']}/grants", body, headers)  # noqa: S310  # our own address
    with urlopen(ask, timeout=SECONDS) as answer:  # noqa: S310  # the same
        return str(json.load(answer)["access_token"])


def variables(xero: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """The variables under which Meltano's job copies the first organisation into the second."""
    source, target = (tenant["tenant_id"] for tenant in xero["tenants"])
    both = {
        "ACCESS_TOKEN": access_token(xero),
        "BASE_URI": xero["base_uri"],
        "STORE_URI": f"sqlite:///{folder / 'copy.db'}",
        "TOKEN_URI": xero["token_uri"],
    }
    copy = both | {
        "OPENING_BALANCES": str(folder / "opening.json"),
        "REJECTS_PATH": str(folder / "copy-rejects-{run_id}.singer.jsonl"),
        "RESULTS_PATH": str(folder / "copy-results.jsonl"),
        "TENANT_ID": target,
    }
    return (
        {f"TAP_XERO_{name}": text for name, text in (both | {"TENANT_ID": source}).items()}
        | {f"TARGET_XERO_{name}": text for name, text in copy.items()}
        | {f"TARGET_XERO_COPY_{name}": text for name, text in copy.items()}
    )


def save_opening_balances(environment: Mapping[str, str], folder: Path) -> None:
    """Reads what the source's accounts held before its first document."""
    run(["opening-balances", "--output", str(folder / "opening.json")], environment)


def verdict(environment: Mapping[str, str], folder: Path) -> str:
    """Compares both organisations; the report's last line says that the books agree."""
    page = str(folder / "verdict.html")
    return run(["verify", "--html", page], environment).strip().splitlines()[-1]


def run(arguments: list[str], environment: Mapping[str, str]) -> str:
    """Runs target-xero and returns what it prints; ends the demo where it fails."""
    ended = subprocess.run(
        [TARGET, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        sys.exit(f"{ended.stderr}{ended.stdout}\ntarget-xero {arguments[0]} failed")
    return ended.stdout
