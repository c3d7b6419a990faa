"""A plan as text, and as an HTML page that loads nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

import jinja2

from target_xero.plan.booking.lines import ZERO
from target_xero.plan.contents import (
    CREATE,
    REFUSE,
    REMOVE,
    SEND,
    SKIP,
    UPDATE,
    AccountEffect,
    Plan,
)
from target_xero.plan.guards import money
from xero_client.json_value import Json

# The actions in the order of the page, with what it says of them.
SECTIONS = (
    (CREATE, "Created", "New in Xero."),
    (UPDATE, "Changed", "In Xero already, and changed."),
    (REMOVE, "Removed", "Deleted, voided or archived in Xero."),
    (SEND, "Sent", "What these do in Xero is not known before."),
    (REFUSE, "Refused", "Not sent, because something is wrong."),
    (SKIP, "Skipped", "Not sent, because there is nothing to do."),
)

_pages = jinja2.Environment(
    loader=jinja2.PackageLoader("target_xero", "plan"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def _number(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def _plain(number: Decimal | None) -> str:
    """A quantity or a price, with as many digits as it has."""
    if number is None:
        return ""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _value(value: Json) -> str:
    """A value of a record, as text."""
    if value in (None, "", [], {}):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return _plain(value)
    if isinstance(value, dict):
        parts = [(name, _value(inner)) for name, inner in value.items()]
        # The name of a record needs no word before it.
        return ", ".join(text if name == "Name" else f"{name} {text}" for name, text in parts)
    if isinstance(value, (list, tuple)):
        return "; ".join(map(_value, value))
    return str(value)


_pages.filters |= {"number": _number, "plain": _plain, "value": _value}


def as_html(plan: Plan, file_name: str) -> str:
    """The plan as an HTML page.

    Args:
        plan: The plan.
        file_name: The name of its file, for the command that applies it.
    """
    counts = Counter(document.action for document in plan.documents)
    sections = [
        (action, title, words, plan.with_action(action))
        for action, title, words in SECTIONS
        if counts[action]
    ]
    return _pages.get_template("plan.html").render(
        plan=plan,
        file_name=file_name,
        counts=[(title, counts[action], action) for action, title, _ in SECTIONS],
        sections=sections,
        verdict=verdict_of(plan),
        currencies=_by_currency(plan.accounts),
    )


def verdict_of(plan: Plan) -> str:
    """What the plan says, in one sentence."""
    if plan.problems:
        return "This plan cannot be applied, because a guard does not hold."
    sent = len(plan.sent)
    if not sent:
        return f"Nothing would be sent to {plan.organisation}."
    records = "1 record" if sent == 1 else f"{sent:,} records"
    refused = len(plan.refused)
    but = f", and {refused:,} {'is' if refused == 1 else 'are'} refused" if refused else ""
    return f"{records} would be sent to {plan.organisation}{but}."


def as_text(plan: Plan) -> str:
    """The plan in a few lines of text."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    for total in plan.totals:
        amount = money(total.total, total.currency) if total.currency else ""
        before = f" (now {money(total.before)})" if total.before and total.action == UPDATE else ""
        yield (
            f"{total.action:<8}{total.documents:>7,}  {total.kind:<24}{total.month:<9}"
            f"{amount:>20}{before}"
        ).rstrip()
    counts = Counter(document.action for document in plan.documents)
    for action in (REFUSE, SKIP):
        if counts[action]:
            yield f"{action:<8}{counts[action]:>7,}"
    calls = plan.calls
    minutes = "1 minute" if calls.minutes == 1 else f"{calls.minutes:,} minutes"
    left = "" if calls.left_today is None else f"; {calls.left_today:,} are left today"
    yield f"Applying it takes {calls.total:,} calls, about {minutes}{left}."
    if calls.is_too_many:
        yield "That is more than are left today: it will stop, and go on when it is applied again."
    yield verdict_of(plan)


def _by_currency(
    accounts: Sequence[AccountEffect],
) -> list[tuple[str, list[AccountEffect], Decimal, Decimal]]:
    """The effect on accounts, with the sums of each currency."""
    found = []
    for currency in dict.fromkeys(effect.currency for effect in accounts):
        own = [effect for effect in accounts if effect.currency == currency]
        debit = sum((effect.debit for effect in own), ZERO)
        credit = sum((effect.credit for effect in own), ZERO)
        found.append((currency, own, debit, credit))
    return found
