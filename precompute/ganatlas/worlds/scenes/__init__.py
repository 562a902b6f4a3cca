"""The ``scenes`` world: drawn landscapes with exact labels, their planted flaws, and the settings of their classifier."""
