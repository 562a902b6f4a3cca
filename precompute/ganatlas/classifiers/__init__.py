"""The network that looks: torchvision's, the user's own, the small built-in ones."""
