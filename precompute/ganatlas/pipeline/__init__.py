"""Steps 2-5 and the run itself: activations, layout, grid, divergence, stages, writing the bundle."""
