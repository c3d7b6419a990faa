"""What the command lines of several programs share: configuration, `.env`, the end of a run."""
