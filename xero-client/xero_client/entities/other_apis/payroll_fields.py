"""The writable fields of Payroll, by shape (xero-facts.md: Payroll AU 1.0, Payroll NZ and UK)."""

from __future__ import annotations

from collections.abc import Mapping

_AU: Mapping[str, str] = {
    "payroll_au_employees": (
        "EmployeeID Title FirstName MiddleNames LastName DateOfBirth:netdate Gender Email Phone "
        "Mobile TwitterUserName HomeAddress:AuHomeAddress StartDate:netdate JobTitle "
        "Classification OrdinaryEarningsRateID PayrollCalendarID EmployeeGroupName "
        "IsAuthorisedToApproveLeave:boolean IsAuthorisedToApproveTimesheets:boolean "
        "TerminationDate:netdate TerminationReason IncomeType EmploymentType CountryOfResidence "
        "IsSTP2Qualified:boolean BankAccounts:AuBankAccount* TaxDeclaration:AuTaxDeclaration "
        "SuperMemberships:AuSuperMembership*"
    ),
    "payroll_au_leave_applications": (
        "LeaveApplicationID EmployeeID LeaveTypeID Title Description StartDate:netdate "
        "EndDate:netdate PayOutType LeavePeriods:AuLeavePeriod*"
    ),
    "payroll_au_payroll_calendars": (
        "PayrollCalendarID Name CalendarType StartDate:netdate PaymentDate:netdate "
        "ReferenceDate:netdate"
    ),
    "payroll_au_timesheets": (
        "TimesheetID EmployeeID StartDate:netdate EndDate:netdate Status "
        "TimesheetLines:AuTimesheetLine*"
    ),
    "AuHomeAddress": "AddressLine1 AddressLine2 City Region PostalCode Country",
    "AuBankAccount": "StatementText AccountName BSB AccountNumber Remainder:boolean Amount:number",
    "AuTaxDeclaration": (
        "EmployeeID EmploymentBasis TFNExemptionType TaxFileNumber ABN "
        "AustralianResidentForTaxPurposes:boolean ResidencyStatus TaxScaleType WorkCondition "
        "SeniorMaritalStatus TaxFreeThresholdClaimed:boolean TaxOffsetEstimatedAmount:number "
        "HasHELPDebt:boolean HasSFSSDebt:boolean HasTradeSupportLoanDebt:boolean "
        "UpwardVariationTaxWithholdingAmount:number EligibleToReceiveLeaveLoading:boolean "
        "ApprovedWithholdingVariationPercentage:number HasStudentStartupLoan:boolean "
        "HasLoanOrStudentDebt:boolean IncludeLeaveLoadingInQualifyingEarnings:boolean"
    ),
    "AuSuperMembership": "SuperMembershipID SuperFundID EmployeeNumber",
    "AuLeavePeriod": (
        "NumberOfUnits:number PayPeriodStartDate:netdate PayPeriodEndDate:netdate LeavePeriodStatus"
    ),
    # One number for each day.
    "AuTimesheetLine": "EarningsRateID TrackingItemID NumberOfUnits:any",
}
_EMPLOYEE = (
    "employeeID title firstName lastName dateOfBirth:date gender email phoneNumber "
    "startDate:date endDate:date payrollCalendarID"
)
_NZ: Mapping[str, str] = {
    "employees": (f"{_EMPLOYEE} address:NzAddress jobTitle engagementType fixedTermEndDate:date"),
    "employee_leave_types": (
        "employeeID leaveTypeID scheduleOfAccrual unitsAccruedAnnually:number "
        "typeOfUnitsToAccrue maximumToAccrue:number openingBalance:number "
        "openingBalanceTypeOfUnits rateAccruedHourly:number percentageOfGrossEarnings:number "
        "includeHolidayPayEveryPay:boolean showAnnualLeaveInAdvance:boolean "
        "annualLeaveTotalAmountPaid:number scheduleOfAccrualDate:date"
    ),
    "employee_salary_and_wages": (
        "employeeID salaryAndWagesID earningsRateID numberOfUnitsPerWeek:number "
        "ratePerUnit:number numberOfUnitsPerDay:number daysPerWeek:number effectiveFrom:date "
        "annualSalary:number status paymentType workPatternType"
    ),
    "employee_taxes": (
        "employeeID irdNumber taxCode specialTaxRatePercentage:number "
        "hasSpecialStudentLoanRate:boolean specialStudentLoanRatePercentage:number "
        "isEligibleForKiwiSaver:boolean esctRatePercentage:number kiwiSaverContributions "
        "kiwiSaverEmployeeContributionRatePercentage:number "
        "kiwiSaverEmployerContributionRatePercentage:number "
        "kiwiSaverEmployerSalarySacrificeContributionRatePercentage:number kiwiSaverStatus "
        "kiwiSaverOptOutDate:date kiwiSaverContributionHolidayEndDate:date "
        "hasStudentLoanBalance:boolean studentLoanBalance:number studentLoanAsAt:date"
    ),
    "deductions": "deductionId deductionName deductionCategory liabilityAccountId "
    "standardAmount:number",
    "leave_types": (
        "leaveTypeID name isPaidLeave:boolean showOnPayslip:boolean typeOfUnits typeOfUnitsToAccrue"
    ),
    "reimbursements": (
        "reimbursementID name accountID reimbursementCategory calculationType standardAmount "
        "standardTypeOfUnits standardRatePerUnit:number"
    ),
    "employee_leave": (
        "employeeID leaveID leaveTypeID description startDate:date endDate:date "
        "periods:NzLeavePeriod*"
    ),
    "employee_payment_methods": "employeeID paymentMethod bankAccounts:NzBankAccount*",
}
_UK: Mapping[str, str] = {
    "employees": (
        f"{_EMPLOYEE} address:UkAddress niCategory niCategories:UkNiCategory* "
        "nationalInsuranceNumber isOffPayrollWorker:boolean contracts:UkContract*"
    ),
    "employee_leave_types": (
        "employeeID leaveTypeID scheduleOfAccrual hoursAccruedAnnually:number "
        "maximumToAccrue:number openingBalance:number rateAccruedHourly:number "
        "scheduleOfAccrualDate:date"
    ),
    "employee_salary_and_wages": (
        "employeeID salaryAndWagesID earningsRateID numberOfUnitsPerWeek:number "
        "ratePerUnit:number numberOfUnitsPerDay:number effectiveFrom:date annualSalary:number "
        "status paymentType"
    ),
    "deductions": (
        "deductionId deductionName deductionCategory liabilityAccountId standardAmount:number "
        "reducesSuperLiability:boolean reducesTaxLiability:boolean calculationType "
        "percentage:number subjectToNIC:boolean subjectToTax:boolean "
        "isReducedByBasicRate:boolean applyToPensionCalculations:boolean "
        "isCalculatingOnQualifyingEarnings:boolean isPension:boolean"
    ),
    "leave_types": "leaveTypeID name isPaidLeave:boolean showOnPayslip:boolean",
    "reimbursements": "reimbursementID name accountID",
    "employee_leave": (
        "employeeID leaveID leaveTypeID description startDate:date endDate:date "
        "periods:UkLeavePeriod*"
    ),
    "employee_payment_methods": "employeeID paymentMethod bankAccounts:UkBankAccount*",
    "employee_sick_leaves": (
        "employeeID statutoryLeaveID leaveTypeID startDate:date endDate:date workPattern:any "
        "isPregnancyRelated:boolean sufficientNotice:boolean"
    ),
}
_BOTH: Mapping[str, str] = {
    "timesheets": "timesheetID payrollCalendarID employeeID startDate:date endDate:date",
    "timesheet_lines": (
        "timesheetID timesheetLineID date:date earningsRateID trackingItemID numberOfUnits:number"
    ),
    "employee_earnings_templates": (
        "employeeID payTemplateEarningID ratePerUnit:number numberOfUnits:number "
        "fixedAmount:number earningsRateID name"
    ),
    "earnings_rates": (
        "earningsRateID name earningsType rateType typeOfUnits expenseAccountID "
        "ratePerUnit:number multipleOfOrdinaryEarningsRate:number fixedAmount:number"
    ),
    "pay_run_calendars": (
        "payrollCalendarID name calendarType periodStartDate:date paymentDate:date"
    ),
}
_PARTS: Mapping[str, str] = {
    "NzAddress": "addressLine1 addressLine2 city suburb postCode countryName",
    "UkAddress": "addressLine1 addressLine2 city postCode countryName",
    "NzBankAccount": (
        "accountName accountNumber sortCode particulars code dollarAmount:number reference "
        "calculationType"
    ),
    "UkBankAccount": "accountName accountNumber sortCode",
    "NzLeavePeriod": (
        "periodStartDate:date periodEndDate:date numberOfUnits:number numberOfUnitsTaken:number "
        "typeOfUnits typeOfUnitsTaken periodStatus"
    ),
    "UkLeavePeriod": ("periodStartDate:date periodEndDate:date numberOfUnits:number periodStatus"),
    "UkNiCategory": (
        "startDate:date niCategory niCategoryID:number dateFirstEmployedAsCivilian:date "
        "workplacePostcode"
    ),
    "UkContract": (
        "startDate:date employmentStatus contractType publicKey isFixedTerm:boolean "
        "fixedTermEndDate:date developmentalRoleDetails:UkDevelopmentalRole"
    ),
    "UkDevelopmentalRole": "startDate:date endDate:date developmentalRole publicKey",
    "NamedEmployee": "employeeID email",
    "NamedLeaveType": "leaveTypeID name",
    "NamedEarningsRate": "earningsRateID name",
    "NamedCalendar": "payrollCalendarID name",
    "NamedAuEmployee": "EmployeeID Email",
    "NamedAuLeaveType": "LeaveTypeID Name",
    "NamedAuCalendar": "PayrollCalendarID Name",
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
    payroll, region, own = stream.split("_", 2)
    fields = PAYROLL_SHAPES.get(stream, "").split()
    return {
        name: f"{payroll}_{region}_{end}"
        for name, (end, _) in _REFERRING.items()
        if name in fields and end != own
    }


def _with_parts(stream: str, fields: str) -> str:
    """The fields of a shape, and the parts that may name other records instead of their ids."""
    parts = (
        f"{name[:-2]}:{shape}"
        for name, (end, shape) in _REFERRING.items()
        if name in fields.split() and not stream.endswith(f"_{end}")
    )
    return " ".join([fields, *parts])


def _of_region(region: str, shapes: Mapping[str, str]) -> dict[str, str]:
    named = {f"payroll_{region}_{name}": text for name, text in {**_BOTH, **shapes}.items()}
    return {stream: _with_parts(stream, text) for stream, text in named.items()}


PAYROLL_SHAPES: Mapping[str, str] = {
    **{
        name: _with_parts(name, text) if name.startswith("payroll_") else text
        for name, text in _AU.items()
    },
    **_of_region("nz", _NZ),
    **_of_region("uk", _UK),
    **_PARTS,
}
