"""How different two datasets are on a layer's map: statistics, their permutation null, and tests of single cells.

Data flow: `grid` (counts per cell) → `compare.compare_layer` → divergence.json and the cells' tables.
"""
