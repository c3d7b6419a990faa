"""Where what was not published can be corrected, and how it is published then."""

from __future__ import annotations

from pathlib import Path

from target_xero.report.reject_names import feed_back_command
from target_xero.report.results import Results


class Correction:
    """The rejects file, and the command that reads it."""

    def __init__(self, results: Results) -> None:
        """Begins with the run.

        Args:
            results: The results and rejects files of the run.
        """
        self._results = results

    @property
    def file(self) -> Path:
        """The file with what was not published, after the end of the run."""
        return self._results.rejects_path

    @property
    def command(self) -> str:
        """The command that publishes ``file``."""
        return feed_back_command(self.file)
