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
    "projects": "projectId contactId name estimateAmount:number deadlineUtc:instant status",
    "project_tasks": (
        "projectId taskId name rate:ProjectAmount chargeType estimateMinutes:integer"
    ),
    "project_time_entries": (
        "projectId timeEntryId userId taskId dateUtc:instant duration:integer description"
    ),
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
        "bookDepreciationDetail:BookDepreciationDetail"
    ),
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
