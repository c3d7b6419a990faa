"""Every way in which a login can fail, in the words that the user reads on page and terminal."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from xero_client.entities.scopes import suspects
from xero_client.errors import XeroError

AGAIN = "Xero keeps the consent: the next login takes one click."
MINUTE = 60
LOGIN = "xero login"


class ConsentError(XeroError):
    """The consent did not end in a grant.

    Attributes:
        title: What happened, in a few words.
        explanation: Why, and what to do about it.
        command: The command to run next.
    """

    def __init__(self, title: str, explanation: str, *, command: str = LOGIN) -> None:
        super().__init__(f"{title}: {explanation} Next: `{command}`")
        self.title = title
        self.explanation = explanation
        self.command = command

    def begun_with(self, login: str) -> ConsentError:
        """The same, where ``xero login`` is run by another name, as Meltano has one for it."""
        command = self.command.replace(LOGIN, login, 1)
        return ConsentError(self.title, self.explanation, command=command)


def page_not_opened(client_id: str, redirect_uri: str) -> ConsentError:
    """Xero shows an error of its own instead of its consent page."""
    return ConsentError(
        "Xero does not open its consent page for this app",
        f"Check on the app's page at developer.xero.com that its client id is {client_id!r} and "
        f"that its redirect URIs have exactly {redirect_uri}",
    )


def wrong_state() -> ConsentError:
    """The answer is to another question."""
    return ConsentError(
        "The answer does not belong to this login",
        "Its state is not the one that was sent (an old tab, or somebody else's link), so it was "
        "not used. Nothing was stored.",
    )


def not_asked() -> ConsentError:
    """An answer came, or a choice, and no consent is under way."""
    return ConsentError(
        "No consent is under way",
        "The answer came before access was asked for, or a second time, so it was not used.",
    )


def cancelled() -> ConsentError:
    """The user said no."""
    return ConsentError(
        "Access was not granted",
        "The consent was cancelled on Xero's page. Nothing was stored, and Xero gives no data.",
    )


def refused(code: str, said: str) -> ConsentError:
    """Xero sent the user back with an error that has no words of its own here."""
    told = f"{code!r} ({said})" if said else repr(code)
    return ConsentError("Xero refused the consent", f"It says {told}. Nothing was stored.")


def scope_refused(scopes: Sequence[str]) -> ConsentError:
    """Xero refuses a scope; it does not say which, so the likely ones are named."""
    found = suspects(scopes)
    if not found:
        return ConsentError(
            "Xero refuses a scope",
            "It does not say which one: compare what is asked for with what the app may have. "
            f"Asked for: {' '.join(scopes)}.",
            command='xero login --scopes "…"',
        )
    reasons = "; ".join(f"{scope} {reason}" for scope, reason in found.items())
    kept = " ".join(scope for scope in scopes if scope not in found)
    return ConsentError(
        "Xero refuses a scope",
        f"Drop {' and '.join(found)}: {reasons}.",
        command=f"xero login --scopes {shlex.quote(kept)}",
    )


def no_code() -> ConsentError:
    """The callback carries neither a code nor an error."""
    return ConsentError(
        "Xero sent no code",
        "The address has neither a code nor an error: it may have been cut short.",
    )


def code_not_taken(redirect_uri: str) -> ConsentError:
    """``invalid_grant`` for a code."""
    return ConsentError(
        "Xero does not take the code",
        "A code works once and for five minutes: this one was used before or is too old, or the "
        f"redirect URI {redirect_uri} is not the app's. Grant access again.",
    )


def app_not_known() -> ConsentError:
    """``invalid_client``."""
    return ConsentError(
        "Xero does not know the app by this client id and secret",
        "Compare both with the app's page at developer.xero.com; an app of the type Mobile or "
        "desktop (PKCE) has no secret, a Web app needs one.",
    )


def no_answer(why: str) -> ConsentError:
    """The token endpoint is not there."""
    return ConsentError("Xero does not answer", f"{why}. Nothing was stored.")


def no_refresh_token() -> ConsentError:
    """The grant would end after 30 minutes."""
    return ConsentError(
        "Xero gave no refresh token",
        "Without the scope offline_access a login ends after 30 minutes, and it was not granted.",
    )


def not_listed(why: str) -> ConsentError:
    """The token works, but ``/connections`` does not answer."""
    return ConsentError("The organisations cannot be listed", f"{why}. Nothing was stored.")


def nothing_connected() -> ConsentError:
    """The consent named no organisation."""
    return ConsentError(
        "No organisation is connected",
        "The consent named none that has an Accounting API: grant access again and choose one on "
        "Xero's page.",
    )


def none_chosen(command: str = LOGIN, *, waited: float | None = None) -> ConsentError:
    """The user chose no organisation, or not in time."""
    within = f"Nobody chose one within {_spoken(waited)}. " if waited else ""
    return ConsentError(
        "No organisation was chosen", f"{within}Nothing was stored. {AGAIN}", command=command
    )


def too_late(waited: float, redirect_uri: str) -> ConsentError:
    """The time is over and no answer came."""
    return ConsentError(
        "Nobody granted access in time",
        f"No answer came within {_spoken(waited)}. If Xero showed an error instead of its consent "
        f"page, the app's page must have the redirect URI {redirect_uri} and the client id that "
        "was entered here.",
    )


def port_taken(port: int, why: str, other: str) -> ConsentError:
    """The local page cannot listen."""
    return ConsentError(
        f"Port {port} cannot be used",
        f"{why}: another program may listen there. End it, or give the app the redirect URI "
        f"{other} as well and use that.",
        command=f"xero login --redirect-uri {other}",
    )


def not_here(redirect_uri: str) -> ConsentError:
    """The redirect URI leads to another machine."""
    return ConsentError(
        "No page can be shown at the redirect URI",
        f"{redirect_uri} is not on this machine: paste the callback's address instead.",
        command="xero login --no-browser",
    )


def _spoken(seconds: float) -> str:
    if seconds < MINUTE:
        return f"{seconds:.0f} seconds"
    return f"{seconds / MINUTE:.0f} minutes"
