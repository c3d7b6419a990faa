"""Properties of Projects, Assets, Files, the smaller Accounting endpoints, and connections.

A key is the name of a property in lower case, or that of its record, a dot and its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

OTHERS: Mapping[str, str] = MappingProxyType(
    {
        # Projects
        "projectid": "Id of the project, a GUID.",
        "projects.contactid": "Id of the contact that the project is for, a GUID.",
        "projects.name": "Name of the project.",
        "currencycode": "Currency of the project, an ISO 4217 code.",
        "minuteslogged": "Time logged on the project, in minutes.",
        "totaltaskamount": "Sum of the amounts of all tasks.",
        "totalexpenseamount": "Sum of the expenses of the project.",
        "estimateamount": "Estimate of the project.",
        "estimate": "Estimate of the project.",
        "minutestobeinvoiced": "Time that can be invoiced and is not yet, in minutes.",
        "taskamounttobeinvoiced": "Amount of the tasks that is not invoiced yet.",
        "taskamountinvoiced": "Amount of the tasks that is invoiced.",
        "expenseamounttobeinvoiced": "Amount of the expenses that is not invoiced yet.",
        "expenseamountinvoiced": "Amount of the expenses that is invoiced.",
        "projectamountinvoiced": "Amount invoiced for the project as a whole.",
        "deposit": "Sum of the deposits that were invoiced.",
        "depositapplied": "The part of the deposits that was applied to later invoices.",
        "creditnoteamount": "Sum of the credit notes of the project.",
        "deadlineutc": "Deadline of the project.",
        "totalinvoiced": "What is invoiced in all.",
        "totaltobeinvoiced": "What is to be invoiced in all.",
        "projects.status": "INPROGRESS or CLOSED.",
        "currency": "Currency of the amount, an ISO 4217 code.",
        "value": "The amount, in the currency beside it.",
        "userid": "Id of the user (userId of project_users), a GUID.",
        "project_users.name": "Full name of the user.",
        "project_users.email": "Email address of the user.",
        "taskid": "Id of the task (taskId of project_tasks), a GUID.",
        "project_tasks.name": "Name of the task.",
        "rate": "Rate of the task: per hour (TIME), or its fixed price (FIXED).",
        "chargetype": "How the task is charged: TIME, FIXED or NON_CHARGEABLE.",
        "estimateminutes": "Estimate of the task, in minutes.",
        "totalminutes": "Time logged on the task, in minutes.",
        "totalamount": "Amount of the task.",
        "minutesinvoiced": "Time that is invoiced, in minutes.",
        "fixedminutes": "Time logged at the fixed price, in minutes.",
        "nonchargeableminutes": "Time logged that is not charged, in minutes.",
        "amounttobeinvoiced": "Amount of the task that is not invoiced yet.",
        "amountinvoiced": "Amount of the task that is invoiced.",
        "project_tasks.status": "ACTIVE, INVOICED or LOCKED.",
        "timeentryid": "Id of the time entry, a GUID.",
        "dateutc": "When the work was done.",
        "dateenteredutc": "When the entry was made.",
        "duration": "Length of the work, in minutes.",
        "project_time_entries.description": "What was done.",
        "project_time_entries.status": "ACTIVE, LOCKED or INVOICED.",
        # Assets; amounts are in the base currency
        "assetid": "Id of the asset, a GUID.",
        "assetname": "Name of the asset.",
        "assettypeid": "Id of the type of the asset (assetTypeId of asset_types), a GUID.",
        "assettypename": "Name of the type.",
        "assetnumber": "Number of the asset, which is unique in the organisation.",
        "purchasedate": "When the asset was bought.",
        "purchaseprice": "Purchase price, in the base currency.",
        "disposaldate": "When the asset was sold or scrapped.",
        "disposalprice": "Price for which the asset was sold, in the base currency.",
        "assetstatus": "Draft, Registered or Disposed.",
        "warrantyexpirydate": "Last day of the warranty, as Xero writes it.",
        "serialnumber": "Serial number of the asset.",
        "bookdepreciationsetting": "How the asset is depreciated in the books.",
        "bookdepreciationdetail": "How far the asset is depreciated in the books.",
        "canrollback": "Whether the depreciation can be rolled back.",
        "accountingbookvalue": "Book value, in the base currency.",
        "isdeleteenabledfordate": "Whether the asset can be deleted.",
        "depreciationmethod": (
            "NoDepreciation, StraightLine, DiminishingValue100, DiminishingValue150, "
            "DiminishingValue200 or FullDepreciation."
        ),
        "averagingmethod": "How a part of a year counts: FullMonth or ActualDays.",
        "depreciationrate": "Rate of depreciation a year, as Xero sends it, such as 0.05.",
        "effectivelifeyears": "Useful life, in years.",
        "depreciationcalculationmethod": (
            "What the depreciation is calculated from: Rate, Life or None."
        ),
        "depreciableobjectid": "Id of the asset or type that the setting is of, a GUID.",
        "depreciableobjecttype": "What the setting is of: an asset or a type.",
        "bookeffectivedateofchangeid": "Id of the change from which the setting holds, a GUID.",
        "currentcapitalgain": (
            "Disposal price less purchase price, if that is a gain, in the base currency."
        ),
        "currentgainloss": (
            "Lower one of disposal and purchase price, less the book value, in the base currency."
        ),
        "depreciationstartdate": "From when the asset is depreciated.",
        "costlimit": "Cost that is depreciated, if less than the whole, in the base currency.",
        "residualvalue": "Value at the end of the useful life, in the base currency.",
        "prioraccumdepreciationamount": (
            "Depreciation of the years before the current one, in the base currency."
        ),
        "currentaccumdepreciationamount": (
            "Depreciation of the current financial year, in the base currency."
        ),
        "businessusecapitalgain": "Capital gain of business use, in the base currency.",
        "businessusecurrentgainloss": "Gain or loss of business use, in the base currency.",
        "privateusecapitalgain": "Capital gain of private use, in the base currency.",
        "privateusecurrentgainloss": "Gain or loss of private use, in the base currency.",
        "initialdeductionpercentage": "New Zealand's Investment Boost deduction, in percent.",
        "fixedassetaccountid": "Id of the account of the cost (AccountID of accounts), a GUID.",
        "depreciationexpenseaccountid": (
            "Id of the account of the depreciation expense (AccountID of accounts), a GUID."
        ),
        "accumulateddepreciationaccountid": (
            "Id of the account of accumulated depreciation (AccountID of accounts), a GUID."
        ),
        "locks": "Number of its assets that were depreciated; with any, it cannot be deleted.",
        "assetnumberprefix": "What numbers of assets begin with.",
        "assetnumbersequence": "Number of the next asset, without its prefix.",
        "assetstartdate": "From when assets are depreciated in Xero.",
        "lastdepreciationdate": "Last day up to which depreciation was run.",
        "defaultgainondisposalaccountid": (
            "Id of the account of gains on disposal (AccountID of accounts), a GUID."
        ),
        "defaultlossondisposalaccountid": (
            "Id of the account of losses on disposal (AccountID of accounts), a GUID."
        ),
        "defaultcapitalgainondisposalaccountid": (
            "Id of the account of capital gains on disposal (AccountID of accounts), a GUID."
        ),
        "optinfortax": "Whether depreciation for tax is kept too.",
        # Files
        "folders.id": "Id of the folder, a GUID.",
        "folders.name": "Name of the folder.",
        "folders.email": "Address to which files for the folder can be sent; only of the inbox.",
        "filecount": "Number of files in the folder.",
        "isinbox": "Whether it is the inbox.",
        "files.id": "Id of the file, a GUID.",
        "files.name": "Name of the file.",
        "file_contents.id": "Id of the file (Id of files), a GUID.",
        "file_contents.name": "Name of the file.",
        "content": "The file itself, in base64.",
        "mimetype": "Type of the content, such as application/pdf.",
        "size": "Size of the file, in bytes.",
        "createddateutc": "When it was created.",
        "updateddateutc": "When it was changed last.",
        "associationdateutc": "When the file was attached.",
        "user": "Who uploaded the file.",
        "user.id": "Id of the user, a GUID.",
        "user.name": "Email address of the user.",
        "folderid": "Id of the folder that the file is in (Id of folders), a GUID.",
        "fileid": "Id of the file (Id of files), a GUID.",
        "file_associations.name": "Name of the file.",
        "objectid": "Id of the document, contact or other record it is attached to, a GUID.",
        "objectgroup": "What it is attached to: Invoice, Contact, Receipt and so on.",
        "objecttype": "What it is attached to, finer than ObjectGroup: AccRec, Accpay and so on.",
        "sendwithobject": "Whether the file goes out with the document.",
        # Smaller endpoints of the Accounting API
        "organisation_actions.name": "What the organisation may do, such as CreateApprovedInvoice.",
        "organisation_actions.status": "ALLOWED or NOT-ALLOWED.",
        "cisenabled": "Whether the contact is a subcontractor of the Construction Industry Scheme.",
        "ciscontractorenabled": (
            "Whether the organisation is a contractor of the Construction Industry Scheme."
        ),
        "cissubcontractorenabled": (
            "Whether the organisation is a subcontractor of the Construction Industry Scheme."
        ),
        "organisation_cis_settings.rate": (
            "Deduction of the Construction Industry Scheme, in percent."
        ),
        "organisationid": "Id of the organisation (OrganisationID of organisations), a GUID.",
        "fieldid": "Id of the field of the form.",
        "cis_settings.rate": "Deduction of the Construction Industry Scheme, in percent.",
        "online_invoices.updateddateutc": "When the invoice was changed last.",
        "onlineinvoiceurl": "Address of the online invoice; whoever has it can see the invoice.",
        "reportyear": "Tax year of the report.",
        "reportname": "Name of the report.",
        "reportdate": "Day of the report, as Xero writes it.",
        "reportid": "Id of the report.",
        "reporttype": "Type of the report, such as BASReport or GSTReturn.",
        "reporttitle": "Title of the report.",
        "reporttitles": "Title, organisation and period of the report, as Xero shows them.",
        **{
            f"box{number}": f"Amount of box {number} of the form, in US dollars."
            for number in range(1, 15)
        },
        "report_1099.contactid": "Id of the contact (ContactID of contacts), a GUID.",
        "federaltaxidtype": "Type of the tax number: SSN, EIN and so on.",
        "federaltaxclassification": "How the contact is taxed, such as SOLE_PROPRIETOR.",
        "taxid": "Tax number of the contact.",
        "cis_settings.contactid": "Id of the contact (ContactID of contacts), a GUID.",
        "online_invoices.invoiceid": "Id of the invoice (InvoiceID of invoices), a GUID.",
        # Connections
        "connections.id": "Id of the connection, a GUID; it is not the organisation's.",
        "tenantid": "Id of the organisation or practice that is connected, a GUID.",
        "autheventid": "Id of the consent in which the connection was made, a GUID.",
        "tenanttype": "ORGANISATION, PRACTICEMANAGER or PRACTICE.",
        "tenantname": "Name of the organisation or practice.",
    }
)
