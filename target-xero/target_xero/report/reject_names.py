"""Records that were not published, by the name that people use, and how to publish them again."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from target_xero.build.records import Provenance, Record
from target_xero.report.record_kinds import kind_of_record
from target_xero.report.record_names import fields_in, parent_name, record_name
from target_xero.report.results import UNKNOWN, Result
from xero_client.names import normalized_name
from xero_client.settings.login_command import is_in_meltano

# The columns in which taps say where a record stands: the file, and its line.
_FILES = ("_sdc_source_file", "_sdc_path", "_smart_source_file")
_LINES = ("_sdc_source_lineno", "_sdc_line_number", "_smart_source_lineno")


def described_reject(provenance: Provenance, result: Result) -> str:
    """``bill M-4, line 7 of invoices.csv: the reason``."""
    record = described_record(provenance, result.entity, result.key)
    reason = "; ".join(result.errors)[:1000]
    if result.status == UNKNOWN:
        reason = f"it is not known whether it was saved: {reason}"
    return f"{record}: {reason}" if record else reason


def described_record(provenance: Provenance, entity: str, key: Mapping[str, Any]) -> str:
    """``bill M-4, line 7 of invoices.csv``."""
    fields = fields_in(provenance)
    name = parent_name(entity, fields) or record_name(key or provenance.key, fields)
    kind = kind_of_record(entity, _type_in(fields) or provenance.document_type)
    return ", ".join([f"{kind} {name}".strip(), *_place_of(fields)])


def feed_back_command(rejects_path: Path) -> str:
    """The command that publishes the records of a rejects file."""
    file = shlex.quote(str(rejects_path))
    if is_in_meltano():
        return f"meltano invoke target-xero < {file}"
    arguments = ["target-xero", "--config", "CONFIG"]
    if Path(sys.argv[0]).name.startswith("target-xero"):
        arguments = ["target-xero", *_without_input(sys.argv[1:])]
    return f"{shlex.join(arguments)} < {file}"


def _without_input(arguments: list[str]) -> list[str]:
    kept: list[str] = []
    skip_value = False
    for argument in arguments:
        if skip_value or argument.startswith("--input="):
            skip_value = False
        elif argument == "--input":
            skip_value = True
        else:
            kept.append(argument)
    return kept


def _type_in(record: Record) -> Any:  # noqa: ANN401  # a value of a record
    return next(
        (value for name, value in record.items() if value and normalized_name(name) == "type"), ""
    )


def _place_of(record: Record) -> list[str]:
    line = next((record[name] for name in _LINES if record.get(name) is not None), None)
    file = next((record[name] for name in _FILES if record.get(name)), None)
    if line is None:
        return [f"in {Path(str(file)).name}"] if file else []
    return [f"line {line} of {Path(str(file)).name}" if file else f"line {line}"]
