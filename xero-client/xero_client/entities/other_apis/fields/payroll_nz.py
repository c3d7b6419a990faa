"""Payroll in New Zealand (xero-facts.md: Payroll NZ and UK)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    booleans,
    day,
    days,
    instant,
    instants,
    integers,
    number,
    numbers,
    part,
    parts,
    read_only,
    shape,
    text,
    texts,
    with_meanings,
    write_only,
)

_TAX_LINE = shape(
    read_only(
        texts("taxLineID", "description"),
        number("amount", "Amount of the line (taxes that the employee pays)."),
        text("globalTaxTypeID"),
        boolean("manualAdjustment"),
    )
)
_PAY_SLIP = shape(
    read_only(
        texts("paySlipID", "employeeID", "payRunID"),
        day("lastEdited"),
        texts("firstName", "lastName"),
        numbers(
            "totalEarnings",
            "grossEarnings",
            "totalPay",
            "totalEmployerTaxes",
            "totalEmployeeTaxes",
            "totalDeductions",
            "totalReimbursements",
        ),
        number("totalStatutoryDeductions", "Sum of the statutory deductions."),
        number("totalSuperannuation", "Sum of the superannuation that the employer pays."),
        texts("bacsHash", "paymentMethod"),
        parts("earningsLines", "NzEarningsLine"),
        parts("leaveEarningsLines", "NzLeaveEarningsLine"),
        parts("timesheetEarningsLines", "NzTimesheetEarningsLine"),
        parts("deductionLines", "NzDeductionLine"),
        parts("reimbursementLines", "NzReimbursementLine"),
        parts("leaveAccrualLines", "PayrollLeaveAccrualLine"),
        parts("superannuationLines", "NzSuperannuationLine"),
        parts("paymentLines", "PayrollPaymentLine"),
        parts("employeeTaxLines", "NzTaxLine"),
        parts("employerTaxLines", "NzEmployerTaxLine"),
        parts(
            "statutoryDeductionLines",
            "NzStatutoryDeductionLine",
            "The lines of statutory deductions.",
        ),
        part("taxSettings", "NzTaxSettings"),
        part(
            "grossEarningsHistory",
            "NzGrossEarningsHistory",
            "Days paid and weeks not paid before, for leave pay.",
        ),
    )
)
_LEAVE_PERIOD = shape(
    days("periodStartDate", "periodEndDate"),
    number("numberOfUnits"),
    number("numberOfUnitsTaken", "Units of leave that were taken."),
    text("typeOfUnits"),
    text("typeOfUnitsTaken", "What the units taken are, such as hours."),
    text("periodStatus"),
)

FIELDS: Mapping[str, Shape] = MappingProxyType(
    {
        "employees": shape(
            texts("employeeID", "title", "firstName", "lastName"),
            day("dateOfBirth"),
            part("address", "NzAddress"),
            texts("email", "gender", "phoneNumber"),
            day("startDate", "When the employment began."),
            day("endDate", "When the employment ended."),
            text("payrollCalendarID"),
            read_only(instants("updatedDateUTC", "createdDateUTC")),
            text("jobTitle"),
            text("engagementType", "How the employee is engaged: permanent, fixed-term or casual."),
            day("fixedTermEndDate"),
        ),
        "deductions": shape(
            texts("deductionId", "deductionName", "deductionCategory", "liabilityAccountId"),
            read_only(boolean("currentRecord")),
            number("standardAmount"),
        ),
        "leave_types": shape(
            texts("leaveTypeID", "name"),
            booleans("isPaidLeave", "showOnPayslip"),
            read_only(instant("updatedDateUTC"), boolean("isActive")),
            texts("typeOfUnits", "typeOfUnitsToAccrue"),
        ),
        "reimbursements": shape(
            texts("reimbursementID", "name", "accountID"),
            read_only(boolean("currentRecord")),
            text("reimbursementCategory", "GST, NoGST or GSTInclusive."),
            texts("calculationType", "standardAmount"),
            text("standardTypeOfUnits", "What the units are: Hours or km."),
            number("standardRatePerUnit", "Rate per unit if nothing else is entered."),
        ),
        "pay_slips": _PAY_SLIP,
        "pay_runs": shape(
            read_only(
                texts("payRunID", "payrollCalendarID"),
                days("periodStartDate", "periodEndDate", "paymentDate"),
                numbers("totalCost", "totalPay"),
                texts("payRunStatus", "payRunType", "calendarType"),
                day("postedDateTime"),
                parts("paySlips", "NzPaySlip"),
            )
        ),
        "employee_taxes": shape(
            text("employeeID"),
            text("irdNumber", "Number of the employee at Inland Revenue."),
            text("taxCode"),
            number("specialTaxRatePercentage", "Special tax rate, in percent."),
            boolean("hasSpecialStudentLoanRate"),
            number(
                "specialStudentLoanRatePercentage", "Special rate of the student loan, in percent."
            ),
            boolean("isEligibleForKiwiSaver"),
            number(
                "esctRatePercentage",
                "Tax on the employer's superannuation contribution, in percent.",
            ),
            text(
                "kiwiSaverContributions",
                "MakeContributions, OptOut, OnASavingsSuspension and so on.",
            ),
            number(
                "kiwiSaverEmployeeContributionRatePercentage",
                "KiwiSaver contribution of the employee, in percent.",
            ),
            number(
                "kiwiSaverEmployerContributionRatePercentage",
                "KiwiSaver contribution of the employer, in percent.",
            ),
            number(
                "kiwiSaverEmployerSalarySacrificeContributionRatePercentage",
                "KiwiSaver contribution of the employer by salary sacrifice, in percent.",
            ),
            write_only(text("kiwiSaverStatus")),
            day("kiwiSaverOptOutDate", "When the employee opted out of KiwiSaver."),
            day("kiwiSaverContributionHolidayEndDate", "Last day of the savings suspension."),
            boolean("hasStudentLoanBalance"),
            number("studentLoanBalance", "Balance of the student loan."),
            day("studentLoanAsAt", "Day of the letter of Inland Revenue with the loan balance."),
        ),
        "employee_leave_periods": _LEAVE_PERIOD,
        "employee_leave": shape(
            texts("employeeID", "leaveID", "leaveTypeID", "description"),
            days("startDate", "endDate"),
            parts("periods", "NzLeavePeriod"),
            read_only(instant("updatedDateUTC")),
        ),
        "employee_leave_types": shape(
            texts("employeeID", "leaveTypeID", "scheduleOfAccrual"),
            number("unitsAccruedAnnually", "Units of leave that are accrued in a year."),
            text("typeOfUnitsToAccrue"),
            numbers("maximumToAccrue", "openingBalance"),
            text("openingBalanceTypeOfUnits", "What the units of the opening balance are."),
            number("rateAccruedHourly"),
            number(
                "percentageOfGrossEarnings",
                "Part of the gross earnings that is accrued, in percent.",
            ),
            booleans("includeHolidayPayEveryPay", "showAnnualLeaveInAdvance"),
            number("annualLeaveTotalAmountPaid", "Annual leave that was paid out."),
            day("scheduleOfAccrualDate"),
        ),
        "employee_payment_methods": shape(
            texts("employeeID", "paymentMethod"),
            parts("bankAccounts", "NzBankAccount"),
        ),
        "employee_salary_and_wages": shape(
            texts("employeeID", "salaryAndWagesID", "earningsRateID"),
            numbers("numberOfUnitsPerWeek", "ratePerUnit", "numberOfUnitsPerDay"),
            number("daysPerWeek", "Days of work a week."),
            day("effectiveFrom"),
            number("annualSalary"),
            text("status", "Active, Pending or History."),
            text("paymentType"),
            text("workPatternType", "DaysAndHours or RegularWeek."),
        ),
        "statutory_deductions": shape(
            read_only(
                text("id", "Id of the statutory deduction, a GUID."),
                texts("name", "statutoryDeductionCategory", "liabilityAccountId"),
                boolean("currentRecord"),
            )
        ),
        "superannuations": shape(
            read_only(
                text("id", "Id of the superannuation, a GUID."),
                texts("name", "category", "liabilityAccountId", "expenseAccountId"),
                text("calculationTypeNZ", "FixedAmount or PercentageOfTaxableEarnings."),
                numbers("standardAmount", "percentage"),
                number("companyMax", "Highest amount that the employer pays."),
                boolean("currentRecord"),
            )
        ),
        "employee_opening_balances": shape(
            read_only(
                day("periodEndDate"), integers("daysPaid", "unpaidWeeks"), number("grossEarnings")
            )
        ),
        "employee_working_patterns": shape(
            read_only(text("payeeWorkingPatternID"), day("effectiveFrom"))
        ),
        "employee_working_weeks": shape(
            read_only(
                text("payeeWorkingPatternID"),
                day("effectiveFrom"),
                parts("workingWeeks", "NzWorkingWeek"),
            )
        ),
    }
)
PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "NzAddress": shape(
            texts("addressLine1", "addressLine2", "city", "suburb", "postCode", "countryName")
        ),
        "NzEarningsLine": shape(
            read_only(
                texts("earningsLineID", "earningsRateID", "displayName"),
                numbers("ratePerUnit", "numberOfUnits"),
                number("fixedAmount", "Amount of the line (earnings)."),
                number("amount", "Amount of the line (earnings)."),
                booleans("isLinkedToTimesheet", "isAverageDailyPayRate", "isSystemGenerated"),
            )
        ),
        "NzLeaveEarningsLine": shape(
            read_only(
                texts("earningsLineID", "earningsRateID", "displayName"),
                numbers("ratePerUnit", "numberOfUnits"),
                number("fixedAmount", "Amount of the line (leave earnings)."),
                number("amount", "Amount of the line (leave earnings)."),
                booleans("isLinkedToTimesheet", "isAverageDailyPayRate", "isSystemGenerated"),
            )
        ),
        "NzTimesheetEarningsLine": shape(
            read_only(
                texts("earningsLineID", "earningsRateID", "displayName"),
                numbers("ratePerUnit", "numberOfUnits"),
                number("fixedAmount", "Amount of the line (earnings from timesheets)."),
                number("amount", "Amount of the line (earnings from timesheets)."),
                booleans("isLinkedToTimesheet", "isAverageDailyPayRate", "isSystemGenerated"),
            )
        ),
        "NzDeductionLine": shape(
            read_only(
                texts("deductionTypeID", "displayName"),
                number("amount", "Amount of the line (deductions)."),
                boolean("subjectToTax"),
                number("percentage"),
            )
        ),
        "NzReimbursementLine": shape(
            read_only(
                texts("reimbursementTypeID", "description"),
                number("amount", "Amount of the line (reimbursements)."),
                numbers("ratePerUnit", "numberOfUnits"),
            )
        ),
        "NzSuperannuationLine": shape(
            read_only(
                text(
                    "superannuationTypeID", "Id of the superannuation (of superannuations), a GUID."
                ),
                text("displayName"),
                number("amount", "Amount of the line (superannuation)."),
                number("fixedAmount", "Amount of the line (superannuation)."),
                number("percentage"),
                boolean("manualAdjustment"),
            )
        ),
        "NzTaxLine": _TAX_LINE,
        "NzEmployerTaxLine": with_meanings(
            _TAX_LINE, amount="Amount of the line (taxes that the employer pays)."
        ),
        "NzStatutoryDeductionLine": shape(
            read_only(
                text(
                    "statutoryDeductionTypeID",
                    "Id of the statutory deduction (of statutory_deductions), a GUID.",
                ),
                number("amount", "Amount of the line (statutory deductions)."),
                number("fixedAmount", "Amount of the line (statutory deductions)."),
                boolean("manualAdjustment"),
            )
        ),
        "NzTaxSettings": shape(
            read_only(
                number("periodUnits", "Number of the periods (see periodType)."),
                text("periodType", "weeks or months."),
                text("taxCode"),
                text("specialTaxRate", "Tax rate of the codes STC and WT, as a text."),
                text("lumpSumTaxCode", "Tax code of lump sums."),
                text("lumpSumAmount", "Sum of the lump sums, as a text."),
            )
        ),
        "NzGrossEarningsHistory": shape(read_only(integers("daysPaid", "unpaidWeeks"))),
        "NzPaySlip": _PAY_SLIP,
        "NzLeavePeriod": _LEAVE_PERIOD,
        "NzBankAccount": shape(
            texts("accountName", "accountNumber", "sortCode", "particulars"),
            text("code", "Code that appears on the bank statement."),
            number("dollarAmount", "Fixed amount that goes to this account."),
            texts("reference", "calculationType"),
        ),
        "NzWorkingWeek": shape(
            read_only(
                number("monday", "Hours of work on Monday."),
                number("tuesday", "Hours of work on Tuesday."),
                number("wednesday", "Hours of work on Wednesday."),
                number("thursday", "Hours of work on Thursday."),
                number("friday", "Hours of work on Friday."),
                number("saturday", "Hours of work on Saturday."),
                number("sunday", "Hours of work on Sunday."),
            )
        ),
    }
)
