"""The writable fields of Xero's other APIs, by shape, as in ``xero_client.entities.fields``.

The shape of an entity has the name of its stream. A field that names the parent stands in the path
and is not sent; the others are those of Xero's OpenAPI files.
(xero-facts.md: Projects, Assets, Files, Payroll AU 1.0, Payroll NZ and UK)
"""

from __future__ import annotations

from collections.abc import Mapping

from xero_client.entities.field_types import (
    Shape,
    dates,
    instants,
    integers,
    numbers,
    part,
    read_only,
    shape,
    texts,
)
from xero_client.entities.other_apis.payroll_fields import PAYROLL_SHAPES

OTHER_SHAPES: Mapping[str, Shape] = {
    **PAYROLL_SHAPES,
    # Projects
    "projects": shape(
        texts("projectId", "contactId", "name"),
        numbers("estimateAmount"),
        instants("deadlineUtc"),
        texts("status"),
        part("contact", "Contact"),
    ),
    "project_tasks": shape(
        texts("projectId", "taskId", "name"),
        part("rate", "ProjectAmount"),
        texts("chargeType"),
        integers("estimateMinutes"),
        part("project", "NamedProject"),
    ),
    "project_time_entries": shape(
        texts("projectId", "timeEntryId", "userId", "taskId"),
        instants("dateUtc"),
        integers("duration"),
        texts("description"),
        part("project", "NamedProject"),
        part("task", "NamedTask"),
        part("user", "NamedUser"),
    ),
    "NamedProject": shape(texts("projectId", "name")),
    "NamedTask": shape(texts("taskId", "name")),
    "NamedUser": shape(texts("userId", "email", "name")),
    "ProjectAmount": shape(texts("currency"), numbers("value")),
    # Files
    "folders": shape(texts("Id", "Name")),
    # A new file needs FilePath or Content; of one that exists, only Name and FolderId can change.
    "files": shape(texts("Id", "Name", "FolderId", "FileName", "FilePath", "Content", "MimeType")),
    "file_associations": shape(texts("FileId", "ObjectId", "ObjectGroup", "ObjectType")),
    # Assets
    "assets": shape(
        texts("assetId", "assetName", "assetNumber", "assetTypeId"),
        dates("purchaseDate"),
        numbers("purchasePrice"),
        texts("serialNumber", "warrantyExpiryDate"),
        part("bookDepreciationSetting", "BookDepreciationSetting"),
        part("bookDepreciationDetail", "BookDepreciationDetail"),
        part("assetType", "AssetType"),
    ),
    "AssetType": shape(texts("assetTypeId", "assetTypeName")),
    "asset_types": shape(
        texts(
            "assetTypeId",
            "assetTypeName",
            "fixedAssetAccountId",
            "depreciationExpenseAccountId",
            "accumulatedDepreciationAccountId",
        ),
        part("bookDepreciationSetting", "BookDepreciationSetting"),
    ),
    "BookDepreciationSetting": shape(
        texts("depreciationMethod", "averagingMethod"),
        numbers("depreciationRate", "effectiveLifeYears"),
        texts("depreciationCalculationMethod"),
        read_only("depreciableObjectId", "depreciableObjectType", "bookEffectiveDateOfChangeId"),
    ),
    "BookDepreciationDetail": shape(
        dates("depreciationStartDate"),
        numbers(
            "costLimit",
            "residualValue",
            "priorAccumDepreciationAmount",
            "currentAccumDepreciationAmount",
        ),
        read_only(
            "currentCapitalGain",
            "currentGainLoss",
            "businessUseCapitalGain",
            "businessUseCurrentGainLoss",
            "privateUseCapitalGain",
            "privateUseCurrentGainLoss",
        ),
        numbers("initialDeductionPercentage"),
    ),
}
