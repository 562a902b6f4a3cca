"""What `ganatlas export` turns an atlas into: the poster of a layer. Needs the bundle and Pillow, no torch."""
