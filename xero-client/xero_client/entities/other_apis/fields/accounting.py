"""The smaller endpoints of the Accounting API, and the connections of the login.

(xero-facts.md: Small Accounting endpoints, 1099, BAS and GST;
Identity, App Store, Practice Manager)
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    instant,
    instants,
    listed,
    number,
    parts,
    read_only,
    shape,
    text,
    texts,
)

FIELDS: Mapping[str, Shape] = MappingProxyType(
    {
        "organisation_actions": shape(
            read_only(
                text("Name", "What the organisation may do, such as CreateApprovedInvoice."),
                text("Status", "ALLOWED or NOT-ALLOWED."),
            )
        ),
        "cis_settings": shape(
            read_only(
                text("ContactID", "Id of the contact (ContactID of contacts), a GUID."),
                boolean(
                    "CISEnabled",
                    "Whether the contact is a subcontractor of the Construction Industry Scheme.",
                ),
                number("Rate", "Deduction of the Construction Industry Scheme, in percent."),
            )
        ),
        "organisation_cis_settings": shape(
            read_only(
                text(
                    "OrganisationID",
                    "Id of the organisation (OrganisationID of organisations), a GUID.",
                ),
                boolean(
                    "CISContractorEnabled",
                    "Whether the organisation is a contractor of the Construction Industry Scheme.",
                ),
                boolean(
                    "CISSubContractorEnabled",
                    "Whether the organisation is a subcontractor of the Construction "
                    "Industry Scheme.",
                ),
                number("Rate", "Deduction of the Construction Industry Scheme, in percent."),
            )
        ),
        "online_invoices": shape(
            read_only(
                text("InvoiceID", "Id of the invoice (InvoiceID of invoices), a GUID."),
                instant("UpdatedDateUTC", "When the invoice was changed last."),
                text(
                    "OnlineInvoiceUrl",
                    "Address of the online invoice; whoever has it can see the invoice.",
                ),
            )
        ),
        "report_1099": shape(
            read_only(
                text("ReportYear", "Tax year of the report."),
                texts("ReportName", "ReportDate"),
                instant("UpdatedDateUTC"),
                number("Box1", "Amount of box 1 of the form, in US dollars."),
                number("Box2", "Amount of box 2 of the form, in US dollars."),
                number("Box3", "Amount of box 3 of the form, in US dollars."),
                number("Box4", "Amount of box 4 of the form, in US dollars."),
                number("Box5", "Amount of box 5 of the form, in US dollars."),
                number("Box6", "Amount of box 6 of the form, in US dollars."),
                number("Box7", "Amount of box 7 of the form, in US dollars."),
                number("Box8", "Amount of box 8 of the form, in US dollars."),
                number("Box9", "Amount of box 9 of the form, in US dollars."),
                number("Box10", "Amount of box 10 of the form, in US dollars."),
                number("Box11", "Amount of box 11 of the form, in US dollars."),
                number("Box13", "Amount of box 13 of the form, in US dollars."),
                number("Box14", "Amount of box 14 of the form, in US dollars."),
                text("Name"),
                text("FederalTaxIDType", "Type of the tax number: SSN, EIN and so on."),
                texts("City", "Zip", "State", "Email", "StreetAddress"),
                text("TaxID", "Tax number of the contact."),
                text("ContactId", "Id of the contact (ContactID of contacts), a GUID."),
                texts("LegalName", "BusinessName"),
                text(
                    "FederalTaxClassification", "How the contact is taxed, such as SOLE_PROPRIETOR."
                ),
            )
        ),
        "tax_reports": shape(
            read_only(
                texts("ReportID", "ReportName", "ReportType", "ReportTitle"),
                listed("ReportTitles"),
                text("ReportDate"),
                instant("UpdatedDateUTC"),
            )
        ),
        "tax_report_details": shape(
            read_only(
                texts("ReportID", "ReportName", "ReportType", "ReportTitle"),
                listed("ReportTitles"),
                text("ReportDate"),
                instant("UpdatedDateUTC"),
                parts("Fields", "TaxField"),
                parts("Attributes", "TaxAttribute"),
            )
        ),
        "connections": shape(
            read_only(
                text("id", "Id of the connection, a GUID; it is not the organisation's."),
                text("tenantId", "Id of the organisation or practice that is connected, a GUID."),
                text("authEventId", "Id of the consent in which the connection was made, a GUID."),
                text("tenantType", "ORGANISATION, PRACTICEMANAGER or PRACTICE."),
                text("tenantName", "Name of the organisation or practice."),
                instants("createdDateUtc", "updatedDateUtc"),
            )
        ),
    }
)
PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "TaxField": shape(
            read_only(
                text("FieldID", "Id of the field of the form."), texts("Description", "Value")
            )
        ),
        "TaxAttribute": shape(read_only(texts("Name", "Description", "Value"))),
    }
)
