"""The setting ``retry_rejects``: rejects are kept, and tried first in the next run."""
