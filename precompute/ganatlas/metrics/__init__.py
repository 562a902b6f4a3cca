"""Image-set metrics: how far two sets of features are apart, each figure with what it would be by chance."""
