"""Answers of the sandbox against Xero's OpenAPI file, of which XERO_OPENAPI names a copy.

schemathesis validates; beyond that no field may be answered that the file does not know.
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
# An exception's elements are of whatever entity was sent; the file names some ids of theirs only.
OPEN_SCHEMAS = {"Element"}


def openapi_schema() -> Any:
    """The file, read."""
    import schemathesis  # noqa: PLC0415  # slow to import, and needed only where the file is

    path = Path(FILE)
    if path.is_dir():
        path /= "xero_accounting.yaml"
    return schemathesis.openapi.from_path(path)


class Comparison:
    """Collects what differs, so that one run tells all."""

    def __init__(self, schema: Any) -> None:
        self._schema = schema
        self._raw = schema.raw_schema
        self.differences: list[str] = []
        self.seen = 0

    def compare(self, method: str, path: str, answer: Any) -> None:
        self.seen += 1
        try:
            self._schema[path][method].validate_response(answer)
        except Exception as failure:  # noqa: BLE001  # of schemathesis's many kinds, all to be told
            for one in getattr(failure, "exceptions", [failure]):
                self.differences.append(f"{method} {path}: {one}")
        if answer.content[:1] == b"{":
            responses = self._raw["paths"][path][method.lower()]["responses"]
            described = responses.get(str(answer.status_code)) or responses[answer.status_code]
            body = self._resolved(described)["content"]["application/json"]["schema"]
            self._unknown(json.loads(answer.content), body, "", f"{method} {path}")

    def compare_logged(self, entry: dict[str, Any]) -> None:
        """Compares an answer that the sandbox's request log kept."""
        import schemathesis  # noqa: PLC0415  # see openapi_schema

        address = f"http://localhost/{entry['endpoint']}"
        content = entry["answer"].encode()
        headers = {"Content-Type": ["application/json"]} if content[:1] == b"{" else {}
        answer = schemathesis.Response(
            status_code=entry["status"],
            headers=headers,
            content=content,
            request=requests.Request(entry["method"], address).prepare(),
            elapsed=0.0,
            verify=True,
        )
        self.compare(entry["method"], self._template(entry["method"], entry["endpoint"]), answer)

    def _template(self, method: str, endpoint: str) -> str:
        """The file's path that a real one is of: the one with the fewest parameters."""
        fitting = [
            one
            for one, operations in self._raw["paths"].items()
            if method.lower() in operations
            and re.fullmatch(re.sub(r"{\w+}", "[^/]+", one), f"/{endpoint}")
        ]
        return min(fitting, key=lambda one: one.count("{"))

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
        for one in (part, *part.get("allOf", ())):
            known |= self._resolved(one).get("properties", {})
        for field, item in value.items():
            if field in known:
                self._unknown(item, known[field], field, where)
            elif known and not self._allowed(name, field):
                self.differences.append(f"{where}: {name}.{field} is not in the file")

    def _allowed(self, name: str, field: str) -> bool:
        return field in ENVELOPE or name in OPEN_SCHEMAS or (name, field) in HELPER_TEXTS

    def assert_alike(self, at_least: int) -> None:
        assert not self.differences, "\n".join(sorted(set(self.differences)))
        assert self.seen >= at_least
