"""The second half of the demo: copies one organisation into another and compares their books."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

TARGET = Path(__file__).resolve().parent.parent / ".venv/bin/target-xero"
TIMEOUT_SECONDS = 30


def access_token(xero: Mapping[str, Any]) -> str:
    """An access token for both organisations, as a user's consent would give it."""
    body = json.dumps({"client_id": "sandbox-web"}).encode()
    headers = {"Content-Type": "application/json"}
    request = Request(f"{xero['control_uri']}/grants", body, headers)  # noqa: S310  # the local Xero
    with urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310  # the local Xero
        return str(json.load(response)["access_token"])


def variables(xero: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """The variables with which Meltano's job copies the first organisation into the second."""
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
    """Writes the opening balances of the source to a file."""
    run(["opening-balances", "--output", str(folder / "opening.json")], environment)


@dataclass(frozen=True)
class Verdict:
    """What the comparison of both organisations found.

    Attributes:
        text: The sentences that say whether the books agree.
        records: The number of the source's records that were compared.
        tables: The tables that have these records.
    """

    text: str
    records: int
    tables: Collection[str]


def compare(environment: Mapping[str, str], folder: Path) -> Verdict:
    """Compares both organisations, and writes the comparison as a page and as JSON."""
    page, sheet = folder / "verdict.html", folder / "verdict.json"
    run(["verify", "--html", str(page), "--json", str(sheet)], environment)
    found = json.loads(sheet.read_text("utf-8"))
    entities = {count["entity"] for count in found["counts"]}
    tables = {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", entity).lower() for entity in entities}
    return Verdict(found["verdict"], sum(count["source"] for count in found["counts"]), tables)


def run(arguments: list[str], environment: Mapping[str, str]) -> str:
    """Runs target-xero and returns what it prints; ends the demo if it fails."""
    result = subprocess.run(
        [TARGET, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode:
        sys.exit(f"{result.stderr}{result.stdout}\ntarget-xero {arguments[0]} failed")
    return result.stdout
