"""The other APIs of Xero: Projects, Assets, Files and Payroll.

(xero-facts.md: Differences between the APIs)
"""
