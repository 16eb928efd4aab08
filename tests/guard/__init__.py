"""Whether what the guard says of a runtime is what that runtime's own pip would do: `python -m tests.guard`."""
