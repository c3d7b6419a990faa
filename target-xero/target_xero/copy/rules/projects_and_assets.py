"""How records of Projects and Assets are copied.

(xero-facts.md: Projects, Assets)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from target_xero.copy.steps import CopyPlan, Payload, Phase, Step, StepKind, text_of

CLOSED = "CLOSED"
_DISPOSED = "disposed"


def project_user(record: Mapping[str, Any]) -> CopyPlan:
    """A user of Projects: matched by e-mail or name, since Xero's API cannot create one."""
    payload = {name: record[name] for name in ("email", "name") if record.get(name)}
    step = Step(
        Phase.PROJECT_USERS,
        StepKind.MATCH,
        "project_users",
        text_of(record, "userId"),
        payload,
        stream="project_users",
    )
    return CopyPlan((step,))


def project(record: Mapping[str, Any]) -> CopyPlan:
    """A project: created open, since only an open one takes tasks and time for certain."""
    source_id = text_of(record, "projectId")
    fields = ("name", "contactId", "estimate", "estimateAmount", "deadlineUtc")
    create = _creation(Phase.PROJECTS, "projects", source_id, _only(record, *fields))
    if record.get("status") != CLOSED:
        return CopyPlan((create,))
    change = {"projectId": source_id, "status": CLOSED}
    close = Step(Phase.ARCHIVING, StepKind.UPDATE, "projects", source_id, change, stream="projects")
    return CopyPlan((create, close))


def task(record: Mapping[str, Any]) -> CopyPlan:
    """A task of a project."""
    fields = ("projectId", "name", "rate", "chargeType", "estimateMinutes")
    payload = _only(record, *fields)
    source_id = text_of(record, "taskId")
    return CopyPlan((_creation(Phase.PROJECT_TASKS, "project_tasks", source_id, payload),))


def time_entry(record: Mapping[str, Any]) -> CopyPlan:
    """A time entry of a project; its user must be a user of the target too."""
    fields = ("projectId", "userId", "taskId", "dateUtc", "duration", "description")
    payload = _only(record, *fields)
    source_id = text_of(record, "timeEntryId")
    return CopyPlan((_creation(Phase.PROJECT_TIME, "project_time_entries", source_id, payload),))


def asset_type(record: Mapping[str, Any]) -> CopyPlan:
    """A type of assets: matched by name, else created."""
    fields = (
        "assetTypeName",
        "fixedAssetAccountId",
        "depreciationExpenseAccountId",
        "accumulatedDepreciationAccountId",
        "bookDepreciationSetting",
    )
    payload = _only(record, *fields)
    source_id = text_of(record, "assetTypeId")
    return CopyPlan((_creation(Phase.ASSET_TYPES, "asset_types", source_id, payload),))


def asset(record: Mapping[str, Any]) -> CopyPlan:
    """An asset: matched by number, else created as a draft."""
    if text_of(record, "assetStatus").casefold() == _DISPOSED:
        return CopyPlan(skip_reason="Xero's API cannot dispose of an asset")
    fields = (
        "assetName",
        "assetNumber",
        "assetTypeId",
        "purchaseDate",
        "purchasePrice",
        "serialNumber",
        "warrantyExpiryDate",
        "bookDepreciationSetting",
        "bookDepreciationDetail",
    )
    payload = _only(record, *fields)
    return CopyPlan((_creation(Phase.ASSETS, "assets", text_of(record, "assetId"), payload),))


def _only(record: Mapping[str, Any], *fields: str) -> Payload:
    return {name: record[name] for name in fields if record.get(name) is not None}


def _creation(phase: Phase, stream: str, source_id: str, payload: Payload) -> Step:
    return Step(phase, StepKind.CREATE, stream, source_id, payload, stream=stream)
