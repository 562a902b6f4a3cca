"""Step 1: images from folders, archives, arrays and generators."""
