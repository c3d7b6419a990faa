"""``/Organisation`` and its ``/Actions``: the settings of a tenant, and what an app may do."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from xero_sandbox.http.xero_json import to_json_values
from xero_sandbox.model.organisation import Organisation

# By country, in Xero's spelling.
_VERSIONS = {"AU": "AU", "GB": "UK", "NZ": "NZ", "US": "US"}
_ACTIONS = (
    "CreateApprovedInvoice",
    "CreateContact",
    "CreateDraftInvoice",
    "CreateRepeatingInvoice",
    "UpdateInvoice",
)


def organisation_record(organisation: Organisation) -> dict[str, Any]:
    """The settings of an organisation as JSON values."""
    content: dict[str, Any] = to_json_values(
        {
            "OrganisationID": organisation.tenant_id,
            "Name": organisation.name,
            "LegalName": organisation.name,
            "PaysTax": True,
            "Version": _VERSIONS.get(organisation.country_code, "GLOBAL"),
            "OrganisationType": "COMPANY",
            "OrganisationEntityType": "COMPANY",
            "OrganisationStatus": "ACTIVE",
            "BaseCurrency": organisation.base_currency,
            "CountryCode": organisation.country_code,
            "IsDemoCompany": organisation.is_demo_company,
            "FinancialYearEndDay": organisation.financial_year_end_day,
            "FinancialYearEndMonth": organisation.financial_year_end_month,
            "PeriodLockDate": organisation.period_lock_date,
            "EndOfYearLockDate": organisation.end_of_year_lock_date,
            "CreatedDateUTC": organisation.created or datetime(2020, 4, 1, tzinfo=timezone.utc),
            "Timezone": organisation.timezone,
            "ShortCode": "!" + organisation.tenant_id.replace("-", "")[:5],
            "Class": "DEMO" if organisation.is_demo_company else "PREMIUM",
            "Edition": "BUSINESS",
            "Addresses": [],
            "Phones": [],
            "ExternalLinks": [],
            "PaymentTerms": organisation.payment_terms,
        }
    )
    return content


def actions() -> list[dict[str, str]]:
    """What the app may do in the organisation."""
    return [{"Name": name, "Status": "ALLOWED"} for name in _ACTIONS]
