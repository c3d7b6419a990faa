"""The comparison with other connectors: what it says of this project is counted."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from xero_client.entities.reports import REPORTS

pytestmark = pytest.mark.fast

PAGE = (Path(__file__).parents[2] / "docs/compare.md").read_text("utf-8")


def of_this_project(row):
    """The first cell of a row, with the links as text."""
    [cell] = re.findall(rf"^\| {row} \| (.*?) \|", PAGE, re.MULTILINE)
    return re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", cell)


def test_the_number_of_streams_is_that_of_the_catalog():
    command = [Path(sys.executable).parent / "tap-xero", "--discover"]
    catalog = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    assert of_this_project("streams or tables") == str(len(catalog["streams"]))


def test_the_number_of_reports_is_that_of_the_streams():
    assert of_this_project("reports by month") == f"{len(REPORTS)} streams"
