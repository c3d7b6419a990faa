"""Compares the sandbox's responses with Xero's OpenAPI file; XERO_OPENAPI is the path of a copy.

schemathesis validates them. A response may also have no field that the file does not know.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import requests

FILE = os.environ.get("XERO_OPENAPI", "")

# Xero documents the envelope on its page "Requests and responses"; the file describes it for a few
# endpoints only (xero-facts.md: Formats).
ENVELOPE = {"Id", "Status", "ProviderName", "DateTimeUTC"}
# Texts beside dates, which Xero's samples show and the file does not know (xero-facts.md: Formats).
HELPER_TEXTS = {
    ("BankTransaction", "DateString"),
    ("BankTransfer", "DateString"),
    ("CreditNote", "DateString"),
    ("CreditNote", "DueDateString"),
    ("HistoryRecord", "DateUTCString"),
    ("Invoice", "DateString"),
    ("Invoice", "DueDateString"),
    ("Overpayment", "DateString"),
    ("Prepayment", "DateString"),
    ("PurchaseOrder", "DateString"),
    ("PurchaseOrder", "DeliveryDateString"),
}
# An exception's elements have the fields of the entity that was sent; the file has a few ids only.
OPEN_SCHEMAS = {"Element"}


def openapi_schema() -> Any:
    """The schema in the file."""
    import schemathesis  # noqa: PLC0415  # slow to import, and not always needed

    path = Path(FILE)
    if path.is_dir():
        path /= "xero_accounting.yaml"
    return schemathesis.openapi.from_path(path)


class Comparison:
    """Collects all differences, so that one run shows them all."""

    def __init__(self, schema: Any) -> None:
        self._schema = schema
        self._raw = schema.raw_schema
        self.differences: list[str] = []
        self.seen = 0

    def compare(self, method: str, path: str, response: Any) -> None:
        self.seen += 1
        try:
            self._schema[path][method].validate_response(response)
        except Exception as failure:  # noqa: BLE001  # schemathesis raises many kinds
            for error in getattr(failure, "exceptions", [failure]):
                self.differences.append(f"{method} {path}: {error}")
        if response.content[:1] == b"{":
            responses = self._raw["paths"][path][method.lower()]["responses"]
            described = responses.get(str(response.status_code)) or responses[response.status_code]
            body = self._resolved(described)["content"]["application/json"]["schema"]
            self._unknown(json.loads(response.content), body, "", f"{method} {path}")

    def compare_logged(self, entry: dict[str, Any]) -> None:
        """Compares a response from the sandbox's request log."""
        import schemathesis  # noqa: PLC0415  # see openapi_schema

        address = f"http://localhost/{entry['endpoint']}"
        content = entry["answer"].encode()
        headers = {"Content-Type": ["application/json"]} if content[:1] == b"{" else {}
        response = schemathesis.Response(
            status_code=entry["status"],
            headers=headers,
            content=content,
            request=requests.Request(entry["method"], address).prepare(),
            elapsed=0.0,
            verify=True,
        )
        self.compare(entry["method"], self._template(entry["method"], entry["endpoint"]), response)

    def _template(self, method: str, endpoint: str) -> str:
        """The path template in the file that matches; the one with the fewest parameters."""
        fitting = [
            template
            for template, operations in self._raw["paths"].items()
            if method.lower() in operations
            and re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), f"/{endpoint}")
        ]
        return min(fitting, key=lambda template: template.count("{"))

    def _resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in part:
            found: Any = self._raw
            for name in part["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            part = found
        return part

    def _unknown(self, value: Any, part: dict[str, Any], name: str, where: str) -> None:
        name = part["$ref"].rpartition("/")[2] if "$ref" in part else name
        part = self._resolved(part)
        if isinstance(value, list):
            for item in value:
                self._unknown(item, part.get("items", {}), name, where)
        if not isinstance(value, dict):
            return
        known: dict[str, Any] = {}
        for schema in (part, *part.get("allOf", ())):
            known |= self._resolved(schema).get("properties", {})
        for field, item in value.items():
            if field in known:
                self._unknown(item, known[field], field, where)
            elif known and not self._allowed(name, field):
                self.differences.append(f"{where}: {name}.{field} is not in the file")

    def _allowed(self, name: str, field: str) -> bool:
        return field in ENVELOPE or name in OPEN_SCHEMAS or (name, field) in HELPER_TEXTS

    def assert_no_differences(self, at_least: int) -> None:
        assert not self.differences, "\n".join(sorted(set(self.differences)))
        assert self.seen >= at_least
