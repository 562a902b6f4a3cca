"""How good a world's generator is, by the world's own classifier: does it draw what was asked, and how far is it from real?

Data flow: samples and held-out images → the classifier's last layer, averaged over its positions → :class:`Quality`.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ganatlas.generators.base import ImageGenerator
from ganatlas.generators.sampling import Samples, Sampling
from ganatlas.generators.sngan import Generator, GeneratorSettings
from ganatlas.metrics.frechet import frechet_distance
from ganatlas.worlds.augment import normalise
from ganatlas.worlds.base import World
from ganatlas.worlds.inception import LAYERS, SmallInception

FEATURES = LAYERS[-1]
_BATCH = 250


@dataclass(frozen=True)
class Milestone:
    """The averaged generator on the way: the step, its images' side in pixels, seconds so far, and the Fréchet distance."""

    step: int
    size: int
    seconds: float
    frechet: float


@dataclass(frozen=True)
class Quality:
    """What a generator reaches.

    Attributes:
        samples: generated images looked at; as many held-out real ones.
        agreement: share of samples in which the classifier sees the class that was asked for.
        agreement_of_class: the same for each class.
        seen, seen_in_real: share of each class in the classifier's eyes, of the samples and of the real images.
        frechet: Fréchet distance to real (the classifier's last layer).
        frechet_floor: what two samples of the real images would show at this size.
        frechet_truncated: of the samples with the latent truncated at 0.5.
        frechet_untrained, frechet_mean, frechet_noise: of the generator before training, of the mean real image, of noise.
    """

    samples: int
    agreement: float
    agreement_of_class: dict[str, float]
    seen: dict[str, float]
    seen_in_real: dict[str, float]
    frechet: float
    frechet_floor: float
    frechet_truncated: float
    frechet_untrained: float
    frechet_mean: float
    frechet_noise: float


class Judge:
    """Compares samples with ``count`` held-out images of a world."""

    def __init__(self, world: World, seed: int, device: torch.device, count: int | None = None) -> None:
        self._world, self._seed, self._device = world, seed, device
        self._count = count or world.recipe.held_out_count
        self._classifier = world.classifier().module.to(device)
        drawn = world.examples("held-out", self._count, seed)
        self._real = np.stack([drawn[index].image for index in range(self._count)])
        self._features, self._seen = self._look(self._real)

    def look(self, average: Generator, settings: GeneratorSettings, step: int, size: int, seconds: float) -> Milestone:
        """1,000 samples of a generator in training."""
        average.eval()
        random = torch.Generator().manual_seed(self._seed)
        n = min(1000, self._count)
        images = []
        with torch.inference_mode():
            for start in range(0, n, _BATCH):
                count = min(_BATCH, n - start)
                z = torch.randn(count, settings.latent, generator=random).to(self._device)
                classes = torch.randint(settings.classes, (count,), generator=random).to(self._device)
                made = average(z, classes, size).float()
                made = (
                    F.interpolate(made, size=self._world.image_size, mode="bilinear") if size < self._world.image_size else made
                )
                images.append(((made + 1) * 127.5).round().clamp(0, 255).byte().permute(0, 2, 3, 1).cpu().numpy())
        features, _ = self._look(np.concatenate(images))
        return Milestone(step, size, round(seconds, 1), round(frechet_distance(self._features[:n], features).value, 4))

    def examine(self, generator: ImageGenerator, settings: GeneratorSettings) -> Quality:
        """As many samples as there are real images, of the published weights."""
        names, n = self._world.label_names, self._count
        samples = Samples(generator, Sampling(n, seed=self._seed), self._device)
        asked = np.array([samples.class_of(index) for index in range(n)])
        features, seen = self._look(_pixels(samples))
        distance = frechet_distance(self._features, features)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self._seed)
            untrained = Generator(settings).eval()
        blank = ImageGenerator("untrained", untrained, (settings.latent,), names, -1.0, 1.0, "")
        random = np.random.default_rng(self._seed)
        mean = np.broadcast_to(self._real.mean(0).round().astype(np.uint8), self._real.shape)
        noise = random.integers(0, 256, self._real.shape, np.uint8)
        short = Samples(generator, Sampling(n, seed=self._seed, truncation=0.5), self._device)

        def far(images: NDArray[np.uint8]) -> float:
            return round(frechet_distance(self._features, self._look(images)[0]).value, 4)

        return Quality(
            samples=n,
            agreement=round(float((seen == asked).mean()), 4),
            agreement_of_class={name: round(float((seen[asked == i] == i).mean()), 4) for i, name in enumerate(names)},
            seen=_shares(seen, names),
            seen_in_real=_shares(self._seen, names),
            frechet=round(distance.value, 4),
            frechet_floor=round(distance.floor, 4),
            frechet_truncated=far(_pixels(short)),
            frechet_untrained=far(_pixels(Samples(blank, Sampling(n, seed=self._seed), self._device))),
            frechet_mean=far(np.ascontiguousarray(mean)),
            frechet_noise=far(noise),
        )

    @torch.inference_mode()
    def _look(self, images: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Mean features (n, channels), and the class seen in each image (n,)."""
        network = self._classifier
        assert isinstance(network, SmallInception)
        features: list[Tensor] = []
        seen: list[Tensor] = []
        for start in range(0, len(images), _BATCH):
            batch = torch.from_numpy(images[start : start + _BATCH]).to(self._device)
            x = normalise(batch, network.settings.mean, network.settings.std)
            last = network.features(x)[FEATURES]
            features.append(last.mean((2, 3)).cpu())
            seen.append(network.answers(last)[network.settings.heads[0].name].argmax(1).cpu())
        return torch.cat(features).double().numpy(), torch.cat(seen).numpy()


def _pixels(samples: Samples) -> NDArray[np.uint8]:
    return np.stack([samples[index][0] for index in range(len(samples))])


def _shares(seen: NDArray[np.int64], names: tuple[str, ...]) -> dict[str, float]:
    return {name: round(float((seen == index).mean()), 4) for index, name in enumerate(names)}
