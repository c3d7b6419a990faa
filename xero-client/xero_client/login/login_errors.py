"""The errors of a login, with the texts for the page and the terminal."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from xero_client.entities.access.scopes import OFFLINE_ACCESS, suspect_scopes
from xero_client.errors import XeroError
from xero_client.login.typed_command import TypedCommand
from xero_client.settings.login_command import LOGIN_COMMAND

CONSENT_IS_KEPT = "Xero keeps the consent: the next login takes one click."
MINUTE_SECONDS = 60


class ConsentError(XeroError):
    """The login did not succeed.

    Attributes:
        title: What happened.
        explanation: Why, and what to do.
        command: The command to run next.
    """

    def __init__(self, title: str, explanation: str, *, command: str = LOGIN_COMMAND) -> None:
        super().__init__(f"{title}: {explanation} Next: `{command}`")
        self.title = title
        self.explanation = explanation
        self.command = command

    def with_login_command(self, typed: TypedCommand) -> ConsentError:
        """The same error, whose command repeats what the user typed."""
        names_scopes = "--scopes" in self.command
        login = typed.without_scopes if names_scopes else typed.whole
        command = self.command.replace(LOGIN_COMMAND, login, 1)
        return ConsentError(self.title, self.explanation, command=command)


class WrongStateError(ConsentError):
    """A callback does not belong to this login; the login goes on."""


class AppUnknownError(ConsentError):
    """Xero does not know the app by its client id and secret: enter them again."""


def consent_page_refused(client_id: str, redirect_uri: str) -> ConsentError:
    """Xero shows an error page instead of its consent page."""
    return ConsentError(
        "Xero does not open its consent page for this app",
        f"Check on the app's page at developer.xero.com that its client id is {client_id!r} and "
        f"that its redirect URIs have exactly {redirect_uri}",
    )


def wrong_state() -> WrongStateError:
    """The callback has another ``state``."""
    return WrongStateError(
        "The response does not belong to this login",
        "Its state is not the one that was sent (an old tab, or a link of somebody else), so it "
        "was not used. Nothing was stored.",
    )


def no_consent_pending() -> WrongStateError:
    """A callback or a choice came, but no consent is pending."""
    return WrongStateError(
        "No consent is pending",
        "The response came before access was requested, or for a second time, so it was not used.",
    )


def cancelled() -> ConsentError:
    """The user cancelled the consent."""
    return ConsentError(
        "Access was not granted",
        "The consent was cancelled on Xero's page. Nothing was stored.",
    )


def refused(code: str, description: str) -> ConsentError:
    """The callback has another OAuth error."""
    error = f"{code!r} ({description})" if description else repr(code)
    return ConsentError("Xero refused the consent", f"The error is {error}. Nothing was stored.")


def scope_refused(scopes: Sequence[str], granted: Sequence[str]) -> ConsentError:
    """Xero refuses a scope. It does not say which one, so the error names the likely ones.

    Args:
        scopes: The scopes that were requested.
        granted: Those that were granted before, which are only left out with ``--replace``.
    """
    likely = suspect_scopes(scopes)
    if not likely:
        again = set(granted).intersection(scopes) - {OFFLINE_ACCESS}
        earlier = f" Granted before: {' '.join(sorted(again))}." if again else ""
        return ConsentError(
            "Xero refuses a scope",
            "It does not say which one: compare the requested scopes with those of the app. "
            f"Requested: {' '.join(scopes)}.{earlier}",
            command=f'xero login{" --replace" if again else ""} --scopes "…"',
        )
    reasons = "; ".join(f"{scope} {reason}" for scope, reason in likely.items())
    kept = " ".join(scope for scope in scopes if scope not in likely)
    replace = " --replace" if set(granted) & set(likely) else ""
    return ConsentError(
        "Xero refuses a scope",
        f"Drop {' and '.join(likely)}: {reasons}.",
        command=f"xero login{replace} --scopes {shlex.quote(kept)}",
    )


def no_code() -> ConsentError:
    """The callback has neither a code nor an error."""
    return ConsentError(
        "Xero sent no code",
        "The address has neither a code nor an error: it may be cut off.",
    )


def code_refused(redirect_uri: str) -> ConsentError:
    """``invalid_grant`` for a code."""
    return ConsentError(
        "Xero does not accept the code",
        "A code works once, and for five minutes: this one was used before or is too old, or the "
        f"redirect URI {redirect_uri} is not the app's. Grant access again.",
    )


def app_unknown() -> AppUnknownError:
    """``invalid_client``."""
    return AppUnknownError(
        "Xero does not know the app by this client id and secret",
        "Compare both with the app's page at developer.xero.com; an app of the type Mobile or "
        "desktop (PKCE) has no secret, a Web app needs one.",
    )


def no_response(reason: str) -> ConsentError:
    """The token endpoint did not respond."""
    return ConsentError("Xero does not respond", f"{reason}. Nothing was stored.")


def no_refresh_token() -> ConsentError:
    """Xero gave no refresh token, so the grant would end after 30 minutes."""
    return ConsentError(
        "Xero gave no refresh token",
        "Without the scope offline_access a login ends after 30 minutes, and it was not granted.",
    )


def organisations_not_listed(reason: str) -> ConsentError:
    """The token works, but ``/connections`` failed."""
    return ConsentError("The organisations cannot be listed", f"{reason}. Nothing was stored.")


def nothing_connected() -> ConsentError:
    """The consent connected no organisation."""
    return ConsentError(
        "No organisation is connected",
        "The consent connected none with an Accounting API: grant access again and choose one on "
        "Xero's page.",
    )


def none_chosen(*, waited: float | None = None) -> ConsentError:
    """The user chose no organisation, or not in time."""
    timeout_note = f"Nobody chose one within {_format_duration(waited)}. " if waited else ""
    return ConsentError(
        "No organisation was chosen",
        f"{timeout_note}Nothing was stored. {CONSENT_IS_KEPT}",
    )


def not_confirmed() -> ConsentError:
    """The terminal did not confirm the organisations."""
    return ConsentError(
        "The organisations were not confirmed",
        "Nothing was stored. If you did not choose them, another user of this machine may have "
        "taken part in the login.",
    )


def opened_twice() -> ConsentError:
    """Two browsers opened the address of the login."""
    return ConsentError(
        "Two browsers opened the login",
        "Its address works for one browser only, so that no other user of this machine can take "
        "part. Nothing was stored.",
    )


def timed_out(waited: float, redirect_uri: str) -> ConsentError:
    """The time is over, and the callback did not come."""
    return ConsentError(
        "Nobody granted access in time",
        f"No response came within {_format_duration(waited)}. If Xero showed an error instead of "
        f"its consent page, the app's page must have the redirect URI {redirect_uri} and the "
        "client id that was entered here.",
    )


def port_unavailable(port: int, reason: str, other: str) -> ConsentError:
    """The local page cannot listen on the port."""
    return ConsentError(
        f"Port {port} cannot be used",
        f"{reason}: another program may use it. Stop that program, or add the redirect URI "
        f"{other} to the app and use it.",
        command=f"xero login --redirect-uri {other}",
    )


def redirect_uri_not_local(redirect_uri: str) -> ConsentError:
    """The redirect URI is on another machine."""
    return ConsentError(
        "No page can be shown at the redirect URI",
        f"{redirect_uri} is not on this machine: paste the callback's address instead.",
        command="xero login --no-browser",
    )


def _format_duration(seconds: float) -> str:
    if seconds < MINUTE_SECONDS:
        return f"{seconds:.0f} seconds"
    return f"{seconds / MINUTE_SECONDS:.0f} minutes"
