"""The writable fields of Xero's other APIs, by shape, as in ``xero_client.entities.fields``.

The shape of an entity has the name of its stream. A field that names the parent stands in the path
and is not sent; the others are those of Xero's OpenAPI files.
(xero-facts.md: Projects, Assets, Files, Payroll AU 1.0, Payroll NZ and UK)
"""

from __future__ import annotations

from collections.abc import Mapping

from xero_client.entities.other_apis.payroll_fields import PAYROLL_SHAPES

OTHER_SHAPES: Mapping[str, str] = {
    **PAYROLL_SHAPES,
    # Projects
    "projects": (
        "projectId contactId name estimateAmount:number deadlineUtc:instant status contact:Contact"
    ),
    "project_tasks": (
        "projectId taskId name rate:ProjectAmount chargeType estimateMinutes:integer "
        "project:NamedProject"
    ),
    "project_time_entries": (
        "projectId timeEntryId userId taskId dateUtc:instant duration:integer description "
        "project:NamedProject task:NamedTask user:NamedUser"
    ),
    "NamedProject": "projectId name",
    "NamedTask": "taskId name",
    "NamedUser": "userId email name",
    "ProjectAmount": "currency value:number",
    # Files
    "folders": "Id Name",
    # A new file needs FilePath or Content; of one that exists, only Name and FolderId can change.
    "files": "Id Name FolderId FileName FilePath Content MimeType",
    "file_associations": "FileId ObjectId ObjectGroup ObjectType",
    # Assets
    "assets": (
        "assetId assetName assetNumber assetTypeId purchaseDate:date purchasePrice:number "
        "serialNumber warrantyExpiryDate bookDepreciationSetting:BookDepreciationSetting "
        "bookDepreciationDetail:BookDepreciationDetail assetType:AssetType"
    ),
    "AssetType": "assetTypeId assetTypeName",
    "asset_types": (
        "assetTypeId assetTypeName fixedAssetAccountId depreciationExpenseAccountId "
        "accumulatedDepreciationAccountId bookDepreciationSetting:BookDepreciationSetting"
    ),
    "BookDepreciationSetting": (
        "depreciationMethod averagingMethod depreciationRate:number effectiveLifeYears:number "
        "depreciationCalculationMethod depreciableObjectId:- depreciableObjectType:- "
        "bookEffectiveDateOfChangeId:-"
    ),
    "BookDepreciationDetail": (
        "depreciationStartDate:date costLimit:number residualValue:number "
        "priorAccumDepreciationAmount:number currentAccumDepreciationAmount:number "
        "currentCapitalGain:- currentGainLoss:- businessUseCapitalGain:- "
        "businessUseCurrentGainLoss:- privateUseCapitalGain:- privateUseCurrentGainLoss:- "
        "initialDeductionPercentage:number"
    ),
}

_NAMING_SHAPES = ("Named", "AssetType", "Contact")
# The parts that only name another record, whose id is sent instead, by shape.
NAMING_PARTS: Mapping[str, frozenset[str]] = {
    shape: parts
    for shape, fields in OTHER_SHAPES.items()
    if (
        parts := frozenset(
            name
            for name, _, kind in (word.partition(":") for word in fields.split())
            if kind.startswith(_NAMING_SHAPES)
        )
    )
}
