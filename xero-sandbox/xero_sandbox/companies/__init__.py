"""The companies that the sandbox opens with, and what they are made of."""
