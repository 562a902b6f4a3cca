"""The Arrow tables of a bundle: their columns and types.

Arrow IPC *files* (not streams), uncompressed, so that they can be memory-mapped. `D` is the number of datasets and `P` the
number of pairs, in the manifest's order. Grid coordinates are (column, row) from the top left; *outside* is column = row = -1
and the last row of its table. Image positions are (row, column) of the feature map.
"""

from functools import cache

import pyarrow as pa

OUTSIDE = -1
FINEST = 320
BASE = 10
REDUCED = 32
GRID_SIZES = (10, 20, 40, 80, 160, 320)

# datasets/<dataset>/images-*.arrow: one row an image. label: index into manifest.labels, -1 for none. webp: encoded bytes.
IMAGES = pa.schema(
    [
        ("name", pa.string()),
        ("label", pa.int32()),
        ("width", pa.int32()),  # of the original, px
        ("height", pa.int32()),
        ("webp", pa.large_binary()),
    ]
)

# layers/<layer>/points-*.arrow: one row a sample, in Morton order inside each of the 100 base cells, base cells row by row,
# outside last. x, y in [0, 1)^2 on the map (outside: beyond it). top: index into classifier.classes, -1 for none.
POINTS = pa.schema(
    [
        ("x", pa.float32()),
        ("y", pa.float32()),
        ("dataset", pa.uint8()),
        ("image", pa.uint32()),
        ("position", pa.uint16()),  # which draw of the image's positions
        ("row", pa.uint16()),  # of the feature map
        ("column", pa.uint16()),
        ("top", pa.int32()),
        ("reduced", pa.list_(pa.float16(), REDUCED)),  # PCA of the activation (zero-padded below 32 channels)
    ]
)

# layers/<layer>/rows-*.arrow: (dataset, image, position) -> row of points, sorted by the three.
ROWS = pa.schema([("dataset", pa.uint8()), ("image", pa.uint32()), ("position", pa.uint16()), ("row", pa.uint32())])

# layers/<layer>/grids/<size>/icons/<kind>/<of>-*.arrow: one row an icon.
ICONS = pa.schema([("column", pa.int16()), ("row", pa.int16()), ("faithfulness", pa.float32())])

# layers/<layer>/grids/<size>/attribution-*.arrow: sparse, cells x classes, sorted by cell then falling effect. effect is the
# mean linear effect on the logit over the cell's evaluated members; a (cell, class) pair that is not here was not evaluated.
ATTRIBUTION = pa.schema(
    [("column", pa.int16()), ("row", pa.int16()), ("label", pa.int32()), ("effect", pa.float32()), ("members", pa.uint16())]
)


# datasets/<dataset>/scores-*.arrow: one row an image, beside the reference's images (its own: beside its other ones), on the
# final features and by pixels. NaN and -1: not looked at. ratio: distance to the nearest over that one's to its own nearest.
SCORES = pa.schema(
    [
        ("realism", pa.float32()),
        ("density", pa.float32()),
        ("nearest", pa.int32()),  # image of the reference
        ("distance", pa.float32()),
        ("ratio", pa.float32()),
        ("pixel_nearest", pa.int32()),
        ("pixel_distance", pa.float32()),
        ("pixel_ratio", pa.float32()),
    ]
)


@cache
def neighbours_schema(datasets: int) -> pa.Schema:
    """Columns of layers/<layer>/neighbours-*.arrow: one row a point, in the order of points; on the layer's own features.

    distance: to the nearest image of the reference (its own: to the nearest other); NaN where the point was not looked at, as
    all but an image's first position are. density: balls of the reference that it lies in, over k. inside: in any of them;
    authentic: farther from the nearest than that one is from its own nearest; 1, 0, or -1 where not looked at. covered,
    recalled: of points of the reference, for each dataset, whether its ball holds one of that dataset's, and whether it lies in
    one of theirs; 1, 0, or -1 for other points.
    """
    return pa.schema(
        [
            ("distance", pa.float32()),
            ("density", pa.float32()),
            ("inside", pa.int8()),
            ("authentic", pa.int8()),
            ("covered", pa.list_(pa.int8(), datasets)),
            ("recalled", pa.list_(pa.int8(), datasets)),
        ]
    )


@cache
def cells_schema(datasets: int, pairs: int) -> pa.Schema:
    """Columns of layers/<layer>/grids/<size>/cells-*.arrow: one row an occupied cell, by row, then column; outside last.

    start, stop: slice of points. count: points per dataset. exemplar: row of points of each dataset's exemplar (-1: none).
    top: the class most frequent among members (-1: none). spread: mean cosine distance of the members to the cell vector.
    contribution: each pair's contribution to JS in bits, with the sign of p - q (+: more of the pair's first dataset).
    effect: log2 ratio (+: more of the first). p: two-sided mid-p, NaN where not tested. q: Benjamini-Hochberg adjusted, NaN
    where not tested.
    """
    return pa.schema(
        [
            ("column", pa.int16()),
            ("row", pa.int16()),
            ("start", pa.uint32()),
            ("stop", pa.uint32()),
            ("count", pa.list_(pa.uint32(), datasets)),
            ("exemplar", pa.list_(pa.int64(), datasets)),
            ("top", pa.int32()),
            ("spread", pa.float32()),
            ("contribution", pa.list_(pa.float32(), pairs)),
            ("effect", pa.list_(pa.float32(), pairs)),
            ("p", pa.list_(pa.float32(), pairs)),
            ("q", pa.list_(pa.float32(), pairs)),
        ]
    )
