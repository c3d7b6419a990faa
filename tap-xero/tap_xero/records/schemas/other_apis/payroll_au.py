"""Payroll in Australia (xero-facts.md: Payroll AU 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tap_xero.records.schemas.types import (
    BOOLEAN,
    DATE,
    INSTANT,
    INTEGER,
    NUMBER,
    STRING,
    Properties,
    array_of,
    list_of,
    object_of,
)

HOME_ADDRESS: Properties = {
    "AddressLine1": STRING,
    "AddressLine2": STRING,
    "City": STRING,
    "Region": STRING,
    "PostalCode": STRING,
    "Country": STRING,
}
BANK_ACCOUNT: Properties = {
    "StatementText": STRING,
    "AccountName": STRING,
    "BSB": STRING,
    "AccountNumber": STRING,
    "Remainder": BOOLEAN,
    "Amount": NUMBER,
}
EARNINGS_LINE: Properties = {
    "EarningsRateID": STRING,
    "CalculationType": STRING,
    "AnnualSalary": NUMBER,
    "NumberOfUnitsPerWeek": NUMBER,
    "RatePerUnit": NUMBER,
    "NormalNumberOfUnits": NUMBER,
    "Amount": NUMBER,
    "NumberOfUnits": NUMBER,
    "FixedAmount": NUMBER,
}
DEDUCTION_LINE: Properties = {
    "DeductionTypeID": STRING,
    "CalculationType": STRING,
    "Amount": NUMBER,
    "Percentage": NUMBER,
    "NumberOfUnits": NUMBER,
}
SUPER_LINE: Properties = {
    "SuperMembershipID": STRING,
    "ContributionType": STRING,
    "CalculationType": STRING,
    "MinimumMonthlyEarnings": NUMBER,
    "ExpenseAccountCode": STRING,
    "LiabilityAccountCode": STRING,
    "Percentage": NUMBER,
    "Amount": NUMBER,
}
REIMBURSEMENT_LINE: Properties = {
    "ReimbursementTypeID": STRING,
    "Amount": NUMBER,
    "Description": STRING,
    "ExpenseAccount": STRING,
}
LEAVE_LINE: Properties = {
    "LeaveTypeID": STRING,
    "CalculationType": STRING,
    "EntitlementFinalPayPayoutType": STRING,
    "EmploymentTerminationPaymentType": STRING,
    "IncludeSuperannuationGuaranteeContribution": BOOLEAN,
    "IsQualifyingEarnings": BOOLEAN,
    "NumberOfUnits": NUMBER,
    "AnnualNumberOfUnits": NUMBER,
    "FullTimeNumberOfUnitsPerPeriod": NUMBER,
}
PAY_TEMPLATE: Properties = {
    "EarningsLines": array_of(EARNINGS_LINE),
    "DeductionLines": array_of(DEDUCTION_LINE),
    "SuperLines": array_of(SUPER_LINE),
    "ReimbursementLines": array_of(REIMBURSEMENT_LINE),
    "LeaveLines": array_of(LEAVE_LINE),
}
OPENING_BALANCE_LEAVE_LINE: Properties = {
    "LeaveTypeID": STRING,
    "NumberOfUnits": NUMBER,
}
PAID_LEAVE_EARNINGS_LINE: Properties = {
    "LeaveTypeID": STRING,
    "Amount": NUMBER,
    "SGCAppliedLeaveLoadingAmount": NUMBER,
    "SGCExemptedLeaveLoadingAmount": NUMBER,
    "ResetSTPCategorisation": BOOLEAN,
}
OPENING_BALANCES: Properties = {
    "OpeningBalanceDate": DATE,
    "Tax": STRING,
    "EarningsLines": array_of(EARNINGS_LINE),
    "DeductionLines": array_of(DEDUCTION_LINE),
    "SuperLines": array_of(SUPER_LINE),
    "ReimbursementLines": array_of(REIMBURSEMENT_LINE),
    "LeaveLines": array_of(OPENING_BALANCE_LEAVE_LINE),
    "PaidLeaveEarningsLines": array_of(PAID_LEAVE_EARNINGS_LINE),
}
TAX_DECLARATION: Properties = {
    "EmployeeID": STRING,
    "EmploymentBasis": STRING,
    "TFNExemptionType": STRING,
    "TaxFileNumber": STRING,
    "ABN": STRING,
    "AustralianResidentForTaxPurposes": BOOLEAN,
    "ResidencyStatus": STRING,
    "TaxScaleType": STRING,
    "WorkCondition": STRING,
    "SeniorMaritalStatus": STRING,
    "TaxFreeThresholdClaimed": BOOLEAN,
    "TaxOffsetEstimatedAmount": NUMBER,
    "HasHELPDebt": BOOLEAN,
    "HasSFSSDebt": BOOLEAN,
    "HasTradeSupportLoanDebt": BOOLEAN,
    "UpwardVariationTaxWithholdingAmount": NUMBER,
    "EligibleToReceiveLeaveLoading": BOOLEAN,
    "ApprovedWithholdingVariationPercentage": NUMBER,
    "HasStudentStartupLoan": BOOLEAN,
    "HasLoanOrStudentDebt": BOOLEAN,
    "UpdatedDateUTC": INSTANT,
    "IncludeLeaveLoadingInQualifyingEarnings": BOOLEAN,
}
LEAVE_BALANCE: Properties = {
    "LeaveName": STRING,
    "LeaveTypeID": STRING,
    "NumberOfUnits": NUMBER,
    "TypeOfUnits": STRING,
}
SUPER_MEMBERSHIP: Properties = {
    "SuperMembershipID": STRING,
    "SuperFundID": STRING,
    "EmployeeNumber": STRING,
}
VALIDATION_ERROR: Properties = {
    "Message": STRING,
}
EMPLOYEE: Properties = {
    "FirstName": STRING,
    "LastName": STRING,
    "DateOfBirth": DATE,
    "HomeAddress": object_of(HOME_ADDRESS),
    "StartDate": DATE,
    "Title": STRING,
    "MiddleNames": STRING,
    "Email": STRING,
    "Gender": STRING,
    "Phone": STRING,
    "Mobile": STRING,
    "TwitterUserName": STRING,
    "IsAuthorisedToApproveLeave": BOOLEAN,
    "IsAuthorisedToApproveTimesheets": BOOLEAN,
    "JobTitle": STRING,
    "Classification": STRING,
    "OrdinaryEarningsRateID": STRING,
    "PayrollCalendarID": STRING,
    "EmployeeGroupName": STRING,
    "EmployeeID": STRING,
    "TerminationDate": DATE,
    "TerminationReason": STRING,
    "BankAccounts": array_of(BANK_ACCOUNT),
    "PayTemplate": object_of(PAY_TEMPLATE),
    "OpeningBalances": object_of(OPENING_BALANCES),
    "TaxDeclaration": object_of(TAX_DECLARATION),
    "IncomeType": STRING,
    "EmploymentType": STRING,
    "CountryOfResidence": STRING,
    "IsSTP2Qualified": BOOLEAN,
    "LeaveBalances": array_of(LEAVE_BALANCE),
    "SuperMemberships": array_of(SUPER_MEMBERSHIP),
    "Status": STRING,
    "UpdatedDateUTC": INSTANT,
    "ValidationErrors": array_of(VALIDATION_ERROR),
}
LEAVE_PERIOD: Properties = {
    "NumberOfUnits": NUMBER,
    "PayPeriodEndDate": DATE,
    "PayPeriodStartDate": DATE,
    "LeavePeriodStatus": STRING,
}
LEAVE_APPLICATION: Properties = {
    "LeaveApplicationID": STRING,
    "EmployeeID": STRING,
    "LeaveTypeID": STRING,
    "Title": STRING,
    "StartDate": DATE,
    "EndDate": DATE,
    "Description": STRING,
    "PayOutType": STRING,
    "LeavePeriods": array_of(LEAVE_PERIOD),
    "UpdatedDateUTC": INSTANT,
    "ValidationErrors": array_of(VALIDATION_ERROR),
}
EARNINGS_RATE: Properties = {
    "Name": STRING,
    "AccountCode": STRING,
    "TypeOfUnits": STRING,
    "IsExemptFromTax": BOOLEAN,
    "IsExemptFromSuper": BOOLEAN,
    "IsReportableAsW1": BOOLEAN,
    "IsQualifyingEarnings": BOOLEAN,
    "AllowanceContributesToAnnualLeaveRate": BOOLEAN,
    "AllowanceContributesToOvertimeRate": BOOLEAN,
    "EarningsType": STRING,
    "EarningsRateID": STRING,
    "RateType": STRING,
    "RatePerUnit": STRING,
    "Multiplier": NUMBER,
    "AccrueLeave": BOOLEAN,
    "Amount": NUMBER,
    "EmploymentTerminationPaymentType": STRING,
    "UpdatedDateUTC": INSTANT,
    "CurrentRecord": BOOLEAN,
    "AllowanceType": STRING,
    "AllowanceCategory": STRING,
}
DEDUCTION_TYPE: Properties = {
    "Name": STRING,
    "AccountCode": STRING,
    "ReducesTax": BOOLEAN,
    "ReducesSuper": BOOLEAN,
    "IsExemptFromW1": BOOLEAN,
    "DeductionTypeID": STRING,
    "UpdatedDateUTC": INSTANT,
    "DeductionCategory": STRING,
    "CurrentRecord": BOOLEAN,
}
LEAVE_TYPE: Properties = {
    "Name": STRING,
    "TypeOfUnits": STRING,
    "LeaveTypeID": STRING,
    "NormalEntitlement": NUMBER,
    "LeaveLoadingRate": NUMBER,
    "UpdatedDateUTC": INSTANT,
    "IsPaidLeave": BOOLEAN,
    "ShowOnPayslip": BOOLEAN,
    "CurrentRecord": BOOLEAN,
    "LeaveCategoryCode": STRING,
    "SGCExempt": BOOLEAN,
    "IsQualifyingEarnings": BOOLEAN,
}
REIMBURSEMENT_TYPE: Properties = {
    "Name": STRING,
    "AccountCode": STRING,
    "ReimbursementTypeID": STRING,
    "UpdatedDateUTC": INSTANT,
    "CurrentRecord": BOOLEAN,
}
PAYROLL_CALENDAR: Properties = {
    "Name": STRING,
    "CalendarType": STRING,
    "StartDate": DATE,
    "PaymentDate": DATE,
    "PayrollCalendarID": STRING,
    "UpdatedDateUTC": INSTANT,
    "ReferenceDate": DATE,
    "ValidationErrors": array_of(VALIDATION_ERROR),
}
PAYSLIP_SUMMARY: Properties = {
    "EmployeeID": STRING,
    "PayslipID": STRING,
    "FirstName": STRING,
    "LastName": STRING,
    "EmployeeGroup": STRING,
    "Wages": NUMBER,
    "Deductions": NUMBER,
    "Tax": NUMBER,
    "Super": NUMBER,
    "Reimbursements": NUMBER,
    "NetPay": NUMBER,
    "UpdatedDateUTC": INSTANT,
}
PAY_RUN: Properties = {
    "PayrollCalendarID": STRING,
    "PayRunID": STRING,
    "PayRunPeriodStartDate": DATE,
    "PayRunPeriodEndDate": DATE,
    "PayRunStatus": STRING,
    "PaymentDate": DATE,
    "PayslipMessage": STRING,
    "UpdatedDateUTC": INSTANT,
    "Payslips": array_of(PAYSLIP_SUMMARY),
    "Wages": NUMBER,
    "Deductions": NUMBER,
    "Tax": NUMBER,
    "Super": NUMBER,
    "Reimbursement": NUMBER,
    "NetPay": NUMBER,
    "ValidationErrors": array_of(VALIDATION_ERROR),
}
LEAVE_EARNINGS_LINE: Properties = {
    "EarningsRateID": STRING,
    "RatePerUnit": NUMBER,
    "NumberOfUnits": NUMBER,
    "PayOutType": STRING,
}
LEAVE_ACCRUAL_LINE: Properties = {
    "LeaveTypeID": STRING,
    "NumberOfUnits": NUMBER,
    "AutoCalculate": BOOLEAN,
}
SUPERANNUATION_LINE: Properties = {
    "SuperMembershipID": STRING,
    "ContributionType": STRING,
    "CalculationType": STRING,
    "MinimumMonthlyEarnings": NUMBER,
    "ExpenseAccountCode": STRING,
    "LiabilityAccountCode": STRING,
    "PaymentDateForThisPeriod": DATE,
    "Percentage": NUMBER,
    "Amount": NUMBER,
}
TAX_LINE: Properties = {
    "PayslipTaxLineID": STRING,
    "Amount": NUMBER,
    "TaxTypeName": STRING,
    "Description": STRING,
    "ManualTaxType": STRING,
    "LiabilityAccount": STRING,
}
PAYSLIP: Properties = {
    "EmployeeID": STRING,
    "PayslipID": STRING,
    "FirstName": STRING,
    "LastName": STRING,
    "Wages": NUMBER,
    "Deductions": NUMBER,
    "Tax": NUMBER,
    "Super": NUMBER,
    "Reimbursements": NUMBER,
    "NetPay": NUMBER,
    "EarningsLines": array_of(EARNINGS_LINE),
    "LeaveEarningsLines": array_of(LEAVE_EARNINGS_LINE),
    "TimesheetEarningsLines": array_of(EARNINGS_LINE),
    "DeductionLines": array_of(DEDUCTION_LINE),
    "LeaveAccrualLines": array_of(LEAVE_ACCRUAL_LINE),
    "ReimbursementLines": array_of(REIMBURSEMENT_LINE),
    "SuperannuationLines": array_of(SUPERANNUATION_LINE),
    "TaxLines": array_of(TAX_LINE),
    "UpdatedDateUTC": INSTANT,
}
ACCOUNT: Properties = {
    "AccountID": STRING,
    "Type": STRING,
    "Code": STRING,
    "Name": STRING,
}
SETTINGS: Properties = {
    "Accounts": array_of(ACCOUNT),
    "TrackingCategories": object_of(
        {
            "EmployeeGroups": object_of(
                {"TrackingCategoryID": STRING, "TrackingCategoryName": STRING}
            ),
            "TimesheetCategories": object_of(
                {"TrackingCategoryID": STRING, "TrackingCategoryName": STRING}
            ),
        }
    ),
    "DaysInPayrollYear": INTEGER,
    "EmployeesAreSTP2": BOOLEAN,
}
SUPER_FUND: Properties = {
    "SuperFundID": STRING,
    "Type": STRING,
    "Name": STRING,
    "ABN": STRING,
    "BSB": STRING,
    "AccountNumber": STRING,
    "AccountName": STRING,
    "ElectronicServiceAddress": STRING,
    "EmployerNumber": STRING,
    "SPIN": STRING,
    "USI": STRING,
    "UpdatedDateUTC": INSTANT,
    "ValidationErrors": array_of(VALIDATION_ERROR),
}
TIMESHEET_LINE: Properties = {
    "EarningsRateID": STRING,
    "TrackingItemID": STRING,
    "NumberOfUnits": list_of(NUMBER),
    "UpdatedDateUTC": INSTANT,
}
TIMESHEET: Properties = {
    "EmployeeID": STRING,
    "StartDate": DATE,
    "EndDate": DATE,
    "Status": STRING,
    "Hours": NUMBER,
    "TimesheetID": STRING,
    "TimesheetLines": array_of(TIMESHEET_LINE),
    "UpdatedDateUTC": INSTANT,
    "ValidationErrors": array_of(VALIDATION_ERROR),
}

SCHEMAS: Mapping[str, Properties] = MappingProxyType(
    {
        "payroll_au_employees": EMPLOYEE,
        "payroll_au_employee_details": EMPLOYEE,
        "payroll_au_leave_applications": LEAVE_APPLICATION,
        "payroll_au_earnings_rates": EARNINGS_RATE,
        "payroll_au_deduction_types": DEDUCTION_TYPE,
        "payroll_au_leave_types": LEAVE_TYPE,
        "payroll_au_reimbursement_types": REIMBURSEMENT_TYPE,
        "payroll_au_payroll_calendars": PAYROLL_CALENDAR,
        "payroll_au_pay_runs": PAY_RUN,
        "payroll_au_payslips": PAYSLIP,
        "payroll_au_settings": SETTINGS,
        "payroll_au_superfunds": SUPER_FUND,
        "payroll_au_timesheets": TIMESHEET,
    }
)
