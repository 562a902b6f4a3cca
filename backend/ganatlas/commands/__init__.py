"""Commands of `ganatlas` that need no torch. What they import beyond typer, they import when they run."""
