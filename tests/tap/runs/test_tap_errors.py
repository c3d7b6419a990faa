"""Errors end a run with a message that says what to do, and without a traceback."""

from __future__ import annotations

import os
import subprocess

import pytest
from contacts import add_contacts

from tap_runner import TAP, arguments, read, settings_for

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    "template", ["{{ 1 / 0 }}", "{{ 5 | xero_date }}", '{{ "{a}".format() }}', "{{ start.nope }}"]
)
def test_a_template_that_fails_names_its_setting_and_other_streams_are_read(xero, template):
    ids = add_contacts(xero, 2)
    streams = {"invoices": {"params": {"where": template}}}
    run = read(xero, ["contacts", "invoices"], streams=streams)
    assert run.exit_code == 1
    assert "streams.invoices.params.where" in run.last_line
    assert sorted(run.ids("contacts", "ContactID")) == sorted(ids)


def test_a_page_size_that_is_not_a_number_names_its_setting(xero):
    run = read(xero, ["contacts"], streams={"contacts": {"params": {"pageSize": "many"}}})
    assert run.exit_code == 1
    assert "streams.contacts.params.pageSize" in run.last_line


def state_of_contacts(xero, bookmark):
    partition = {"context": {"_tenant_id": xero.tenant_id}, "replication_key_value": bookmark}
    return {"bookmarks": {"contacts": {"partitions": [partition]}}}


def test_a_bookmark_that_is_not_a_date_is_named(xero):
    add_contacts(xero, 2)
    run = read(xero, ["contacts"], state=state_of_contacts(xero, "abc"))
    assert run.exit_code == 1
    assert "the state's bookmark of contacts is 'abc'" in run.last_line
    assert not xero.calls("Contacts")


def test_a_bookmark_in_the_first_year_reads_everything(xero):
    ids = add_contacts(xero, 2)
    run = read(xero, ["contacts"], state=state_of_contacts(xero, "0001-01-01T00:00:00Z"))
    assert run.exit_code == 0, run.log
    assert sorted(run.ids("contacts", "ContactID")) == sorted(ids)


def test_an_organisation_is_known_by_its_id_in_any_case(xero):
    run = read(xero, ["contacts"], tenant_id=xero.tenant_id.upper())
    assert run.exit_code == 0, run.log


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is full")  # noqa: PTH110  # a device
@pytest.mark.parametrize("where", [">/dev/full", ">&-"])
def test_an_output_that_takes_nothing_ends_with_a_message(xero, tmp_path, where):
    add_contacts(xero, 2)
    command = [str(TAP), *arguments(tmp_path, settings_for(xero), ["contacts"], None)]
    shell = ["sh", "-c", f'exec "$@" {where}', "sh", *command]
    done = subprocess.run(shell, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
