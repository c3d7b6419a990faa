"""The target of one file: its rejects are a CSV file as well."""

from __future__ import annotations

import logging
import shlex
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from target_xero.files.reject_file import reject_file_path, write_reject_file
from target_xero.target import TargetXero
from xero_client.settings.config_input import ConfigInput

logger = logging.getLogger("target-xero")


class FileTarget(TargetXero):
    """Publishes the rows of a file."""

    def __init__(
        self,
        *,
        stream: str,
        delimiter: str,
        command: Callable[[Path], list[str]],
        **options: Any,  # noqa: ANN401  # singer-sdk's own options
    ) -> None:
        """Takes what is needed for the file of rejects.

        Args:
            stream: The stream of the rows.
            delimiter: The delimiter of the file of rejects.
            command: Makes the command that imports another file in the same way.
            options: The options of the target.
        """
        self._stream = stream
        self._delimiter = delimiter
        self._command = command
        super().__init__(**options)

    @classmethod
    def of(
        cls,
        config: Mapping[str, Any],
        stream: str,
        delimiter: str,
        command: Callable[[Path], list[str]],
    ) -> FileTarget:
        """Makes the target; the arguments are those of the constructor.

        Raises:
            SettingsError: The configuration is invalid.
        """
        cls.logger.addFilter(_is_not_about_messages)
        return cls._create(
            ConfigInput(dict(config)), stream=stream, delimiter=delimiter, command=command
        )

    def prepare(self) -> None:
        """Checks the settings, and notes where this run's rejects will begin.

        Raises:
            SettingsError: A setting is missing or wrong.
        """
        super().prepare()
        _ = self._rejects_offset

    @cached_property
    def _rejects_offset(self) -> int:
        path = self.results.rejects_path
        return path.stat().st_size if path.exists() else 0

    @cached_property
    def file_to_correct(self) -> Path:
        """The CSV file of what was not published; the Singer file if there is no such row."""
        rejects = self.results.rejects_path
        path = reject_file_path(rejects, self.run_id)
        try:
            written = write_reject_file(
                rejects, self._rejects_offset, self._stream, path, self._delimiter
            )
        except OSError as error:
            logger.warning("%s cannot be written: %s", path, error)
            written = False
        return path if written else rejects

    @property
    def feed_back_command(self) -> str:
        """The command that imports the file of rejects."""
        if self.file_to_correct == self.results.rejects_path:
            return super().feed_back_command
        return shlex.join(self._command(self.file_to_correct))


def _is_not_about_messages(record: logging.LogRecord) -> bool:
    """Whether a line of the log says something to somebody who has a file, not Singer messages."""
    return not record.getMessage().startswith("Reader ")
