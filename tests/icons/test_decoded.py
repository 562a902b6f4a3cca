"""Decoded icons: views that see what a position saw, a decoder that learns, and refinement that stays near."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from ganatlas.classifiers.base import Classifier
from ganatlas.errors import InputError
from ganatlas.icons.batches import IconBatch
from ganatlas.icons.decode import DecodedParents, DecodeSettings, decode_cells, push_of
from ganatlas.icons.decoder import Decoder, DecoderSettings, doubled
from ganatlas.icons.decoder_training import train_decoder
from ganatlas.icons.optimise import Stopping
from ganatlas.icons.repeats import fine, repeated
from ganatlas.icons.teacher import DecoderTraining, Pairs
from ganatlas.icons.views import View, choose_view, cut_views
from ganatlas.icons.whitening import measure_moments

LAYERS = ("features.1", "features.3")
TRAINING = DecoderTraining(steps=150, batch=16, adversarial=0.3, shift=1)


def images(count: int) -> torch.Tensor:
    """Soft random fields of colour, uint8 (count, 3, 32, 32)."""
    random = torch.Generator().manual_seed(1)
    coarse = torch.rand(count, 3, 2, 2, generator=random) * 255
    return nn.functional.interpolate(coarse, size=32, mode="bilinear").round().to(torch.uint8)


def pairs_of(classifier: Classifier, view: View) -> Pairs:
    pictures = images(200)
    random = torch.Generator().manual_seed(2)
    row, column = (torch.randint(0, 8, (200,), generator=random) for _ in range(2))
    with torch.no_grad():
        maps, _ = classifier.maps(classifier.normalise(pictures), [LAYERS[-1]])
    vectors = maps[LAYERS[-1]][torch.arange(200), :, row, column]
    views, own = cut_views(pictures, row, column, view)
    return Pairs(vectors, views, own, np.ones(200))


def test_a_view_is_seen_at_its_centre_as_the_position_saw_the_image(colours: Classifier) -> None:
    view = choose_view(32, 8, 10.0, 2.0, "features.3")
    assert view == View(20, 4, position=2)
    pictures = images(8)
    row = torch.tensor([3, 4, 5, 2, 4, 3, 5, 4])
    column = row.flip(0)
    views, own = cut_views(pictures, row, column, view)
    assert views.shape == (8, 3, 20, 20)
    assert own.all()
    with torch.no_grad():
        whole, _ = colours.maps(colours.normalise(pictures), [LAYERS[-1]])
        part, _ = colours.maps(colours.normalise(views), [LAYERS[-1]])
    expected = whole[LAYERS[-1]][torch.arange(8), :, row, column]
    torch.testing.assert_close(part[LAYERS[-1]][:, :, view.position, view.position], expected)


def test_a_view_beyond_the_border_repeats_the_edge_and_says_so() -> None:
    view = View(16, 4, position=2)
    picture = torch.arange(32 * 32).reshape(1, 1, 32, 32).expand(1, 3, 32, 32)
    views, own = cut_views(picture, torch.tensor([0]), torch.tensor([7]), view)
    assert own[0, 0].sum() == 8 * 12
    assert (views[0, 0, :8] == views[0, 0, 8]).all()
    assert (views[0, 0, :, 12:] == views[0, 0, :, 11:12]).all()


@pytest.mark.parametrize(("positions", "said"), [(1, "has a single position"), (7, "do not divide")])
def test_a_layer_without_a_map_that_divides_the_input_is_refused(positions: int, said: str) -> None:
    with pytest.raises(InputError, match=said):
        choose_view(32, positions, 10.0, 2.0, "pooled")


@pytest.mark.parametrize("side", [16, 20, 24, 40, 48, 56, 64, 112, 224])
def test_a_decoder_paints_every_side_that_a_view_may_have(side: int) -> None:
    decoder = Decoder(DecoderSettings(10, side, hidden=8, seed=4, widths=(8, 8, 8, 8, 8)))
    assert decoder(torch.randn(2, 10)).shape == (2, 3, side, side)
    assert decoder.first <= 14


def test_doubling_and_convolving_at_once_paints_what_both_paint_after_each_other() -> None:
    random = torch.Generator().manual_seed(3)
    values, weight = torch.randn(2, 5, 7, 6, generator=random), torch.randn(4, 5, 3, 3, generator=random)
    after = nn.functional.conv2d(nn.functional.interpolate(values, scale_factor=2, mode="nearest"), weight, padding=1)
    torch.testing.assert_close(nn.functional.conv_transpose2d(values, doubled(weight), stride=2, padding=1), after)


def test_what_is_fine_is_the_picture_without_the_mean_of_the_block_around_each_pixel() -> None:
    picture = torch.rand(2, 3, 20, 20, generator=torch.Generator().manual_seed(4))
    around = nn.functional.pad(picture, (4, 3, 4, 3), mode="replicate")
    torch.testing.assert_close(fine(picture), picture - nn.functional.avg_pool2d(around, 8, stride=1))


def test_a_decoder_learns_the_inverse_and_goes_on_after_a_kill(colours: Classifier, tmp_path: Path) -> None:
    view = choose_view(32, 8, 10.0, 2.0, LAYERS[-1])
    pairs = pairs_of(colours, view)
    settings = DecoderSettings(6, view.side, hidden=16, seed=16, widths=(16, 16, 8))

    def train(training: DecoderTraining, checkpoint: Path | None = None, stop: int = 10**9) -> Decoder:
        def progress(done: int, total: int) -> None:
            if done == stop:
                raise KeyboardInterrupt

        return train_decoder(colours, LAYERS, pairs, view, settings, training, checkpoint=checkpoint, progress=progress)

    def error(decoder: Decoder) -> float:
        made = torch.sigmoid(decoder(pairs.vectors)) * 255
        return float(((made - pairs.views).abs() * pairs.own).sum() / pairs.own.sum() / 3)

    whole = train(TRAINING)
    mean = pairs.views.float().mean(0)
    assert error(whole) < 0.8 * float(((mean - pairs.views).abs() * pairs.own).sum() / pairs.own.sum() / 3)
    import ganatlas.icons.decoder_training as module

    module.CHECKPOINT_STEPS, before = 40, module.CHECKPOINT_STEPS
    try:
        with pytest.raises(KeyboardInterrupt):
            train(TRAINING, tmp_path / "decoder.safetensors", stop=75)
        again = train(TRAINING, tmp_path / "decoder.safetensors")
    finally:
        module.CHECKPOINT_STEPS = before
    states = [one.state_dict() for one in (whole, again)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_threads_that_share_a_batch_learn_what_one_would(colours: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    view = choose_view(32, 8, 10.0, 2.0, LAYERS[-1])
    pairs = pairs_of(colours, view)
    settings = DecoderSettings(6, view.side, hidden=16, seed=16, widths=(16, 16, 8))
    training = replace(TRAINING, steps=2, adversarial=0.9)  # the second with discriminators

    def gradients(threads: int) -> list[torch.Tensor]:
        found: list[torch.Tensor] = []

        class Stopped(torch.optim.Adam):
            def step(self, closure: Any = None) -> None:
                found.extend(parameter.grad.clone() for parameter in self.param_groups[0]["params"])

        with monkeypatch.context() as patched:
            patched.setattr(torch.optim, "Adam", Stopped)
            patched.setattr(torch.optim, "AdamW", Stopped)
            patched.setattr(torch, "get_num_threads", lambda: threads)
            patched.setattr(nn.utils, "clip_grad_norm_", lambda *_: None)
            train_decoder(colours, LAYERS, pairs, view, settings, training)
        return found

    alone, together = gradients(1), gradients(3)  # 16 pictures in parts of 6, 5 and 5
    assert len(alone) > 2 * len(list(Decoder(settings).parameters()))
    assert sum(float(one.abs().max()) > 1e-3 for one in alone) > len(alone) / 2
    for one, other in zip(alone, together, strict=True):
        torch.testing.assert_close(one, other, atol=1e-6 + 1e-5 * float(one.abs().max()), rtol=1e-4)


@pytest.mark.parametrize(("side", "period"), [(48, 4), (48, 8), (36, 4)])
def test_a_grid_is_what_repeats_from_block_to_block(side: int, period: int) -> None:
    random = torch.Generator().manual_seed(4)
    soft = nn.functional.interpolate(torch.rand(8, 3, 4, 4, generator=random), size=side, mode="bicubic")
    pattern = 0.1 * torch.randn(3, period, period, generator=random)
    pattern = pattern - pattern.mean((1, 2), keepdim=True)
    found = repeated(fine(soft + pattern.repeat(1, side // period, side // period))) - repeated(fine(soft))
    again = pattern.repeat(1, found.shape[2] // period, found.shape[3] // period)
    assert float((found - again).abs().mean()) < 0.3 * float(again.abs().mean())  # the border differs
    assert float(repeated(fine(soft)).abs().mean()) < 0.15 * float(again.abs().mean())


def test_refinement_raises_the_faithfulness_and_stays_near(colours: Classifier, tmp_path: Path) -> None:
    view = choose_view(32, 8, 10.0, 2.0, LAYERS[-1])
    pairs = pairs_of(colours, view)
    settings = DecoderSettings(6, view.side, hidden=16, seed=16, widths=(16, 16, 8))
    decoder = train_decoder(colours, LAYERS, pairs, view, settings, replace(TRAINING, steps=40))
    vectors, mean = pairs.vectors[:6].numpy(), pairs.vectors.mean(0).numpy()

    def decode(steps: int, folder: Path | None = None):
        chosen = DecodeSettings(steps=steps, batch=4, push=1.0)
        return decode_cells(colours, LAYERS[-1], decoder, view, vectors, chosen, mean=mean, folder=folder)

    plain, fine = decode(0), decode(24, tmp_path)
    assert (fine.faithfulness >= plain.faithfulness - 0.01).all()
    assert fine.faithfulness.mean() > plain.faithfulness.mean()
    assert np.abs(fine.images.astype(int) - plain.images).mean() < 25
    assert len(list(tmp_path.iterdir())) == 2
    assert (decode(24, tmp_path).images == fine.images).all()


Painted = tuple[Classifier, View, Decoder, Pairs]


@pytest.fixture
def painted(colours: Classifier) -> Painted:
    """A decoder that has learnt nothing but what is common, which refinement can then improve on."""
    view = choose_view(32, 8, 10.0, 2.0, LAYERS[-1])
    pairs = pairs_of(colours, view)
    torch.manual_seed(3)
    decoder = Decoder(DecoderSettings(6, view.side, hidden=16, seed=16, widths=(16, 16, 8)))
    decoder.mean.copy_(pairs.vectors.mean(0))
    return colours, view, decoder.eval().requires_grad_(False), pairs


def decoded(painted: Painted, settings: DecodeSettings, count: int = 6, **more: Any) -> IconBatch:
    classifier, view, decoder, pairs = painted
    mean, vectors = pairs.vectors.mean(0).numpy(), pairs.vectors[:count].numpy()
    return decode_cells(classifier, LAYERS[-1], decoder, view, vectors, settings, mean=mean, **more)


STEPPED = DecodeSettings(steps=20, child_steps=4, rate=0.05, hold=0.0, smooth=0.0, push=1.0, jitter=0)


def test_a_child_begins_with_the_change_of_its_parent(painted: Painted) -> None:
    vectors = painted[3].vectors[:6].numpy()
    coarse = decoded(painted, STEPPED)
    parents = DecodedParents(coarse.images, vectors, np.array([0, 1, 2, 3, -1, -1]))
    untouched = decoded(painted, replace(STEPPED, child_steps=0), parents=parents)
    # Of the same vector, without a step of its own, a child is its parent, but for what 8 bits do not tell.
    assert np.abs(untouched.images[:4].astype(int) - coarse.images[:4]).max() <= 1
    assert (untouched.steps == [0, 0, 0, 0, 20, 20]).all()
    few, alone = decoded(painted, STEPPED, parents=parents), decoded(painted, replace(STEPPED, steps=4))
    assert few.faithfulness[:4].mean() > alone.faithfulness[:4].mean()
    assert (few.steps == [4, 4, 4, 4, 20, 20]).all()


def test_icons_with_enough_faithfulness_take_no_more_steps(painted: Painted) -> None:
    whole = decoded(painted, STEPPED)
    enough = float(np.median(whole.faithfulness)) - 0.1
    early = decoded(painted, replace(STEPPED, stopping=Stopping(every=2, enough=enough)))
    assert early.steps.sum() < whole.steps.sum()
    assert np.median(early.faithfulness) >= enough - 0.02


def test_an_icon_that_the_steps_ruin_is_the_decoders_picture(painted: Painted) -> None:
    ruined = decoded(painted, replace(STEPPED, rate=1e37))
    assert np.array_equal(ruined.images, decoded(painted, replace(STEPPED, steps=0)).images)
    assert not np.isnan(ruined.faithfulness).any()


def test_a_decoder_that_paints_nothing_gives_no_icon(painted: Painted) -> None:
    decoder = painted[2]
    torch.nn.init.zeros_(decoder.paint.weight)
    torch.nn.init.zeros_(decoder.paint.bias)
    flat = decoded(painted, replace(STEPPED, steps=0))
    assert np.isnan(flat.faithfulness).all()
    assert (flat.images == 0).all()


def test_what_the_steps_change_can_be_kept_smooth(painted: Painted) -> None:
    def roughness(smooth: float) -> float:
        made = [decoded(painted, replace(STEPPED, steps=steps, smooth=smooth)).images.astype(float) for steps in (0, 20)]
        change = made[1] - made[0]
        return float(np.abs(np.diff(change, axis=2)).mean() / np.abs(change).mean())

    assert roughness(20) < 0.7 * roughness(0)


@pytest.mark.parametrize(
    ("wrong", "said"), [({"push": 0}, "above 0"), ({"child_steps": -1}, "≥ 0"), ({"smooth": -1}, "smooth")]
)
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        DecodeSettings(**wrong)


def test_cells_are_moved_as_far_from_the_mean_as_single_activations_lie() -> None:
    rng = np.random.default_rng(0)
    centres = 3 * rng.standard_normal((50, 8))
    x = np.repeat(centres, 20, axis=0) + rng.standard_normal((1000, 8))
    moments = measure_moments(x, np.zeros(1000, np.uint8))
    means = x.reshape(50, 20, 8).mean(1).astype(np.float32)
    whole, half = push_of(means, moments), push_of(means, moments, 0.5)
    away = np.linalg.norm(means - moments.mean, axis=1)
    assert moments.spread == pytest.approx(np.sqrt(np.square(x - x.mean(0)).sum(1).mean()), rel=1e-5)
    assert whole * np.sqrt((away**2).mean()) == pytest.approx(moments.spread, rel=1e-4)
    assert half == pytest.approx((1 + whole) / 2)
    assert push_of(10 * means, moments) == 1  # further out than that already
    assert push_of(np.tile(moments.mean, (3, 1)), moments) == 1
