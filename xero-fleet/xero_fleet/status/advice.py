"""Why an organisation is late or fails, and what a person does about it."""

from __future__ import annotations

from collections.abc import Mapping

# By class of the error: what it means, and what to do. {grant} and {link} are filled in.
REASONS: Mapping[str, tuple[str, str]] = {
    "revoked": ("Xero does not accept its connection any more", "{consent}"),
    "app": (
        "Xero refuses the app",
        "check 'client_id', 'client_secret' and the scopes in the tap's configuration",
    ),
    "day_limit": (
        "the calls of its day are used up",
        "nothing: it goes on when Xero accepts calls again; see what else uses this app",
    ),
    "offline": (
        "Xero did not answer, or the organisation is offline",
        "nothing: it is tried again; see status.xero.com if it is many",
    ),
    "failed": ("a stream failed", "read the log of its last batch, {batch}"),
    "loader": ("the loader failed", "read the log of its last batch, {batch}"),
    "after": (
        "the command 'after' failed, so deletes may be missing",
        "read the log of its last batch, {batch}",
    ),
    "scope": (
        "a stream needs a scope that was not granted: {streams}",
        "{consent}, or deselect the streams in the catalog",
    ),
    "access": (
        "the user or the plan may not read: {streams}",
        "change the user's role in Xero, or deselect the streams in the catalog",
    ),
    "unfinished": (
        "its last batch ended before it was read whole",
        "nothing: the next one goes on",
    ),
}
SETTING_WINS = (
    "; if Xero has ended the login of 'refresh_token' in the tap's configuration, remove that "
    "setting, so that the new login is used"
)
NO_WORKER = (
    "no worker takes the batches",
    "start workers, or look at the engine's queue: batches wait since {since}",
)
NO_PLAN = ("nothing is planned", "check that the engine runs `xero fleet plan`")
IN_BATCH = ("a batch has it now", "nothing: it is read soon")
NEXT_PLAN = ("the next plan takes it", "nothing: it is read soon")
# By the planner's reason for leaving out what is due.
HELD: Mapping[str, tuple[str, str]] = {
    "workers": (
        "as many batches as the setting 'workers' allows are in flight",
        "more workers, or a tier with more time, if this stays",
    ),
    "app minute": (
        "the calls of the app's minute are planned for others",
        "a tier with more time for some organisations, if this stays",
    ),
    "backfill share": (
        "first reads take at most a part of the app's minute, and others came before",
        "nothing: its turn comes",
    ),
    "organisation day": (
        "reading has used its part of the calls of its day",
        "nothing: it goes on when that day is over; with a tier of more time it needs fewer calls",
    ),
}


def reason(kind: str, streams: str, batch: str, consent: str) -> tuple[str, str]:
    """The meaning of an error class, and what to do.

    Args:
        kind: The class of the error.
        streams: The streams that failed.
        batch: The last batch.
        consent: What renews the consent.
    """
    values = {"streams": streams or "unknown", "batch": batch or "unknown", "consent": consent}
    why, action = REASONS.get(kind, REASONS["failed"])
    return why.format(**values), action.format(**values)
