"""divergence.json: the divergence of every pair of datasets in every layer and grid (METHODS section 4), as data.

Written by `ganatlas.pipeline.publish`, read by the server and by the picture of the heat maps.
"""

from pydantic import Field

from .manifest import Model


class DivergenceEntry(Model):
    """One pair of datasets on one grid of one layer. JS in bits, KL in nats; corrected = minus the permutation mean."""

    layer: str
    size: int
    first: str
    second: str
    is_self: bool = Field(description="a random half of the reference against the other half: the noise floor")
    n: int = Field(description="points of the first dataset, outside included")
    m: int
    occupied: int
    points_per_cell: float
    valid: bool = Field(description="false where points_per_cell < 5: biased low, shown greyed")
    js: float = Field(description="plug-in estimate")
    js_null_mean: float
    js_null_sd: float
    js_corrected: float
    js_low: float = Field(description="95 % interval of js_corrected")
    js_high: float
    z: float
    p: float = Field(description="permutation p of js")
    permutations: int
    kl: float = Field(description="KL(first || second), pseudo-counts, corrected")
    kl_reverse: float = Field(description="KL(second || first), pseudo-counts, corrected")
    js_within: float = Field(
        description="part of js that this grid adds to the next coarser size in the atlas; js itself at the coarsest"
    )
    within_null_mean: float | None = Field(
        default=None,
        description="mean of js_within over draws given the next coarser grid's totals: what it adds by chance; null at the "
        "coarsest, and where points are not independent",
    )
    within_p: float | None = Field(default=None, description="of js_within: whether the sets differ at this scale, too")
    split_tested: int = Field(default=0, description="cells of the next coarser grid whose division was tested")
    split_significant: int = Field(default=0, description="of them, with q below the false discovery rate")
    needed: int | None = Field(
        default=None,
        description="points a set from which a mode of 5 %, filling one cell, would be seen halved four times in five; null "
        "where points are not independent",
    )
    js_seeds: tuple[float, ...] = Field(default=(), description="js_corrected of layouts from other seeds, where asked for")
    significant_seeds: tuple[int, ...] = Field(default=(), description="significant cells of these")
    agreement: float | None = Field(
        default=None,
        description="mean rank correlation, over points, of the effect of the cell that each lies in, between these layouts "
        "and this one",
    )
    significant: int = Field(description="cells with q below the false discovery rate; 0 for is_self")
    tested: int


class Divergence(Model):
    """The whole document."""

    measures: dict[str, str] = Field(description="name of each measure: one sentence on what it is, with its unit")
    entries: tuple[DivergenceEntry, ...]
