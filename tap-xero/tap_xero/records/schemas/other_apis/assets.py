"""Assets (xero-facts.md: Assets)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tap_xero.records.schemas.types import (
    BOOLEAN,
    DATE,
    INTEGER,
    NUMBER,
    STRING,
    Properties,
    object_of,
)

BOOK_DEPRECIATION_SETTING: Properties = {
    "depreciationMethod": STRING,
    "averagingMethod": STRING,
    "depreciationRate": NUMBER,
    # Not always whole.
    "effectiveLifeYears": NUMBER,
    "depreciationCalculationMethod": STRING,
    "depreciableObjectId": STRING,
    "depreciableObjectType": STRING,
    "bookEffectiveDateOfChangeId": STRING,
}
BOOK_DEPRECIATION_DETAIL: Properties = {
    "currentCapitalGain": NUMBER,
    "currentGainLoss": NUMBER,
    "depreciationStartDate": DATE,
    "costLimit": NUMBER,
    "residualValue": NUMBER,
    "priorAccumDepreciationAmount": NUMBER,
    "currentAccumDepreciationAmount": NUMBER,
    "businessUseCapitalGain": NUMBER,
    "businessUseCurrentGainLoss": NUMBER,
    "privateUseCapitalGain": NUMBER,
    "privateUseCurrentGainLoss": NUMBER,
    "initialDeductionPercentage": NUMBER,
}
ASSET: Properties = {
    "assetId": STRING,
    "assetName": STRING,
    "assetTypeId": STRING,
    "assetNumber": STRING,
    "purchaseDate": DATE,
    "purchasePrice": NUMBER,
    "disposalDate": DATE,
    "disposalPrice": NUMBER,
    "assetStatus": STRING,
    "warrantyExpiryDate": STRING,
    "serialNumber": STRING,
    "bookDepreciationSetting": object_of(BOOK_DEPRECIATION_SETTING),
    "bookDepreciationDetail": object_of(BOOK_DEPRECIATION_DETAIL),
    "canRollback": BOOLEAN,
    "accountingBookValue": NUMBER,
    "isDeleteEnabledForDate": BOOLEAN,
}
ASSET_TYPE: Properties = {
    "assetTypeId": STRING,
    "assetTypeName": STRING,
    "fixedAssetAccountId": STRING,
    "depreciationExpenseAccountId": STRING,
    "accumulatedDepreciationAccountId": STRING,
    "bookDepreciationSetting": object_of(BOOK_DEPRECIATION_SETTING),
    "locks": INTEGER,
}
SETTING: Properties = {
    "assetNumberPrefix": STRING,
    "assetNumberSequence": STRING,
    "assetStartDate": DATE,
    "lastDepreciationDate": DATE,
    "defaultGainOnDisposalAccountId": STRING,
    "defaultLossOnDisposalAccountId": STRING,
    "defaultCapitalGainOnDisposalAccountId": STRING,
    "optInForTax": BOOLEAN,
}

SCHEMAS: Mapping[str, Properties] = MappingProxyType(
    {
        "assets": ASSET,
        "asset_details": ASSET,
        "asset_types": ASSET_TYPE,
        "asset_settings": SETTING,
    }
)
