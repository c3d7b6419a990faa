"""The writable fields of Payroll, by shape (xero-facts.md: Payroll AU 1.0, Payroll NZ and UK)."""

from __future__ import annotations

from collections.abc import Mapping

from xero_client.entities.field_types import (
    Shape,
    anything,
    booleans,
    dates,
    net_dates,
    numbers,
    part,
    parts,
    shape,
    texts,
)

_AU: Mapping[str, Shape] = {
    "payroll_au_employees": shape(
        texts("EmployeeID", "Title", "FirstName", "MiddleNames", "LastName"),
        net_dates("DateOfBirth"),
        texts("Gender", "Email", "Phone", "Mobile", "TwitterUserName"),
        part("HomeAddress", "AuHomeAddress"),
        net_dates("StartDate"),
        texts(
            "JobTitle",
            "Classification",
            "OrdinaryEarningsRateID",
            "PayrollCalendarID",
            "EmployeeGroupName",
        ),
        booleans("IsAuthorisedToApproveLeave", "IsAuthorisedToApproveTimesheets"),
        net_dates("TerminationDate"),
        texts("TerminationReason", "IncomeType", "EmploymentType", "CountryOfResidence"),
        booleans("IsSTP2Qualified"),
        parts("BankAccounts", "AuBankAccount"),
        part("TaxDeclaration", "AuTaxDeclaration"),
        parts("SuperMemberships", "AuSuperMembership"),
    ),
    "payroll_au_leave_applications": shape(
        texts("LeaveApplicationID", "EmployeeID", "LeaveTypeID", "Title", "Description"),
        net_dates("StartDate", "EndDate"),
        texts("PayOutType"),
        parts("LeavePeriods", "AuLeavePeriod"),
    ),
    "payroll_au_payroll_calendars": shape(
        texts("PayrollCalendarID", "Name", "CalendarType"),
        net_dates("StartDate", "PaymentDate", "ReferenceDate"),
    ),
    "payroll_au_timesheets": shape(
        texts("TimesheetID", "EmployeeID"),
        net_dates("StartDate", "EndDate"),
        texts("Status"),
        parts("TimesheetLines", "AuTimesheetLine"),
    ),
    "AuHomeAddress": shape(
        texts("AddressLine1", "AddressLine2", "City", "Region", "PostalCode", "Country")
    ),
    "AuBankAccount": shape(
        texts("StatementText", "AccountName", "BSB", "AccountNumber"),
        booleans("Remainder"),
        numbers("Amount"),
    ),
    "AuTaxDeclaration": shape(
        texts("EmployeeID", "EmploymentBasis", "TFNExemptionType", "TaxFileNumber", "ABN"),
        booleans("AustralianResidentForTaxPurposes"),
        texts("ResidencyStatus", "TaxScaleType", "WorkCondition", "SeniorMaritalStatus"),
        booleans("TaxFreeThresholdClaimed"),
        numbers("TaxOffsetEstimatedAmount"),
        booleans("HasHELPDebt", "HasSFSSDebt", "HasTradeSupportLoanDebt"),
        numbers("UpwardVariationTaxWithholdingAmount"),
        booleans("EligibleToReceiveLeaveLoading"),
        numbers("ApprovedWithholdingVariationPercentage"),
        booleans(
            "HasStudentStartupLoan",
            "HasLoanOrStudentDebt",
            "IncludeLeaveLoadingInQualifyingEarnings",
        ),
    ),
    "AuSuperMembership": shape(texts("SuperMembershipID", "SuperFundID", "EmployeeNumber")),
    "AuLeavePeriod": shape(
        numbers("NumberOfUnits"),
        net_dates("PayPeriodStartDate", "PayPeriodEndDate"),
        texts("LeavePeriodStatus"),
    ),
    # One number for each day.
    "AuTimesheetLine": shape(texts("EarningsRateID", "TrackingItemID"), anything("NumberOfUnits")),
}
_EMPLOYEE = (
    *texts("employeeID", "title", "firstName", "lastName"),
    *dates("dateOfBirth"),
    *texts("gender", "email", "phoneNumber"),
    *dates("startDate", "endDate"),
    *texts("payrollCalendarID"),
)
_NZ: Mapping[str, Shape] = {
    "employees": shape(
        _EMPLOYEE,
        part("address", "NzAddress"),
        texts("jobTitle", "engagementType"),
        dates("fixedTermEndDate"),
    ),
    "employee_leave_types": shape(
        texts("employeeID", "leaveTypeID", "scheduleOfAccrual"),
        numbers("unitsAccruedAnnually"),
        texts("typeOfUnitsToAccrue"),
        numbers("maximumToAccrue", "openingBalance"),
        texts("openingBalanceTypeOfUnits"),
        numbers("rateAccruedHourly", "percentageOfGrossEarnings"),
        booleans("includeHolidayPayEveryPay", "showAnnualLeaveInAdvance"),
        numbers("annualLeaveTotalAmountPaid"),
        dates("scheduleOfAccrualDate"),
    ),
    "employee_salary_and_wages": shape(
        texts("employeeID", "salaryAndWagesID", "earningsRateID"),
        numbers("numberOfUnitsPerWeek", "ratePerUnit", "numberOfUnitsPerDay", "daysPerWeek"),
        dates("effectiveFrom"),
        numbers("annualSalary"),
        texts("status", "paymentType", "workPatternType"),
    ),
    "employee_taxes": shape(
        texts("employeeID", "irdNumber", "taxCode"),
        numbers("specialTaxRatePercentage"),
        booleans("hasSpecialStudentLoanRate"),
        numbers("specialStudentLoanRatePercentage"),
        booleans("isEligibleForKiwiSaver"),
        numbers("esctRatePercentage"),
        texts("kiwiSaverContributions"),
        numbers(
            "kiwiSaverEmployeeContributionRatePercentage",
            "kiwiSaverEmployerContributionRatePercentage",
            "kiwiSaverEmployerSalarySacrificeContributionRatePercentage",
        ),
        texts("kiwiSaverStatus"),
        dates("kiwiSaverOptOutDate", "kiwiSaverContributionHolidayEndDate"),
        booleans("hasStudentLoanBalance"),
        numbers("studentLoanBalance"),
        dates("studentLoanAsAt"),
    ),
    "deductions": shape(
        texts("deductionId", "deductionName", "deductionCategory", "liabilityAccountId"),
        numbers("standardAmount"),
    ),
    "leave_types": shape(
        texts("leaveTypeID", "name"),
        booleans("isPaidLeave", "showOnPayslip"),
        texts("typeOfUnits", "typeOfUnitsToAccrue"),
    ),
    "reimbursements": shape(
        texts(
            "reimbursementID",
            "name",
            "accountID",
            "reimbursementCategory",
            "calculationType",
            "standardAmount",
            "standardTypeOfUnits",
        ),
        numbers("standardRatePerUnit"),
    ),
    "employee_leave": shape(
        texts("employeeID", "leaveID", "leaveTypeID", "description"),
        dates("startDate", "endDate"),
        parts("periods", "NzLeavePeriod"),
    ),
    "employee_payment_methods": shape(
        texts("employeeID", "paymentMethod"), parts("bankAccounts", "NzBankAccount")
    ),
}
_UK: Mapping[str, Shape] = {
    "employees": shape(
        _EMPLOYEE,
        part("address", "UkAddress"),
        texts("niCategory"),
        parts("niCategories", "UkNiCategory"),
        texts("nationalInsuranceNumber"),
        booleans("isOffPayrollWorker"),
        parts("contracts", "UkContract"),
    ),
    "employee_leave_types": shape(
        texts("employeeID", "leaveTypeID", "scheduleOfAccrual"),
        numbers("hoursAccruedAnnually", "maximumToAccrue", "openingBalance", "rateAccruedHourly"),
        dates("scheduleOfAccrualDate"),
    ),
    "employee_salary_and_wages": shape(
        texts("employeeID", "salaryAndWagesID", "earningsRateID"),
        numbers("numberOfUnitsPerWeek", "ratePerUnit", "numberOfUnitsPerDay"),
        dates("effectiveFrom"),
        numbers("annualSalary"),
        texts("status", "paymentType"),
    ),
    "deductions": shape(
        texts("deductionId", "deductionName", "deductionCategory", "liabilityAccountId"),
        numbers("standardAmount"),
        booleans("reducesSuperLiability", "reducesTaxLiability"),
        texts("calculationType"),
        numbers("percentage"),
        booleans(
            "subjectToNIC",
            "subjectToTax",
            "isReducedByBasicRate",
            "applyToPensionCalculations",
            "isCalculatingOnQualifyingEarnings",
            "isPension",
        ),
    ),
    "leave_types": shape(texts("leaveTypeID", "name"), booleans("isPaidLeave", "showOnPayslip")),
    "reimbursements": shape(texts("reimbursementID", "name", "accountID")),
    "employee_leave": shape(
        texts("employeeID", "leaveID", "leaveTypeID", "description"),
        dates("startDate", "endDate"),
        parts("periods", "UkLeavePeriod"),
    ),
    "employee_payment_methods": shape(
        texts("employeeID", "paymentMethod"), parts("bankAccounts", "UkBankAccount")
    ),
    "employee_sick_leaves": shape(
        texts("employeeID", "statutoryLeaveID", "leaveTypeID"),
        dates("startDate", "endDate"),
        anything("workPattern"),
        booleans("isPregnancyRelated", "sufficientNotice"),
    ),
}
_BOTH: Mapping[str, Shape] = {
    "timesheets": shape(
        texts("timesheetID", "payrollCalendarID", "employeeID"), dates("startDate", "endDate")
    ),
    "timesheet_lines": shape(
        texts("timesheetID", "timesheetLineID"),
        dates("date"),
        texts("earningsRateID", "trackingItemID"),
        numbers("numberOfUnits"),
    ),
    "employee_earnings_templates": shape(
        texts("employeeID", "payTemplateEarningID"),
        numbers("ratePerUnit", "numberOfUnits", "fixedAmount"),
        texts("earningsRateID", "name"),
    ),
    "earnings_rates": shape(
        texts(
            "earningsRateID", "name", "earningsType", "rateType", "typeOfUnits", "expenseAccountID"
        ),
        numbers("ratePerUnit", "multipleOfOrdinaryEarningsRate", "fixedAmount"),
    ),
    "pay_run_calendars": shape(
        texts("payrollCalendarID", "name", "calendarType"), dates("periodStartDate", "paymentDate")
    ),
}
_PARTS: Mapping[str, Shape] = {
    "NzAddress": shape(
        texts("addressLine1", "addressLine2", "city", "suburb", "postCode", "countryName")
    ),
    "UkAddress": shape(texts("addressLine1", "addressLine2", "city", "postCode", "countryName")),
    "NzBankAccount": shape(
        texts("accountName", "accountNumber", "sortCode", "particulars", "code"),
        numbers("dollarAmount"),
        texts("reference", "calculationType"),
    ),
    "UkBankAccount": shape(texts("accountName", "accountNumber", "sortCode")),
    "NzLeavePeriod": shape(
        dates("periodStartDate", "periodEndDate"),
        numbers("numberOfUnits", "numberOfUnitsTaken"),
        texts("typeOfUnits", "typeOfUnitsTaken", "periodStatus"),
    ),
    "UkLeavePeriod": shape(
        dates("periodStartDate", "periodEndDate"), numbers("numberOfUnits"), texts("periodStatus")
    ),
    "UkNiCategory": shape(
        dates("startDate"),
        texts("niCategory"),
        numbers("niCategoryID"),
        dates("dateFirstEmployedAsCivilian"),
        texts("workplacePostcode"),
    ),
    "UkContract": shape(
        dates("startDate"),
        texts("employmentStatus", "contractType", "publicKey"),
        booleans("isFixedTerm"),
        dates("fixedTermEndDate"),
        part("developmentalRoleDetails", "UkDevelopmentalRole"),
    ),
    "UkDevelopmentalRole": shape(
        dates("startDate", "endDate"), texts("developmentalRole", "publicKey")
    ),
    "NamedEmployee": shape(texts("employeeID", "email")),
    "NamedLeaveType": shape(texts("leaveTypeID", "name")),
    "NamedEarningsRate": shape(texts("earningsRateID", "name")),
    "NamedCalendar": shape(texts("payrollCalendarID", "name")),
    "NamedAuEmployee": shape(texts("EmployeeID", "Email")),
    "NamedAuLeaveType": shape(texts("LeaveTypeID", "Name")),
    "NamedAuCalendar": shape(texts("PayrollCalendarID", "Name")),
}

# The fields with the id of another record: the end of its stream, and the shape that names it.
_REFERRING: Mapping[str, tuple[str, str]] = {
    "employeeID": ("employees", "NamedEmployee"),
    "leaveTypeID": ("leave_types", "NamedLeaveType"),
    "earningsRateID": ("earnings_rates", "NamedEarningsRate"),
    "payrollCalendarID": ("pay_run_calendars", "NamedCalendar"),
    "EmployeeID": ("employees", "NamedAuEmployee"),
    "LeaveTypeID": ("leave_types", "NamedAuLeaveType"),
    "PayrollCalendarID": ("payroll_calendars", "NamedAuCalendar"),
}


def referring_fields(stream: str) -> dict[str, str]:
    """The fields of a stream's records with the id of another record, to that record's stream.

    Args:
        stream: A stream of Payroll that is written.
    """
    payroll, region, _ = stream.split("_", 2)
    referring = _referring(stream, PAYROLL_SHAPES.get(stream, {}))
    return {name: f"{payroll}_{region}_{end}" for name, (end, _) in referring.items()}


def _referring(stream: str, fields: Shape) -> dict[str, tuple[str, str]]:
    """The entries of ``_REFERRING`` for fields with the id of a record of another stream."""
    own = stream.split("_", 2)[2]
    return {name: named for name, named in _REFERRING.items() if name in fields and named[0] != own}


def _with_parts(stream: str, fields: Shape) -> Shape:
    """The fields of a shape, and the parts that may name other records instead of their ids."""
    named = (part(name[:-2], kind) for name, (_, kind) in _referring(stream, fields).items())
    return shape(tuple(fields.values()), *named)


def _of_region(region: str, shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    named = {f"payroll_{region}_{name}": fields for name, fields in {**_BOTH, **shapes}.items()}
    return {stream: _with_parts(stream, fields) for stream, fields in named.items()}


PAYROLL_SHAPES: Mapping[str, Shape] = {
    **{
        name: _with_parts(name, fields) if name.startswith("payroll_") else fields
        for name, fields in _AU.items()
    },
    **_of_region("nz", _NZ),
    **_of_region("uk", _UK),
    **_PARTS,
}
