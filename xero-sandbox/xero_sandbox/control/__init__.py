"""Controls of a running sandbox, for tests in the same process and over HTTP."""
