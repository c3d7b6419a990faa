"""Puts records into the other APIs of a sandbox: Projects, Assets, Files, Payroll."""

from __future__ import annotations

from typing import Any


def put(xero: Any, resource: str, *records: dict[str, Any], key: str, tenant_id: str = "") -> None:
    """Stores records of a resource, such as ``projects/Projects``, by the field ``key``.

    Records of a parent are stored under the ids of both, ``PARENT/OWN``: give them as ``_at``.
    """
    store = xero.organisation(tenant_id).resources.setdefault(resource, {})
    for record in records:
        at = record.pop("_at", None) or str(record[key])
        store[at] = record


def put_projects(xero: Any, count: int, tenant_id: str = "") -> list[str]:
    """Projects with ids that can be foretold; returns the ids."""
    ids = [f"00000000-0000-4000-8000-{number:012}" for number in range(count)]
    records = [{"projectId": each, "name": f"Project {each[-2:]}"} for each in ids]
    put(xero, "projects/Projects", *records, key="projectId", tenant_id=tenant_id)
    return ids
