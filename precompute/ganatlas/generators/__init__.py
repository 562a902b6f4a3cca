"""Generators as sources of images: opening them, sampling them, and those of the embedded worlds. Start at :mod:`registry`."""
