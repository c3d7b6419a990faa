"""The requests of a stream: its parameters, and the list request planned from them."""
