"""A target with singer-sdk's BatchSink, unchanged. It builds request bodies and sends none.

Everything that singer-sdk decides is left as it is: its reading of lines, its validation, its
batches.
"""

from __future__ import annotations

import json
from typing import Any

from singer_sdk import BatchSink, Target
from singer_sdk import typing as th


class Bodies(BatchSink):
    max_size = 50

    def process_batch(self, context: dict[str, Any]) -> None:
        json.dumps({self.stream_name: context["records"]}, default=str)


class StockTarget(Target):
    name = "stock-target"
    config_jsonschema = th.PropertiesList().to_dict()
    default_sink_class = Bodies


if __name__ == "__main__":
    StockTarget.cli()
