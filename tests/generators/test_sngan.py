"""The SNGAN's two networks and a step of their training."""

import numpy as np
import pytest
import torch

from ganatlas.generators.sngan import Discriminator, DiscriminatorSettings, Generator, GeneratorSettings
from ganatlas.generators.training import GanExamples, GanRecipe, Stage, Trainer, shifted

SMALL = GeneratorSettings(classes=3, channels=(16, 16, 16, 8, 8), sizes=(32, 64), latent=32, embedding=8)
JUDGE = DiscriminatorSettings(classes=3, channels=(8, 8, 16, 16), sizes=(32, 64), maps=4)
RECIPE = GanRecipe(stages=(Stage(32, 30), Stage(64, 6, blend=4)), train_count=48, batch=8, shift=2)


def examples() -> GanExamples:
    random = np.random.default_rng(0)
    shares = random.integers(1, 9, (48, 16, 16, 4), np.uint8)
    return GanExamples(random.integers(0, 256, (48, 64, 64, 3), np.uint8), np.arange(48, dtype=np.int64) % 3, shares)


def trained(steps: int) -> Trainer:
    trainer = Trainer(SMALL, JUDGE, RECIPE, seed=1, device=torch.device("cpu"))
    trainer.train()
    for step in range(steps):
        trainer.train_step(examples(), step)
    return trainer


@pytest.fixture(scope="module")
def after_all_stages() -> Trainer:
    return trained(RECIPE.steps)


def test_images_have_the_size_of_their_stage_and_lie_within_one():
    generator = Generator(SMALL)
    z, classes = torch.randn(4, 32), torch.tensor([0, 1, 2, 0])
    for size in (32, 64):
        images = generator(z, classes, size)
        assert images.shape == (4, 3, size, size)
        assert images.abs().max() <= 1
    images, maps = generator.eval().maps(z, classes)
    assert [tuple(one.shape[1:]) for one in maps] == [(16, 8, 8), (16, 16, 16), (8, 32, 32), (8, 64, 64)]
    torch.testing.assert_close(images, generator(z, classes))


def test_a_size_that_has_not_grown_in_is_the_one_before_enlarged():
    generator = Generator(SMALL).eval()
    z, classes = torch.randn(2, 32), torch.tensor([0, 1])
    coarse, fine = generator(z, classes, 32), generator(z, classes, 64, blend=0.0)
    torch.testing.assert_close(fine, torch.nn.functional.interpolate(coarse, scale_factor=2))


def test_every_part_of_the_latent_and_the_class_change_the_image():
    generator = Generator(SMALL).eval()
    z, first = torch.randn(1, 32), torch.tensor([0])
    base = generator(z, first)
    start = 0
    for part in SMALL.parts:
        other = z.clone()
        other[:, start : start + part] += 1
        assert not torch.equal(generator(other, first), base)
        start += part
    assert start == SMALL.latent
    assert not torch.equal(generator(z, torch.tensor([1])), base)


def test_the_largest_singular_value_of_every_normalised_weight_stays_near_one(after_all_stages):
    after_all_stages.discriminator.eval()
    weights = list(after_all_stages.discriminator.normalised_weights())
    assert len(weights) == 2 + 3 * 3 + 2 * 2
    for weight in weights:
        assert 0.95 <= float(torch.linalg.matrix_norm(weight.detach(), 2)) <= 1.05


def test_the_discriminator_judges_by_the_class():
    judge = Discriminator(JUDGE).eval()
    images = torch.randn(2, 3, 64, 64)
    one, other = judge(images, torch.tensor([0, 0])), judge(images, torch.tensor([1, 1]))
    assert one.logits.shape == (2,)
    assert not torch.equal(one.logits, other.logits)
    torch.testing.assert_close(one.classes, other.classes)
    assert judge.semantic_logits(one.middle).shape == (2, 4, 8, 8)


def test_training_twice_gives_the_same_weights_and_another_seed_others():
    one, other = (trained(3).average.state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_the_average_follows_the_generator(after_all_stages):
    average, generator = after_all_stages.average, after_all_stages.generator
    start = Trainer(SMALL, JUDGE, RECIPE, seed=1, device=torch.device("cpu")).generator
    names = [name for name, _ in generator.named_parameters()]
    state = [dict(network.named_parameters()) for network in (start, average, generator)]
    moved, behind = (
        sum(float((state[2][name] - state[which][name]).detach().square().sum()) for name in names) for which in (0, 1)
    )
    assert 0 < behind < moved


def test_stages_follow_each_other_and_grow_in():
    assert [RECIPE.at(step) for step in (0, 29, 30, 31, 33, 35)] == [
        (32, 1.0),
        (32, 1.0),
        (64, 0.25),
        (64, 0.5),
        (64, 1.0),
        (64, 1.0),
    ]


def test_a_shift_moves_pixels_and_can_be_learnt_through():
    images = torch.zeros(16, 1, 8, 8)
    images[:, :, 4, 4] = 1
    images.requires_grad_()
    moved = shifted(images, 2, torch.Generator().manual_seed(0))
    assert moved.sum() == 16
    places = moved.detach().flatten(1).argmax(1)
    assert len(places.unique()) > 5
    moved.square().sum().backward()
    assert images.grad is not None
    assert images.grad.sum() == 32
