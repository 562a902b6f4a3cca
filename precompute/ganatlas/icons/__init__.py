"""Step 6: icons by feature inversion, exemplars, and the Deep Zoom pyramids of both."""
