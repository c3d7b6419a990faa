"""What a request carries: a body of JSON, a file, or a form with a file."""
