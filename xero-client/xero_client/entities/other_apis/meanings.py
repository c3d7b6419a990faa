"""What the fields of the other APIs mean, in words of our own.

A field without a sentence, here or of its own, is described by its name: Xero's names of these
fields are words written together. The format follows from the kind. The facts are from Xero's
OpenAPI files, and from xero-facts.md: Projects, Assets, Files, Payroll, Finance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from xero_client.entities.field_types import Field, Kind
from xero_client.entities.fields.meanings import Meaning

# ``payRunPeriodStartDate``, ``SuperFundID``, ``has_records``
_WORDS = re.compile(r"[A-Z]+(?![a-z])s?|[A-Z]?[a-z]+|\d+")

# Projects, Assets, Files, the smaller endpoints of the Accounting API, and the connections
_OTHERS: Mapping[str, str] = MappingProxyType(
    {
        "UpdatedDateUTC": "When it was changed last.",
        "ReportName": "Name of the report.",
        "ReportDate": "Day of the report, as Xero writes it.",
        "ReportID": "Id of the report.",
        "ReportType": "Type of the report, such as BASReport or GSTReturn.",
        "ReportTitle": "Title of the report.",
        "ReportTitles": "Title, organisation and period of the report, as Xero shows them.",
        "Value": "The amount, in the currency beside it.",
        "assetTypeId": "Id of the type of the asset (assetTypeId of asset_types), a GUID.",
        "bookDepreciationSetting": "How the asset is depreciated in the books.",
        "createdDateUtc": "When it was created.",
        "Size": "Size of the file, in bytes.",
        "projectId": "Id of the project, a GUID.",
        "minutesToBeInvoiced": "Time that can be invoiced and is not yet, in minutes.",
        "userId": "Id of the user (userId of project_users), a GUID.",
        "taskId": "Id of the task (taskId of project_tasks), a GUID.",
    }
)

# Amounts are in the base currency if nothing else is said.
_FINANCE: Mapping[str, str] = MappingProxyType(
    {
        "accountId": "Id of the account (AccountID of accounts), a GUID.",
        "accountType": "Type of the account, such as BANK or CURRENT.",
        "accountClass": "Class of the account: ASSET, EQUITY, EXPENSE, LIABILITY or REVENUE.",
        "reportingCode": "Reporting code of the account, such as ASS.CUR.",
        "code": "Code of the account.",
        "total": "Total of the accounts in it.",
        "startDate": "First day of the period.",
        "endDate": "Last day of the period.",
        "contactId": "Id of the contact (ContactID of contacts), a GUID.",
        "startBalance": "Balance at the start of the statement.",
        "endBalance": "Balance at the end of the statement.",
        "importedDateTimeUtc": "When the statement was imported.",
        "batchPaymentId": "Id of the batch payment (BatchPaymentID of batch_payments), a GUID.",
    }
)

# Of the three payroll APIs, which spell names with a capital or a small letter. Amounts are in the
# currency of the organisation.
_PAYROLL: Mapping[str, str] = MappingProxyType(
    {
        "BSB": "Number of the bank and branch (BSB).",
        "EarningsRateID": "Id of the earnings rate (of the stream of earnings rates), a GUID.",
        "calculationType": "How it is calculated: FixedAmount, Balance, RatePerUnit and so on.",
        "AnnualSalary": "Salary of a year.",
        "NumberOfUnitsPerWeek": "Units a week, such as hours.",
        "RatePerUnit": "Pay per unit, such as an hour.",
        "NumberOfUnits": "Number of units; TypeOfUnits or the rate tells which (hours, days …).",
        "fixedAmount": "Fixed amount a pay period.",
        "DeductionTypeID": "Id of the type of deduction, a GUID.",
        "Percentage": "Rate, in percent.",
        "SuperMembershipID": "Id of the employee's membership of a super fund, a GUID.",
        "ContributionType": "SGC, SALARYSACRIFICE, EMPLOYERADDITIONAL or EMPLOYEE.",
        "MinimumMonthlyEarnings": "Earnings of a month from which superannuation is paid.",
        "ExpenseAccountCode": "Code of the expense account.",
        "LiabilityAccountCode": "Code of the liability account.",
        "ReimbursementTypeID": "Id of the type of reimbursement, a GUID.",
        "LeaveTypeID": "Id of the type of leave (of the stream of leave types), a GUID.",
        "EmploymentTerminationPaymentType": "Type of a termination payment: O or R.",
        "IsQualifyingEarnings": "Whether they count for the superannuation guarantee.",
        "EarningsLines": "The lines of earnings.",
        "DeductionLines": "The lines of deductions.",
        "SuperLines": "The lines of superannuation.",
        "ReimbursementLines": "The lines of reimbursements.",
        "LeaveLines": "The lines of leave.",
        "Tax": "Tax withheld.",
        "EmployeeID": "Id of the employee (of the stream of employees), a GUID.",
        "ABN": "Australian Business Number.",
        "UpdatedDateUTC": "When it was changed last.",
        "TypeOfUnits": "What the units are: hours, days, weeks and so on.",
        "SuperFundID": "Id of the super fund (of payroll_au_superfunds), a GUID.",
        "DateOfBirth": "Day of birth.",
        "StartDate": "First day.",
        "Gender": "Gender, by one letter.",
        "PayrollCalendarID": "Id of the pay calendar (of the stream of calendars), a GUID.",
        "EndDate": "Last day.",
        "PayOutType": "DEFAULT, or CASHED_OUT for leave that is paid instead of taken.",
        "AccountCode": "Code of the account.",
        "EarningsType": "What the earnings are: ordinary time, overtime, allowance and so on.",
        "RateType": "How the pay is calculated: fixed, per unit, or a multiple of ordinary pay.",
        "CurrentRecord": "Whether it is in use; false if it was deleted or replaced.",
        "DeductionCategory": "What the deduction is for, such as UNIONFEES or PayrollGiving.",
        "CalendarType": (
            "How often employees are paid: Weekly, Fortnightly, FourWeekly, Monthly and so on."
        ),
        "PaymentDate": "Day on which employees are paid.",
        "PayslipID": "Id of the payslip (of the stream of payslips), a GUID.",
        "Wages": "Gross earnings.",
        "Deductions": "Sum of the deductions.",
        "Super": "Superannuation that the employer pays.",
        "Reimbursements": "Sum of the reimbursements.",
        "NetPay": "What is paid out.",
        "PayRunID": "Id of the pay run (of the stream of pay runs), a GUID.",
        "PayRunStatus": "Draft or Posted, in Australia in capitals.",
        "LeaveEarningsLines": "The lines of leave earnings.",
        "TimesheetEarningsLines": "The lines of earnings from timesheets.",
        "LeaveAccrualLines": "The lines of leave accrued.",
        "SuperannuationLines": "The lines of superannuation.",
        "AccountID": "Id of the account (AccountID of accounts), a GUID.",
        "TrackingItemID": "Id of the tracking option (TrackingOptionID of tracking_options).",
        "TimesheetID": "Id of the timesheet (of the stream of timesheets), a GUID.",
        "postCode": "Postcode of the home address.",
        "createdDateUTC": "When it was created.",
        "fixedTermEndDate": "Last day of a fixed-term contract.",
        "deductionId": "Id of the deduction, a GUID.",
        "liabilityAccountId": "Id of the liability account (AccountID of accounts), a GUID.",
        "standardAmount": "Amount if nothing else is entered.",
        "expenseAccountID": "Id of the expense account (AccountID of accounts), a GUID.",
        "typeOfUnitsToAccrue": "What the units of accrual are, such as hours.",
        "reimbursementID": "Id of the reimbursement, a GUID.",
        "periodStartDate": "First day of the period.",
        "periodEndDate": "Last day of the period.",
        "earningsLineID": "Id of the line of earnings, a GUID.",
        "subjectToTax": "Whether it is taxed.",
        "manualAdjustment": "Whether the amount was changed by hand.",
        "sortCode": "Sort code of the bank.",
        "taxLineID": "Id of the tax line, a GUID.",
        "globalTaxTypeID": "Id of the type of tax.",
        "taxCode": "Tax code of the employee, such as M or 1257L.",
        "daysPaid": "Days that were paid, in the period.",
        "unpaidWeeks": "Weeks that were not paid, in the period.",
        "lastEdited": "Day of the last change.",
        "totalEarnings": "Earnings before deductions.",
        "grossEarnings": "Earnings before deductions.",
        "totalPay": "What is paid out.",
        "totalEmployerTaxes": "Taxes that the employer pays in addition.",
        "totalEmployeeTaxes": "Taxes that are taken from the earnings.",
        "totalDeductions": "Sum of the deductions.",
        "totalReimbursements": "Sum of the reimbursements.",
        "bacsHash": "Service user number of BACS.",
        "paymentMethod": "Cheque, Electronically or Manual.",
        "paymentLines": "The lines of payments to bank accounts.",
        "employeeTaxLines": "The lines of taxes that the employee pays.",
        "employerTaxLines": "The lines of taxes that the employer pays.",
        "totalCost": "Cost of the pay run to the employer.",
        "payRunType": "Scheduled, Unscheduled or EarlierYearUpdate.",
        "postedDateTime": "Day on which the pay run was posted.",
        "periodStatus": "Approved, Completed or (in New Zealand) Estimated.",
        "leaveID": "Id of the leave, a GUID.",
        "scheduleOfAccrual": "When leave is accrued: OnAnniversaryDate, EachPayPeriod and so on.",
        "maximumToAccrue": "Highest balance of the leave, in its units.",
        "openingBalance": "Balance of the leave when it was given to the employee, in its units.",
        "rateAccruedHourly": "Leave that is accrued for each hour of work.",
        "scheduleOfAccrualDate": "From when the employee has the leave.",
        "salaryAndWagesID": "Id of the salary or wage, a GUID.",
        "numberOfUnitsPerDay": "Units a day, such as hours.",
        "effectiveFrom": "From when it holds.",
        "paymentType": "Salary or Hourly.",
        "statutoryDeductionCategory": "What it is for: ChildSupport, CourtFines and so on.",
        "category": "Kind of the scheme: KiwiSaver, ComplyingFund, StakeholderPension or Other.",
        "payeeWorkingPatternID": "Id of the working pattern, a GUID.",
        "niCategory": "National Insurance category, by one letter.",
        "publicKey": "Key of the record in Xero.",
        "subjectToNIC": "Whether National Insurance is paid on it.",
        "statutoryLeaveID": "Id of the statutory leave, a GUID.",
    }
)


def meanings_of(stream: str) -> Meaning:
    """The function that tells what a field of a stream means, as a sentence.

    Args:
        stream: A stream of another API.
    """
    by_name = _OTHERS
    if stream.startswith("payroll_"):
        by_name = _PAYROLL
    elif stream.startswith("finance_"):
        by_name = _FINANCE
    return partial(_meaning, {name.lower(): text for name, text in by_name.items()})


def _meaning(by_name: Mapping[str, str], field: Field) -> str:
    kind = None if field.many else field.kind
    if text := field.meaning or by_name.get(field.name.lower()):
        if kind in _DAYS:
            return f"{text} A day, without a time zone."
        return f"{text} An instant, in UTC." if kind is Kind.INSTANT else text
    words = [word if word[1:2].isupper() else word.lower() for word in _WORDS.findall(field.name)]
    named = " ".join(words) or field.name
    named = named[0].upper() + named[1:]
    if field.many:
        return f"{named}: a list."
    if kind in _DAYS:
        return f"{named}: a day, without a time zone."
    return _BY_KIND.get(field.kind, "{}.").format(named)


_DAYS = frozenset({Kind.DATE, Kind.NET_DATE})
_BY_KIND: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.INSTANT: "{}: an instant, in UTC.",
        Kind.BOOLEAN: "{}: yes or no.",
        Kind.NUMBER: "{}: an exact decimal.",
    }
)
