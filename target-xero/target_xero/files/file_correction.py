"""Where the rows of a file that were not published can be corrected: in a CSV file as well."""

from __future__ import annotations

import logging
import shlex
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from target_xero.files.reject_file import reject_file_path, write_reject_file
from target_xero.report.results import Results
from target_xero.run.correction import Correction

logger = logging.getLogger("target-xero")


class FileCorrection(Correction):
    """A CSV file of what was not published, and the command that imports it."""

    def __init__(
        self,
        results: Results,
        stream: str,
        delimiter: str,
        import_command: Callable[[Path], list[str]],
        *,
        decimal_comma: bool = False,
    ) -> None:
        """Notes where this run's rejects will begin.

        Args:
            results: The results and rejects files of the run.
            stream: The stream of the rows.
            delimiter: The delimiter of the file.
            import_command: Makes the command that imports another file in the same way.
            decimal_comma: Whether numbers are read with a decimal comma.
        """
        super().__init__(results)
        self._stream = stream
        self._delimiter = delimiter
        self._import_command = import_command
        self._decimal_comma = decimal_comma
        rejects = results.rejects_path
        self._offset = rejects.stat().st_size if rejects.exists() else 0

    @cached_property
    def file(self) -> Path:
        """The CSV file of what was not published; the Singer file if it cannot be made."""
        rejects = self._results.rejects_path
        path = reject_file_path(rejects, self._results.run_id)
        try:
            written = write_reject_file(
                rejects,
                self._offset,
                self._stream,
                path,
                self._delimiter,
                decimal_comma=self._decimal_comma,
            )
        except OSError as error:
            logger.warning("%s cannot be written: %s", path, error)
            written = False
        return path if written else rejects

    @property
    def command(self) -> str:
        """The command that imports the file of rejects."""
        if self.file == self._results.rejects_path:
            return super().command
        return shlex.join(self._import_command(self.file))
