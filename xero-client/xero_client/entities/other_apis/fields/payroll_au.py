"""Payroll in Australia (xero-facts.md: Payroll AU 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Kind,
    Shape,
    boolean,
    booleans,
    day,
    instant,
    integer,
    listed,
    net_day,
    net_days,
    number,
    numbers,
    part,
    parts,
    read_only,
    shape,
    text,
    texts,
    with_meanings,
)

_EARNINGS_LINE = shape(
    read_only(
        text("EarningsRateID"),
        text("CalculationType", "How the line is calculated, such as FIXEDAMOUNT or STATUTORY."),
        numbers("AnnualSalary", "NumberOfUnitsPerWeek", "RatePerUnit"),
        number("NormalNumberOfUnits", "Units of a normal pay period."),
        number("Amount", "Amount of the line (earnings)."),
        number("NumberOfUnits"),
        number("FixedAmount", "Amount of the line (earnings)."),
    )
)
_EMPLOYEE = shape(
    texts("FirstName", "LastName"),
    net_day("DateOfBirth"),
    part("HomeAddress", "AuHomeAddress"),
    net_day("StartDate", "When the employment began."),
    texts("Title", "MiddleNames", "Email", "Gender", "Phone", "Mobile", "TwitterUserName"),
    booleans("IsAuthorisedToApproveLeave", "IsAuthorisedToApproveTimesheets"),
    texts("JobTitle", "Classification"),
    text("OrdinaryEarningsRateID", "Id of the earnings rate of ordinary time, a GUID."),
    texts("PayrollCalendarID", "EmployeeGroupName", "EmployeeID"),
    net_day("TerminationDate", "Last day of the employment."),
    text("TerminationReason", "Reason by one letter: V voluntary, R redundancy and so on."),
    parts("BankAccounts", "AuBankAccount"),
    read_only(part("PayTemplate", "AuPayTemplate"), part("OpeningBalances", "AuOpeningBalances")),
    part("TaxDeclaration", "AuTaxDeclaration"),
    text("IncomeType", "SALARYANDWAGES, WORKINGHOLIDAYMAKER, LABOURHIRE and so on."),
    text("EmploymentType", "EMPLOYEE or CONTRACTOR."),
    text("CountryOfResidence"),
    boolean(
        "IsSTP2Qualified", "Whether the employee is complete for Single Touch Payroll phase 2."
    ),
    read_only(parts("LeaveBalances", "AuLeaveBalance")),
    parts("SuperMemberships", "AuSuperMembership"),
    read_only(
        text("Status", "ACTIVE or TERMINATED."),
        instant("UpdatedDateUTC"),
        parts("ValidationErrors", "AuValidationError"),
    ),
)

FIELDS: Mapping[str, Shape] = MappingProxyType(
    {
        "employees": _EMPLOYEE,
        "employee_details": _EMPLOYEE,
        "leave_applications": shape(
            text("LeaveApplicationID", "Id of the leave application, a GUID."),
            texts("EmployeeID", "LeaveTypeID", "Title"),
            net_days("StartDate", "EndDate"),
            texts("Description", "PayOutType"),
            parts("LeavePeriods", "AuLeavePeriod"),
            read_only(instant("UpdatedDateUTC"), parts("ValidationErrors", "AuValidationError")),
        ),
        "earnings_rates": shape(
            read_only(
                texts("Name", "AccountCode", "TypeOfUnits"),
                boolean("IsExemptFromTax", "Whether no tax is withheld of the earnings."),
                boolean(
                    "IsExemptFromSuper",
                    "Whether the earnings have no superannuation guarantee contribution.",
                ),
                boolean(
                    "IsReportableAsW1", "Whether the earnings are in W1 of the activity statement."
                ),
                booleans(
                    "IsQualifyingEarnings",
                    "AllowanceContributesToAnnualLeaveRate",
                    "AllowanceContributesToOvertimeRate",
                ),
                texts("EarningsType", "EarningsRateID", "RateType", "RatePerUnit"),
                number("Multiplier", "Factor of the ordinary rate: 1.5 for time and a half."),
                boolean("AccrueLeave"),
                number("Amount", "Amount of a rate of the type FIXEDAMOUNT."),
                text("EmploymentTerminationPaymentType"),
                instant("UpdatedDateUTC"),
                boolean("CurrentRecord"),
                text("AllowanceType", "CAR, TRANSPORT, LAUNDRY, MEALS, TRAVEL, OTHER and so on."),
                text(
                    "AllowanceCategory",
                    "Category of the allowance OTHER: UNIFORM, HOMEOFFICE and so on.",
                ),
            )
        ),
        "deduction_types": shape(
            read_only(
                texts("Name", "AccountCode"),
                boolean("ReducesTax", "Whether the deduction is made before tax."),
                boolean(
                    "ReducesSuper", "Whether the deduction lowers the superannuation guarantee."
                ),
                boolean(
                    "IsExemptFromW1",
                    "Whether the deduction is left out of W1 of the activity statement.",
                ),
                text("DeductionTypeID"),
                instant("UpdatedDateUTC"),
                text("DeductionCategory"),
                boolean("CurrentRecord"),
            )
        ),
        "leave_types": shape(
            read_only(
                texts("Name", "TypeOfUnits", "LeaveTypeID"),
                number("NormalEntitlement", "Units of leave of a year."),
                number(
                    "LeaveLoadingRate",
                    "Pay in addition to the ordinary pay during leave, in percent.",
                ),
                instant("UpdatedDateUTC"),
                booleans("IsPaidLeave", "ShowOnPayslip", "CurrentRecord"),
                text(
                    "LeaveCategoryCode", "Kind of leave: ANNUALLEAVE, LONGSERVICELEAVE and so on."
                ),
                boolean(
                    "SGCExempt", "Whether the leave has no superannuation guarantee contribution."
                ),
                boolean("IsQualifyingEarnings"),
            )
        ),
        "reimbursement_types": shape(
            read_only(
                texts("Name", "AccountCode", "ReimbursementTypeID"),
                instant("UpdatedDateUTC"),
                boolean("CurrentRecord"),
            )
        ),
        "payroll_calendars": shape(
            texts("Name", "CalendarType"),
            net_day("StartDate", "First day of the next pay period."),
            net_day("PaymentDate"),
            text("PayrollCalendarID"),
            read_only(instant("UpdatedDateUTC")),
            net_day("ReferenceDate", "Day from which the periods of the calendar are counted."),
            read_only(parts("ValidationErrors", "AuValidationError")),
        ),
        "pay_runs": shape(
            read_only(
                texts("PayrollCalendarID", "PayRunID"),
                day("PayRunPeriodStartDate", "First day of the pay period."),
                day("PayRunPeriodEndDate", "Last day of the pay period."),
                text("PayRunStatus"),
                day("PaymentDate"),
                text("PayslipMessage"),
                instant("UpdatedDateUTC"),
                parts("Payslips", "AuPayslipSummary"),
                numbers("Wages", "Deductions", "Tax", "Super"),
                number("Reimbursement", "Sum of the reimbursements."),
                number("NetPay"),
                parts("ValidationErrors", "AuValidationError"),
            )
        ),
        "payslips": shape(
            read_only(
                texts("EmployeeID", "PayslipID", "FirstName", "LastName"),
                numbers("Wages", "Deductions", "Tax", "Super", "Reimbursements", "NetPay"),
                parts("EarningsLines", "AuEarningsLine"),
                parts("LeaveEarningsLines", "AuLeaveEarningsLine"),
                parts("TimesheetEarningsLines", "AuTimesheetEarningsLine"),
                parts("DeductionLines", "AuDeductionLine"),
                parts("LeaveAccrualLines", "AuLeaveAccrualLine"),
                parts("ReimbursementLines", "AuReimbursementLine"),
                parts("SuperannuationLines", "AuSuperannuationLine"),
                parts("TaxLines", "AuTaxLine", "The lines of taxes."),
                instant("UpdatedDateUTC"),
            )
        ),
        "settings": shape(
            read_only(
                parts("Accounts", "AuAccount"),
                part("TrackingCategories", "AuSettingCategories"),
                integer("DaysInPayrollYear", "Days of the payroll year."),
                boolean(
                    "EmployeesAreSTP2",
                    "Whether employees are edited for Single Touch Payroll phase 2.",
                ),
            )
        ),
        "superfunds": shape(
            read_only(
                text("SuperFundID"),
                text("Type", "REGULATED or SMSF (self-managed)."),
                texts("Name", "ABN", "BSB", "AccountNumber", "AccountName"),
                text(
                    "ElectronicServiceAddress", "Electronic service address of a self-managed fund."
                ),
                text("EmployerNumber", "Number that the fund has given the employer."),
                text("SPIN", "Superannuation Product Identification Number; USI has replaced it."),
                text("USI", "Unique Superannuation Identifier of the fund."),
                instant("UpdatedDateUTC"),
                parts("ValidationErrors", "AuValidationError"),
            )
        ),
        "timesheets": shape(
            text("EmployeeID"),
            net_days("StartDate", "EndDate"),
            text("Status", "DRAFT, REQUESTED, APPROVED, PROCESSED or REJECTED."),
            read_only(number("Hours", "Hours of the timesheet.")),
            text("TimesheetID"),
            parts("TimesheetLines", "AuTimesheetLine"),
            read_only(instant("UpdatedDateUTC"), parts("ValidationErrors", "AuValidationError")),
        ),
    }
)
PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "AuHomeAddress": shape(
            texts("AddressLine1", "AddressLine2", "City"),
            text("Region", "State or territory, such as NSW."),
            text("PostalCode", "Postcode of the home address."),
            text("Country"),
        ),
        "AuBankAccount": shape(
            texts("StatementText", "AccountName", "BSB", "AccountNumber"),
            boolean("Remainder", "Whether what is left of the pay goes to this account."),
            number("Amount", "Fixed amount that goes to this account."),
        ),
        "AuEarningsLine": _EARNINGS_LINE,
        "AuTimesheetEarningsLine": with_meanings(
            _EARNINGS_LINE,
            Amount="Amount of the line (earnings from timesheets).",
            FixedAmount="Amount of the line (earnings from timesheets).",
        ),
        "AuDeductionLine": shape(
            read_only(
                text("DeductionTypeID"),
                text(
                    "CalculationType",
                    "How the line is calculated, such as FIXEDAMOUNT or STATUTORY.",
                ),
                number("Amount", "Amount of the line (deductions)."),
                numbers("Percentage", "NumberOfUnits"),
            )
        ),
        "AuSuperLine": shape(
            read_only(
                texts("SuperMembershipID", "ContributionType"),
                text(
                    "CalculationType",
                    "How the line is calculated, such as FIXEDAMOUNT or STATUTORY.",
                ),
                number("MinimumMonthlyEarnings"),
                texts("ExpenseAccountCode", "LiabilityAccountCode"),
                number("Percentage"),
                number("Amount", "Amount of the line (superannuation)."),
            )
        ),
        "AuReimbursementLine": shape(
            read_only(
                text("ReimbursementTypeID"),
                number("Amount", "Amount of the line (reimbursements)."),
                text("Description"),
                text("ExpenseAccount", "Code of the expense account; only of posted pay runs."),
            )
        ),
        "AuLeaveLine": shape(
            read_only(
                text("LeaveTypeID"),
                text(
                    "CalculationType",
                    "How the line is calculated, such as FIXEDAMOUNT or STATUTORY.",
                ),
                text(
                    "EntitlementFinalPayPayoutType",
                    "Whether it is paid out at the end: PAIDOUT, NOTPAIDOUT.",
                ),
                text("EmploymentTerminationPaymentType"),
                booleans("IncludeSuperannuationGuaranteeContribution", "IsQualifyingEarnings"),
                number("NumberOfUnits"),
                number("AnnualNumberOfUnits", "Units of leave that are accrued in a year."),
                number("FullTimeNumberOfUnitsPerPeriod", "Units of a full-time pay period."),
            )
        ),
        "AuPayTemplate": shape(
            read_only(
                parts("EarningsLines", "AuEarningsLine"),
                parts("DeductionLines", "AuDeductionLine"),
                parts("SuperLines", "AuSuperLine"),
                parts("ReimbursementLines", "AuReimbursementLine"),
                parts("LeaveLines", "AuLeaveLine"),
            )
        ),
        "AuOpeningBalanceLeaveLine": shape(read_only(text("LeaveTypeID"), number("NumberOfUnits"))),
        "AuPaidLeaveEarningsLine": shape(
            read_only(
                text("LeaveTypeID"),
                number("Amount", "Amount of the line (paid leave of the year so far)."),
                number(
                    "SGCAppliedLeaveLoadingAmount", "Leave loading with superannuation guarantee."
                ),
                number(
                    "SGCExemptedLeaveLoadingAmount",
                    "Leave loading without superannuation guarantee.",
                ),
                boolean("ResetSTPCategorisation"),
            )
        ),
        "AuOpeningBalances": shape(
            read_only(
                day("OpeningBalanceDate", "Day up to which the opening balances count."),
                text("Tax", "Tax withheld in the year before payroll in Xero, as a text."),
                parts("EarningsLines", "AuEarningsLine"),
                parts("DeductionLines", "AuDeductionLine"),
                parts("SuperLines", "AuSuperLine"),
                parts("ReimbursementLines", "AuReimbursementLine"),
                parts("LeaveLines", "AuOpeningBalanceLeaveLine"),
                parts(
                    "PaidLeaveEarningsLines",
                    "AuPaidLeaveEarningsLine",
                    "The lines of paid leave of the year so far.",
                ),
            )
        ),
        "AuTaxDeclaration": shape(
            text("EmployeeID", "Id of the employee, a GUID."),
            text("EmploymentBasis", "FULLTIME, PARTTIME, CASUAL, LABOURHIRE and so on."),
            text(
                "TFNExemptionType",
                "Why the tax file number is missing: NOTQUOTED, PENDING and so on.",
            ),
            text("TaxFileNumber", "Tax file number of the employee."),
            text("ABN"),
            boolean("AustralianResidentForTaxPurposes"),
            text("ResidencyStatus", "AUSTRALIANRESIDENT, FOREIGNRESIDENT or WORKINGHOLIDAYMAKER."),
            text(
                "TaxScaleType",
                "REGULAR, ACTORSARTISTSENTERTAINERS, SENIORORPENSIONER, FOREIGN and so on.",
            ),
            text("WorkCondition", "Of artists: PROMOTIONAL, THREELESSPERFORMANCESPERWEEK or NONE."),
            text(
                "SeniorMaritalStatus", "MEMBEROFCOUPLE, MEMBEROFILLNESSSEPARATEDCOUPLE or SINGLE."
            ),
            boolean("TaxFreeThresholdClaimed"),
            number("TaxOffsetEstimatedAmount", "Tax offset that the employee claims."),
            boolean("HasHELPDebt", "Whether the employee has a debt of HELP or HECS."),
            boolean(
                "HasSFSSDebt", "Whether the employee has a debt of the financial supplement scheme."
            ),
            boolean("HasTradeSupportLoanDebt"),
            number(
                "UpwardVariationTaxWithholdingAmount",
                "Tax that is withheld in addition each pay run.",
            ),
            boolean("EligibleToReceiveLeaveLoading"),
            number(
                "ApprovedWithholdingVariationPercentage",
                "Approved rate of withholding, in percent.",
            ),
            booleans("HasStudentStartupLoan", "HasLoanOrStudentDebt"),
            read_only(instant("UpdatedDateUTC")),
            boolean("IncludeLeaveLoadingInQualifyingEarnings"),
        ),
        "AuLeaveBalance": shape(
            read_only(
                texts("LeaveName", "LeaveTypeID"), number("NumberOfUnits"), text("TypeOfUnits")
            )
        ),
        "AuSuperMembership": shape(
            texts("SuperMembershipID", "SuperFundID"),
            text("EmployeeNumber", "Number of the employee at the fund."),
        ),
        "AuValidationError": shape(read_only(text("Message"))),
        "AuLeavePeriod": shape(
            number("NumberOfUnits"),
            net_day("PayPeriodEndDate", "Last day of the pay period."),
            net_day("PayPeriodStartDate", "First day of the pay period."),
            text("LeavePeriodStatus", "SCHEDULED, PROCESSED, REQUESTED or REJECTED."),
        ),
        "AuPayslipSummary": shape(
            read_only(
                texts("EmployeeID", "PayslipID", "FirstName", "LastName", "EmployeeGroup"),
                numbers("Wages", "Deductions", "Tax", "Super", "Reimbursements", "NetPay"),
                instant("UpdatedDateUTC"),
            )
        ),
        "AuLeaveEarningsLine": shape(
            read_only(
                text("EarningsRateID"), numbers("RatePerUnit", "NumberOfUnits"), text("PayOutType")
            )
        ),
        "AuLeaveAccrualLine": shape(
            read_only(
                text("LeaveTypeID"),
                number("NumberOfUnits"),
                boolean("AutoCalculate", "Whether Xero calculates the leave."),
            )
        ),
        "AuSuperannuationLine": shape(
            read_only(
                texts("SuperMembershipID", "ContributionType"),
                text(
                    "CalculationType",
                    "How the line is calculated, such as FIXEDAMOUNT or STATUTORY.",
                ),
                number("MinimumMonthlyEarnings"),
                texts("ExpenseAccountCode", "LiabilityAccountCode"),
                day("PaymentDateForThisPeriod", "Day on which the superannuation is paid."),
                number("Percentage"),
                number("Amount", "Amount of the line (superannuation)."),
            )
        ),
        "AuTaxLine": shape(
            read_only(
                text("PayslipTaxLineID", "Id of the tax line, a GUID."),
                number("Amount", "Amount of the line (taxes)."),
                text("TaxTypeName", "Name of the type of tax."),
                text("Description"),
                text("ManualTaxType", "Type of tax that was entered by hand, such as PAYGMANUAL."),
                text("LiabilityAccount", "Code of the liability account; only of posted pay runs."),
            )
        ),
        "AuAccount": shape(
            read_only(
                text("AccountID"),
                text("Type", "What the account is for, such as WAGESPAYABLE or PAYG."),
                text("Code", "Code of the account."),
                text("Name"),
            )
        ),
        "AuTimesheetLine": shape(
            texts("EarningsRateID", "TrackingItemID"),
            listed(
                "NumberOfUnits", Kind.NUMBER, meaning="Units of each day of the period, in order."
            ),
            read_only(instant("UpdatedDateUTC")),
        ),
        "AuSettingCategories": shape(
            read_only(
                part("EmployeeGroups", "AuSettingCategory"),
                part("TimesheetCategories", "AuSettingCategory"),
            )
        ),
        "AuSettingCategory": shape(
            read_only(
                text(
                    "TrackingCategoryID",
                    "Id of the tracking category (TrackingCategoryID of tracking_categories).",
                ),
                text("TrackingCategoryName"),
            )
        ),
    }
)
