"""What an icon is made with: one frozen record, which is also what the manifest says of it.

Data flow: configuration -> `IconSettings` -> `invert_cells`. Defaults are the method's (Carter et al. 2019, "Activation Atlas",
Distill, and "Visualizing & Evaluating Image Synthesis GANs"); the presets of the configuration take fewer steps.
"""

from dataclasses import dataclass
from typing import Literal

from ganatlas.errors import InputError

from .optimise import NEVER, Stopping
from .transforms import FIRST_JITTER

Precision = Literal["auto", "bfloat16", "float32"]
Look = Literal["field", "whole"]

EARLIEST_INCEPTION_LAYERS = ("inception3a", "inception3b")
"""Their covariance is dominated by a few directions; the study leaves whitening off there."""


@dataclass(frozen=True)
class IconSettings:
    """How icons are inverted.

    steps: of Adam, for an icon that starts from noise. child_steps: for one that starts from its parent's icon. power: of the
    cosine in the score. whitening: whether the cell vector goes through the layer's ridge-whitening; never in
    `whitening_off_layers`. ridge: of the whitening, in mean eigenvalues. decorrelate: whether colours are those of the data
    set's covariance. transforms: whether each step looks at a jittered, scaled and rotated copy. jitter: of it, px of a 224
    px input. lr: of Adam. batch: icons optimised at once, by all threads together; None: as many as memory holds. tries: icons
    made of each cell that starts from noise, of which the most faithful stays. canvas: px of the square optimised, or None
    for the classifier's input. precision: of the forward and backward passes; 'auto' is bfloat16 where the processor
    computes in it. look: what the network looks at in each step: 'field', the square that holds the receptive field of the
    centre position, where that is smaller than the image; or 'whole', as the method does. stopping: when an icon is done
    before its last step. centred: whether the score is the cosine with the layer's mean taken off both vectors, which is the
    faithfulness itself, in place of the method's. smoothness: weight of the total variation, the mean difference of
    neighbouring pixels, which the method does not have.
    """

    steps: int = 1024
    child_steps: int = 512
    power: float = 4.0
    whitening: bool = True
    whitening_off_layers: tuple[str, ...] = EARLIEST_INCEPTION_LAYERS
    ridge: float = 1e-2
    decorrelate: bool = True
    transforms: bool = True
    jitter: float = FIRST_JITTER
    lr: float = 0.05
    batch: int | None = None
    canvas: int | None = None
    tries: int = 1
    precision: Precision = "auto"
    look: Look = "whole"
    stopping: Stopping = NEVER
    centred: bool = False
    smoothness: float = 0.0

    def __post_init__(self) -> None:
        for name in ("steps", "child_steps", "tries", "batch", "lr", "power", "ridge"):
            if getattr(self, name) is not None and not getattr(self, name) > 0:
                raise InputError(f"icons: {name} is {getattr(self, name)}; it must be above 0", field=name)
        for name in ("smoothness", "jitter"):
            if getattr(self, name) < 0:
                raise InputError(f"icons: {name} is {getattr(self, name)}; it must be 0 or more", field=name)

    def whitens(self, layer: str) -> bool:
        """Whether this layer's cell vectors are whitened."""
        return self.whitening and layer not in self.whitening_off_layers
