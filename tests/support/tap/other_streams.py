"""What tests of streams of the other APIs share."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from xero_sandbox.companies.presets import empty_company

TENANT = "11111111-1111-4111-8111-111111111111"


def of_country(code):
    return pytest.mark.sandbox(companies=[empty_company(TENANT, "Harbour", code)])


def asked(xero, part):
    """The queries of the calls whose path has a part, in their order."""
    return [call["query"] for call in xero.log if part in call["endpoint"]]


def endpoints(xero, part):
    return [call["endpoint"] for call in xero.log if part in call["endpoint"]]


def versions(run):
    return [each["stream"] for each in run.messages if each["type"] == "ACTIVATE_VERSION"]


def instant(day):
    return datetime(2026, 3, day, tzinfo=timezone.utc)
