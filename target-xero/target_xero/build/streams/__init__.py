"""The settings of one stream, their checks, and the place of the stream in the load order."""
