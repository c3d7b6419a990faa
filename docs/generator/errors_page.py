"""The page of errors, from the docstrings of `xero_client.errors`."""

from __future__ import annotations

import inspect

from markdown_text import HEADER, code, table

from xero_client import errors

STATUSES = [
    [
        "`rejected`",
        "Xero refused the record",
        "Correct it in the rejects file or in the source, and publish it again",
    ],
    ["`invalid`", "target-xero refused the record, and did not send it", "The same"],
    [
        "`unknown`",
        "The response was lost, and a look-up could not tell whether Xero saved the record",
        "Run the same input again; it is looked up again. See the setting `resend_unknown` too",
    ],
]


def errors_page() -> str:
    """The errors of all programs, and the exit codes."""
    kinds = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.XeroError) and kind is not errors.XeroError
    ]
    rows = []
    for kind in sorted(kinds, key=lambda each: inspect.getsourcelines(each)[1]):
        summary = " ".join((inspect.getdoc(kind) or "").partition("\n\n")[0].split())
        what, _, remedy = summary.partition(": ")
        rows.append([code(kind.__name__), what.rstrip("."), sentence(remedy)])
    return (
        f"# Errors and remedies\n\n{HEADER}"
        "The last line of a run that failed says what happened, on what, and what to do. If the "
        "error came from Xero, it has Xero's correlation id, which Xero's support asks for.\n\n"
        "| exit code | meaning |\n|---|---|\n"
        "| 0 | everything was read or published |\n"
        "| 1 | something was not read or not published; the log names it |\n"
        "| 1 of `target-xero verify` | the organisations differ |\n"
        "| 2 | the command line is wrong |\n"
        "| 2 of `target-xero verify` | the organisations could not be compared |\n"
        "| 3, 4, 5 of `target-xero plan` and `apply` | "
        "[the plan](../how-to/plan-then-apply.md) has refused records, a guard stopped it, or it "
        "cannot be applied |\n"
        "| 4 of `xero fleet run` | another worker has taken over the batch |\n"
        "| 130, 143 | the run was stopped by SIGINT or SIGTERM; the next run continues |\n\n"
        "## Errors of the connection\n\n"
        "The names are those of the exceptions in `xero_client.errors`.\n\n"
        f"{table(['error', 'what happened', 'what to do'], rows)}\n"
        "## Records that were not published\n\n"
        "Each record has a line in the results file of target-xero (`results_path`). Its `status` "
        "says what happened, and `errors` says why. The last line of the run has the command that "
        "feeds the rejects file back.\n\n"
        f"{table(['status', 'what happened', 'what to do'], STATUSES)}"
    )


def sentence(text: str) -> str:
    """A text that begins with a capital; without backquotes doubled."""
    text = text.replace("``", "`").rstrip(".")
    return text[:1].upper() + text[1:]
