"""The page, the metrics, the webhooks and the consent links of a fleet, over HTTP."""
