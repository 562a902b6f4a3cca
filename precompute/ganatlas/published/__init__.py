"""Networks that everyone measures with, each with its own resizing: whose figures may be compared with published ones."""
