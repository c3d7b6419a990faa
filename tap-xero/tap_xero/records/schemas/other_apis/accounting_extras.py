"""The smaller endpoints of the Accounting API (xero-facts.md: Small Accounting endpoints)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tap_xero.records.schemas.types import (
    BOOLEAN,
    INSTANT,
    NUMBER,
    STRING,
    Properties,
    array_of,
    list_of,
)

ACTION: Properties = {
    "Name": STRING,
    "Status": STRING,
}
CIS_SETTING: Properties = {
    "CISEnabled": BOOLEAN,
    "Rate": NUMBER,
}
ORGANISATION_CIS_SETTING: Properties = {
    "CISContractorEnabled": BOOLEAN,
    "CISSubContractorEnabled": BOOLEAN,
    "Rate": NUMBER,
}
ONLINE_INVOICE: Properties = {
    # Of the invoice.
    "UpdatedDateUTC": INSTANT,
    "OnlineInvoiceUrl": STRING,
}
TEN_NINETY_NINE_CONTACT: Properties = {
    # Of the report that the contact is in; Box1 means another thing in each.
    "ReportYear": STRING,
    "ReportName": STRING,
    "ReportDate": STRING,
    "UpdatedDateUTC": INSTANT,
    "Box1": NUMBER,
    "Box2": NUMBER,
    "Box3": NUMBER,
    "Box4": NUMBER,
    "Box5": NUMBER,
    "Box6": NUMBER,
    "Box7": NUMBER,
    "Box8": NUMBER,
    "Box9": NUMBER,
    "Box10": NUMBER,
    "Box11": NUMBER,
    "Box13": NUMBER,
    "Box14": NUMBER,
    "Name": STRING,
    "FederalTaxIDType": STRING,
    "City": STRING,
    "Zip": STRING,
    "State": STRING,
    "Email": STRING,
    "StreetAddress": STRING,
    "TaxID": STRING,
    "ContactId": STRING,
    "LegalName": STRING,
    "BusinessName": STRING,
    "FederalTaxClassification": STRING,
}

# Lists have no Fields and Attributes; those come by id (xero-facts.md: 1099, BAS and GST).
TAX_REPORT: Properties = {
    "ReportID": STRING,
    "ReportName": STRING,
    "ReportType": STRING,
    "ReportTitle": STRING,
    "ReportTitles": list_of(STRING),
    "ReportDate": STRING,
    "UpdatedDateUTC": INSTANT,
}
TAX_FIELD: Properties = {
    "FieldID": STRING,
    "Description": STRING,
    "Value": STRING,
}
TAX_ATTRIBUTE: Properties = {
    "Name": STRING,
    "Description": STRING,
    "Value": STRING,
}
TAX_REPORT_DETAILS: Properties = {
    **TAX_REPORT,
    "Fields": array_of(TAX_FIELD),
    "Attributes": array_of(TAX_ATTRIBUTE),
}

SCHEMAS: Mapping[str, Properties] = MappingProxyType(
    {
        "organisation_actions": ACTION,
        "cis_settings": CIS_SETTING,
        "organisation_cis_settings": ORGANISATION_CIS_SETTING,
        "online_invoices": ONLINE_INVOICE,
        "report_1099": TEN_NINETY_NINE_CONTACT,
        "tax_reports": TAX_REPORT,
        "tax_report_details": TAX_REPORT_DETAILS,
    }
)
