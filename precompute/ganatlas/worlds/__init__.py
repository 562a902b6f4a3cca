"""The embedded worlds: images, classifiers and (later) generators that come with the program. Start at :mod:`registry`."""
