"""The ``cifar10`` world: photographs of ten classes from the user's own copy. Start at :mod:`world`."""
