"""Payroll in the United Kingdom (xero-facts.md: Payroll NZ and UK)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tap_xero.records.schemas.types import (
    BOOLEAN,
    DATE,
    INSTANT,
    NUMBER,
    STRING,
    Properties,
    array_of,
    list_of,
    object_of,
)

ADDRESS: Properties = {
    "addressLine1": STRING,
    "addressLine2": STRING,
    "city": STRING,
    "postCode": STRING,
    "countryName": STRING,
}
NI_CATEGORY: Properties = {
    "startDate": DATE,
    "niCategory": STRING,
    "niCategoryID": NUMBER,
    "dateFirstEmployedAsCivilian": DATE,
    "workplacePostcode": STRING,
}
DEVELOPMENTAL_ROLE_DETAILS: Properties = {
    "startDate": DATE,
    "endDate": DATE,
    "developmentalRole": STRING,
    "publicKey": STRING,
}
CONTRACTS: Properties = {
    "startDate": DATE,
    "employmentStatus": STRING,
    "contractType": STRING,
    "publicKey": STRING,
    "isFixedTerm": BOOLEAN,
    "fixedTermEndDate": DATE,
    "developmentalRoleDetails": object_of(DEVELOPMENTAL_ROLE_DETAILS),
}
EMPLOYEE: Properties = {
    "employeeID": STRING,
    "title": STRING,
    "firstName": STRING,
    "lastName": STRING,
    "dateOfBirth": DATE,
    "address": object_of(ADDRESS),
    "email": STRING,
    "gender": STRING,
    "phoneNumber": STRING,
    "startDate": DATE,
    "endDate": DATE,
    "payrollCalendarID": STRING,
    "updatedDateUTC": INSTANT,
    "createdDateUTC": INSTANT,
    "niCategory": STRING,
    "niCategories": array_of(NI_CATEGORY),
    "nationalInsuranceNumber": STRING,
    "isOffPayrollWorker": BOOLEAN,
    "contracts": array_of(CONTRACTS),
}
DEDUCTION: Properties = {
    "deductionId": STRING,
    "deductionName": STRING,
    "deductionCategory": STRING,
    "liabilityAccountId": STRING,
    "currentRecord": BOOLEAN,
    "standardAmount": NUMBER,
    "reducesSuperLiability": BOOLEAN,
    "reducesTaxLiability": BOOLEAN,
    "calculationType": STRING,
    "percentage": NUMBER,
    "subjectToNIC": BOOLEAN,
    "subjectToTax": BOOLEAN,
    "isReducedByBasicRate": BOOLEAN,
    "applyToPensionCalculations": BOOLEAN,
    "isCalculatingOnQualifyingEarnings": BOOLEAN,
    "isPension": BOOLEAN,
}
EARNINGS_RATE: Properties = {
    "earningsRateID": STRING,
    "name": STRING,
    "earningsType": STRING,
    "rateType": STRING,
    "typeOfUnits": STRING,
    "currentRecord": BOOLEAN,
    "expenseAccountID": STRING,
    "ratePerUnit": NUMBER,
    "multipleOfOrdinaryEarningsRate": NUMBER,
    "fixedAmount": NUMBER,
}
LEAVE_TYPE: Properties = {
    "leaveID": STRING,
    "leaveTypeID": STRING,
    "name": STRING,
    "isPaidLeave": BOOLEAN,
    "showOnPayslip": BOOLEAN,
    "updatedDateUTC": INSTANT,
    "isActive": BOOLEAN,
    "isStatutoryLeave": BOOLEAN,
}
REIMBURSEMENT: Properties = {
    "reimbursementID": STRING,
    "name": STRING,
    "accountID": STRING,
    "currentRecord": BOOLEAN,
}
PAY_RUN_CALENDAR: Properties = {
    "payrollCalendarID": STRING,
    "name": STRING,
    "calendarType": STRING,
    "periodStartDate": DATE,
    "periodEndDate": DATE,
    "paymentDate": DATE,
    "updatedDateUTC": INSTANT,
}
EARNINGS_LINE: Properties = {
    "earningsLineID": STRING,
    "earningsRateID": STRING,
    "displayName": STRING,
    "ratePerUnit": NUMBER,
    "numberOfUnits": NUMBER,
    "fixedAmount": NUMBER,
    "amount": NUMBER,
    "isLinkedToTimesheet": BOOLEAN,
    "isAverageDailyPayRate": BOOLEAN,
}
LEAVE_EARNINGS_LINE: Properties = {
    "earningsRateID": STRING,
    "ratePerUnit": NUMBER,
    "numberOfUnits": NUMBER,
    "fixedAmount": NUMBER,
    "amount": NUMBER,
    "isLinkedToTimesheet": BOOLEAN,
}
TIMESHEET_EARNINGS_LINE: Properties = {
    "earningsRateID": STRING,
    "ratePerUnit": NUMBER,
    "numberOfUnits": NUMBER,
    "fixedAmount": NUMBER,
    "amount": NUMBER,
    "isLinkedToTimesheet": BOOLEAN,
}
DEDUCTION_LINE: Properties = {
    "deductionTypeID": STRING,
    "amount": NUMBER,
    "subjectToTax": BOOLEAN,
    "percentage": NUMBER,
}
REIMBURSEMENT_LINE: Properties = {
    "reimbursementTypeID": STRING,
    "description": STRING,
    "amount": NUMBER,
}
LEAVE_ACCRUAL_LINE: Properties = {
    "leaveTypeID": STRING,
    "numberOfUnits": NUMBER,
}
BENEFIT_LINE: Properties = {
    "benefitTypeID": STRING,
    "displayName": STRING,
    "amount": NUMBER,
    "fixedAmount": NUMBER,
    "percentage": NUMBER,
}
PAYMENT_LINE: Properties = {
    "paymentLineID": STRING,
    "amount": NUMBER,
    "accountNumber": STRING,
    "sortCode": STRING,
    "accountName": STRING,
}
TAX_LINE: Properties = {
    "taxLineID": STRING,
    "description": STRING,
    "isEmployerTax": BOOLEAN,
    "amount": NUMBER,
    "globalTaxTypeID": STRING,
    "manualAdjustment": BOOLEAN,
}
COURT_ORDER_LINE: Properties = {
    "courtOrderTypeID": STRING,
    "amount": NUMBER,
}
PAYSLIP: Properties = {
    "paySlipID": STRING,
    "employeeID": STRING,
    "payRunID": STRING,
    "lastEdited": DATE,
    "firstName": STRING,
    "lastName": STRING,
    "totalEarnings": NUMBER,
    "grossEarnings": NUMBER,
    "totalPay": NUMBER,
    "totalEmployerTaxes": NUMBER,
    "totalEmployeeTaxes": NUMBER,
    "totalDeductions": NUMBER,
    "totalReimbursements": NUMBER,
    "totalCourtOrders": NUMBER,
    "totalBenefits": NUMBER,
    "bacsHash": STRING,
    "paymentMethod": STRING,
    "earningsLines": array_of(EARNINGS_LINE),
    "leaveEarningsLines": array_of(LEAVE_EARNINGS_LINE),
    "timesheetEarningsLines": array_of(TIMESHEET_EARNINGS_LINE),
    "deductionLines": array_of(DEDUCTION_LINE),
    "reimbursementLines": array_of(REIMBURSEMENT_LINE),
    "leaveAccrualLines": array_of(LEAVE_ACCRUAL_LINE),
    "benefitLines": array_of(BENEFIT_LINE),
    "paymentLines": array_of(PAYMENT_LINE),
    "employeeTaxLines": array_of(TAX_LINE),
    "employerTaxLines": array_of(TAX_LINE),
    "courtOrderLines": array_of(COURT_ORDER_LINE),
}
PAY_RUN: Properties = {
    "payRunID": STRING,
    "payrollCalendarID": STRING,
    "periodStartDate": DATE,
    "periodEndDate": DATE,
    "paymentDate": DATE,
    "totalCost": NUMBER,
    "totalPay": NUMBER,
    "payRunStatus": STRING,
    "payRunType": STRING,
    "calendarType": STRING,
    "postedDateTime": DATE,
    "paySlips": array_of(PAYSLIP),
}
TIMESHEET_LINE: Properties = {
    "timesheetLineID": STRING,
    "date": DATE,
    "earningsRateID": STRING,
    "trackingItemID": STRING,
    "numberOfUnits": NUMBER,
}
TIMESHEET: Properties = {
    "timesheetID": STRING,
    "payrollCalendarID": STRING,
    "employeeID": STRING,
    "startDate": DATE,
    "endDate": DATE,
    "status": STRING,
    "totalHours": NUMBER,
    "updatedDateUTC": INSTANT,
    "timesheetLines": array_of(TIMESHEET_LINE),
}
ACCOUNT: Properties = {
    "accountID": STRING,
    "type": STRING,
    "code": STRING,
    "name": STRING,
}
ACCOUNTS: Properties = {
    "accounts": array_of(ACCOUNT),
}
TRACKING_CATEGORY: Properties = {
    "employeeGroupsTrackingCategoryID": STRING,
    "timesheetTrackingCategoryID": STRING,
}
EMPLOYEE_TAX: Properties = {
    "starterType": STRING,
    "starterDeclaration": STRING,
    "taxCode": STRING,
    "w1M1": BOOLEAN,
    "previousTaxablePay": NUMBER,
    "previousTaxPaid": NUMBER,
    "studentLoanDeduction": STRING,
    "hasPostGraduateLoans": BOOLEAN,
    "isDirector": BOOLEAN,
    "directorshipStartDate": DATE,
    "nicCalculationMethod": STRING,
}
LEAVE_PERIOD: Properties = {
    "periodStartDate": DATE,
    "periodEndDate": DATE,
    "numberOfUnits": NUMBER,
    "periodStatus": STRING,
}
EMPLOYEE_LEAVE: Properties = {
    "leaveID": STRING,
    "leaveTypeID": STRING,
    "description": STRING,
    "startDate": DATE,
    "endDate": DATE,
    "periods": array_of(LEAVE_PERIOD),
    "updatedDateUTC": INSTANT,
}
EMPLOYEE_LEAVE_BALANCE: Properties = {
    "name": STRING,
    "leaveTypeID": STRING,
    "balance": NUMBER,
    "typeOfUnits": STRING,
}
EMPLOYEE_LEAVE_TYPE: Properties = {
    "leaveTypeID": STRING,
    "scheduleOfAccrual": STRING,
    "hoursAccruedAnnually": NUMBER,
    "maximumToAccrue": NUMBER,
    "openingBalance": NUMBER,
    "rateAccruedHourly": NUMBER,
    "scheduleOfAccrualDate": DATE,
}
BANK_ACCOUNT: Properties = {
    "accountName": STRING,
    "accountNumber": STRING,
    "sortCode": STRING,
}
PAYMENT_METHOD: Properties = {
    "paymentMethod": STRING,
    "bankAccounts": array_of(BANK_ACCOUNT),
}
EARNINGS_TEMPLATE: Properties = {
    "payTemplateEarningID": STRING,
    "ratePerUnit": NUMBER,
    "numberOfUnits": NUMBER,
    "fixedAmount": NUMBER,
    "earningsRateID": STRING,
    "name": STRING,
}
SALARY_AND_WAGE: Properties = {
    "salaryAndWagesID": STRING,
    "earningsRateID": STRING,
    "numberOfUnitsPerWeek": NUMBER,
    "ratePerUnit": NUMBER,
    "numberOfUnitsPerDay": NUMBER,
    "effectiveFrom": DATE,
    "annualSalary": NUMBER,
    "status": STRING,
    "paymentType": STRING,
}
BENEFIT: Properties = {
    "id": STRING,
    "name": STRING,
    "category": STRING,
    "liabilityAccountId": STRING,
    "expenseAccountId": STRING,
    "standardAmount": NUMBER,
    "percentage": NUMBER,
    "calculationType": STRING,
    "currentRecord": BOOLEAN,
    "subjectToNIC": BOOLEAN,
    "subjectToPension": BOOLEAN,
    "subjectToTax": BOOLEAN,
    "isCalculatingOnQualifyingEarnings": BOOLEAN,
    "showBalanceToEmployee": BOOLEAN,
}
EARNINGS_ORDER: Properties = {
    "id": STRING,
    "name": STRING,
    "statutoryDeductionCategory": STRING,
    "liabilityAccountId": STRING,
    "currentRecord": BOOLEAN,
}
EMPLOYEE_OPENING_BALANCES: Properties = {
    "statutoryAdoptionPay": NUMBER,
    "statutoryMaternityPay": NUMBER,
    "statutoryPaternityPay": NUMBER,
    "statutorySharedParentalPay": NUMBER,
    "statutorySickPay": NUMBER,
    "priorEmployeeNumber": NUMBER,
}
EMPLOYEE_STATUTORY_LEAVE_SUMMARY: Properties = {
    "statutoryLeaveID": STRING,
    "employeeID": STRING,
    "type": STRING,
    "startDate": DATE,
    "endDate": DATE,
    "isEntitled": BOOLEAN,
    "status": STRING,
}
EMPLOYEE_STATUTORY_SICK_LEAVE: Properties = {
    "statutoryLeaveID": STRING,
    "employeeID": STRING,
    "leaveTypeID": STRING,
    "startDate": DATE,
    "endDate": DATE,
    "type": STRING,
    "status": STRING,
    "workPattern": list_of(STRING),
    "isPregnancyRelated": BOOLEAN,
    "sufficientNotice": BOOLEAN,
    "isEntitled": BOOLEAN,
    "entitlementWeeksRequested": NUMBER,
    "entitlementWeeksQualified": NUMBER,
    "entitlementWeeksRemaining": NUMBER,
    "overlapsWithOtherLeave": BOOLEAN,
    "entitlementFailureReasons": list_of(STRING),
}
EMPLOYEE_STATUTORY_LEAVE_BALANCE: Properties = {
    "leaveType": STRING,
    "balanceRemaining": NUMBER,
    "units": STRING,
}

SCHEMAS: Mapping[str, Properties] = MappingProxyType(
    {
        "payroll_uk_employees": EMPLOYEE,
        "payroll_uk_deductions": DEDUCTION,
        "payroll_uk_earnings_rates": EARNINGS_RATE,
        "payroll_uk_leave_types": LEAVE_TYPE,
        "payroll_uk_reimbursements": REIMBURSEMENT,
        "payroll_uk_pay_run_calendars": PAY_RUN_CALENDAR,
        "payroll_uk_pay_runs": PAY_RUN,
        "payroll_uk_timesheets": TIMESHEET,
        "payroll_uk_timesheet_lines": TIMESHEET_LINE,
        "payroll_uk_settings": ACCOUNTS,
        "payroll_uk_tracking_categories": TRACKING_CATEGORY,
        "payroll_uk_employee_taxes": EMPLOYEE_TAX,
        "payroll_uk_employee_leave": EMPLOYEE_LEAVE,
        "payroll_uk_employee_leave_balances": EMPLOYEE_LEAVE_BALANCE,
        "payroll_uk_employee_leave_periods": LEAVE_PERIOD,
        "payroll_uk_employee_leave_types": EMPLOYEE_LEAVE_TYPE,
        "payroll_uk_employee_payment_methods": PAYMENT_METHOD,
        "payroll_uk_employee_earnings_templates": EARNINGS_TEMPLATE,
        "payroll_uk_employee_salary_and_wages": SALARY_AND_WAGE,
        "payroll_uk_benefits": BENEFIT,
        "payroll_uk_earnings_orders": EARNINGS_ORDER,
        "payroll_uk_pay_slips": PAYSLIP,
        "payroll_uk_employee_opening_balances": EMPLOYEE_OPENING_BALANCES,
        "payroll_uk_employee_statutory_leaves": EMPLOYEE_STATUTORY_LEAVE_SUMMARY,
        "payroll_uk_employee_sick_leaves": EMPLOYEE_STATUTORY_SICK_LEAVE,
        "payroll_uk_employee_statutory_leave_balances": EMPLOYEE_STATUTORY_LEAVE_BALANCE,
    }
)
