"""Assets (xero-facts.md: Assets)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    day,
    integer,
    number,
    part,
    read_only,
    sent_subset,
    shape,
    text,
    write_only,
)

_ASSET = shape(
    text("assetId", "Id of the asset, a GUID."),
    text("assetName", "Name of the asset."),
    text("assetTypeId"),
    text("assetNumber", "Number of the asset, which is unique in the organisation."),
    day("purchaseDate", "When the asset was bought."),
    number("purchasePrice", "Purchase price, in the base currency."),
    read_only(
        day("disposalDate", "When the asset was sold or scrapped."),
        number("disposalPrice", "Price for which the asset was sold, in the base currency."),
        text("assetStatus", "Draft, Registered or Disposed."),
    ),
    text("warrantyExpiryDate", "Last day of the warranty, as Xero writes it."),
    text("serialNumber", "Serial number of the asset."),
    part("bookDepreciationSetting", "BookDepreciationSetting"),
    part(
        "bookDepreciationDetail",
        "BookDepreciationDetail",
        "How far the asset is depreciated in the books.",
    ),
    write_only(part("assetType", "AssetType")),
    read_only(
        boolean("canRollback", "Whether the depreciation can be rolled back."),
        number("accountingBookValue", "Book value, in the base currency."),
        boolean("isDeleteEnabledForDate", "Whether the asset can be deleted."),
    ),
)
_ASSET_TYPE = shape(
    text("assetTypeId"),
    text("assetTypeName", "Name of the type."),
    text("fixedAssetAccountId", "Id of the account of the cost (AccountID of accounts), a GUID."),
    text(
        "depreciationExpenseAccountId",
        "Id of the account of the depreciation expense (AccountID of accounts), a GUID.",
    ),
    text(
        "accumulatedDepreciationAccountId",
        "Id of the account of accumulated depreciation (AccountID of accounts), a GUID.",
    ),
    part("bookDepreciationSetting", "BookDepreciationSetting"),
    read_only(
        integer(
            "locks", "Number of its assets that were depreciated; with any, it cannot be deleted."
        )
    ),
)

FIELDS: Mapping[str, Shape] = MappingProxyType(
    {
        "assets": _ASSET,
        "asset_details": _ASSET,
        "asset_types": _ASSET_TYPE,
        "asset_settings": shape(
            read_only(
                text("assetNumberPrefix", "What numbers of assets begin with."),
                text("assetNumberSequence", "Number of the next asset, without its prefix."),
                day("assetStartDate", "From when assets are depreciated in Xero."),
                day("lastDepreciationDate", "Last day up to which depreciation was run."),
                text(
                    "defaultGainOnDisposalAccountId",
                    "Id of the account of gains on disposal (AccountID of accounts), a GUID.",
                ),
                text(
                    "defaultLossOnDisposalAccountId",
                    "Id of the account of losses on disposal (AccountID of accounts), a GUID.",
                ),
                text(
                    "defaultCapitalGainOnDisposalAccountId",
                    "Id of the account of capital gains on disposal (AccountID of "
                    "accounts), a GUID.",
                ),
                boolean("optInForTax", "Whether depreciation for tax is kept too."),
            )
        ),
    }
)
PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "BookDepreciationSetting": shape(
            text(
                "depreciationMethod",
                (
                    "NoDepreciation, StraightLine, DiminishingValue100, DiminishingValue150, "
                    "DiminishingValue200 or FullDepreciation."
                ),
            ),
            text("averagingMethod", "How a part of a year counts: FullMonth or ActualDays."),
            number(
                "depreciationRate", "Rate of depreciation a year, as Xero sends it, such as 0.05."
            ),
            number("effectiveLifeYears", "Useful life, in years."),
            text(
                "depreciationCalculationMethod",
                "What the depreciation is calculated from: Rate, Life or None.",
            ),
            read_only(
                text(
                    "depreciableObjectId", "Id of the asset or type that the setting is of, a GUID."
                ),
                text("depreciableObjectType", "What the setting is of: an asset or a type."),
                text(
                    "bookEffectiveDateOfChangeId",
                    "Id of the change from which the setting holds, a GUID.",
                ),
            ),
        ),
        "BookDepreciationDetail": shape(
            read_only(
                number(
                    "currentCapitalGain",
                    "Disposal price less purchase price, if that is a gain, in the base currency.",
                ),
                number(
                    "currentGainLoss",
                    "Lower one of disposal and purchase price, less the book value, in the "
                    "base currency.",
                ),
            ),
            day("depreciationStartDate", "From when the asset is depreciated."),
            number(
                "costLimit",
                "Cost that is depreciated, if less than the whole, in the base currency.",
            ),
            number("residualValue", "Value at the end of the useful life, in the base currency."),
            number(
                "priorAccumDepreciationAmount",
                "Depreciation of the years before the current one, in the base currency.",
            ),
            number(
                "currentAccumDepreciationAmount",
                "Depreciation of the current financial year, in the base currency.",
            ),
            read_only(
                number(
                    "businessUseCapitalGain", "Capital gain of business use, in the base currency."
                ),
                number(
                    "businessUseCurrentGainLoss",
                    "Gain or loss of business use, in the base currency.",
                ),
                number(
                    "privateUseCapitalGain", "Capital gain of private use, in the base currency."
                ),
                number(
                    "privateUseCurrentGainLoss",
                    "Gain or loss of private use, in the base currency.",
                ),
            ),
            number(
                "initialDeductionPercentage",
                "New Zealand's Investment Boost deduction, in percent.",
            ),
        ),
        "AssetType": sent_subset(FIELDS["asset_types"], "assetTypeId", "assetTypeName"),
    }
)
