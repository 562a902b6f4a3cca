from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

import ganatlas.icons.invert as invert_module
from ganatlas.classifiers.base import Classifier
from ganatlas.errors import InputError
from ganatlas.icons.batches import IconBatch
from ganatlas.icons.invert import Parents, invert_cells
from ganatlas.icons.keys import IconKey
from ganatlas.icons.objective import centre, cosine
from ganatlas.icons.optimise import Saved
from ganatlas.icons.settings import IconSettings

LAYER = "features.1"
QUICK = IconSettings(steps=60, child_steps=12, batch=2, precision="float32")
MEAN = np.full(5, 0.1, np.float32)


def invert(
    classifier: Classifier, vectors: np.ndarray, keys: list[IconKey], settings: IconSettings = QUICK, **more: object
) -> IconBatch:
    return invert_cells(classifier, LAYER, vectors, settings, keys=keys, mean=MEAN, **more)  # type: ignore[arg-type]


def reached(classifier: Classifier, images: np.ndarray) -> torch.Tensor:
    with torch.no_grad():
        x = classifier.normalise(torch.from_numpy(images).permute(0, 3, 1, 2))
        return centre(classifier.module.features(x))


def test_an_icon_shows_what_its_cell_is(planted: Classifier, vectors: np.ndarray, keys: list[IconKey]) -> None:
    images = invert(planted, vectors, keys).images.astype(float)
    middle = images[:, 6:11, 6:11]
    for channel in range(3):
        others = [c for c in range(3) if c != channel]
        assert middle[channel, ..., channel].mean() > middle[channel][..., others].mean() + 50
    assert middle[3, :, 3:].mean() > middle[3, :, :2].mean() + 50
    assert middle[4, 3:].mean() > middle[4, :2].mean() + 50


def test_an_icon_is_nearer_to_its_own_cell_than_to_any_other(
    planted: Classifier, vectors: np.ndarray, keys: list[IconKey]
) -> None:
    made = invert(planted, vectors, keys)
    v = reached(planted, made.images)
    similar = torch.stack([cosine(torch.from_numpy(vectors), v.roll(shift, 0)) for shift in range(5)])
    assert (similar[0] > similar[1:].max(0).values + 0.2).all()
    start = reached(planted, invert(planted, vectors, keys, replace(QUICK, steps=1)).images)
    assert ((torch.from_numpy(vectors) * v).sum(1) > 3 * (torch.from_numpy(vectors) * start).sum(1)).all()


def test_faithfulness_is_the_cosine_less_the_mean_of_the_image_that_is_kept(
    planted: Classifier, vectors: np.ndarray, keys: list[IconKey]
) -> None:
    made = invert(planted, vectors, keys)
    mean = torch.from_numpy(MEAN)
    truth = cosine(torch.from_numpy(vectors) - mean, reached(planted, made.images) - mean)
    assert np.allclose(made.faithfulness, truth, atol=1e-5)
    assert (np.abs(made.faithfulness) <= 1 + 1e-6).all()
    assert made.faithfulness.min() > 0.8


def test_whitening_looks_for_what_sets_a_cell_apart(planted: Classifier, keys: list[IconKey]) -> None:
    """Red is in every activation; a cell of red and a little blue shows blue once whitened."""
    cell = np.array([[1.0, 0, 0.4, 0, 0]], np.float32)
    whitening = torch.diag(torch.tensor([0.01, 1, 1, 1, 1]))
    plain = invert(planted, cell, keys[:1]).images[0, 6:11, 6:11].mean((0, 1))
    apart = invert(planted, cell, keys[:1], whitening=whitening).images[0, 6:11, 6:11].mean((0, 1))
    assert plain[0] > plain[2]
    assert apart[2] > apart[0]
    off = replace(QUICK, whitening_off_layers=(LAYER,))
    assert np.array_equal(
        invert(planted, cell, keys[:1], off, whitening=whitening).images, invert(planted, cell, keys[:1]).images
    )


def test_the_pass_stops_at_the_layer_and_weights_have_no_gradient(
    planted: Classifier, vectors: np.ndarray, keys: list[IconKey]
) -> None:
    planted.module.features[0].weight.requires_grad_(True)
    planted.module.after.weight.requires_grad_(False)
    invert(planted, vectors, keys, replace(QUICK, batch=5, steps=7))
    assert planted.module.calls == {"features": 8, "after": 0}  # type: ignore[comparison-overlap]
    assert all(p.grad is None for p in planted.module.parameters())
    assert planted.module.features[0].weight.requires_grad  # as it was
    assert not planted.module.after.weight.requires_grad


def test_an_icon_does_not_depend_on_the_others_of_its_batch(
    planted: Classifier, vectors: np.ndarray, keys: list[IconKey]
) -> None:
    together = invert(planted, vectors, keys, replace(QUICK, batch=5)).images.astype(int)
    alone = invert(planted, vectors[3:4], keys[3:4]).images[0].astype(int)
    assert np.abs(together[3] - alone).max() <= 2
    assert np.abs(together[2] - alone).max() > 20


def test_of_several_tries_the_most_faithful_stays(planted: Classifier, vectors: np.ndarray, keys: list[IconKey]) -> None:
    few = replace(QUICK, steps=4)
    single = invert(planted, vectors, keys, few).faithfulness
    others = [invert(planted, vectors, [replace(key, attempt=n) for key in keys], few).faithfulness for n in (1, 2)]
    best = invert(planted, vectors, keys, replace(few, tries=3)).faithfulness
    assert np.allclose(best, np.max([single, *others], axis=0), atol=1e-5)
    assert (best > single).any()


def test_numbers_beyond_all_bounds_give_no_icon(planted: Classifier, vectors: np.ndarray, keys: list[IconKey]) -> None:
    made = invert(planted, vectors, keys, replace(QUICK, lr=1e37, batch=5))
    assert np.isnan(made.faithfulness).all()
    assert (made.images == 0).all()
    sound = invert(planted, vectors, keys, replace(QUICK, batch=5))
    assert not np.isnan(sound.faithfulness).any()
    assert (made.better_of(sound).images == sound.images).all()
    assert (sound.better_of(made).faithfulness == sound.faithfulness).all()


def test_a_child_begins_where_its_parent_ended(planted: Classifier, vectors: np.ndarray, keys: list[IconKey]) -> None:
    coarse = invert(planted, vectors, keys)
    parents = Parents(coarse.images, np.array([0, -1, 2]))
    children = [IconKey(0, LAYER, 20, column, 0) for column in range(3)]
    still = replace(QUICK, child_steps=1, lr=1e-6, steps=1)
    made = invert(planted, vectors[:3], children, still, parents=parents)
    assert np.abs(made.images[[0, 2]].astype(int) - coarse.images[[0, 2]]).max() <= 4
    assert np.abs(made.images[1].astype(int) - 128).max() < 30  # no parent: from noise
    quick = invert(planted, vectors[:3], children, parents=parents)
    fresh = invert(planted, vectors[:3], children, replace(QUICK, steps=QUICK.child_steps))
    assert quick.faithfulness[0] > fresh.faithfulness[0]


def test_killed_in_the_middle_and_run_again_the_icons_are_the_same_bytes(
    planted: Classifier, vectors: np.ndarray, keys: list[IconKey], tmp_path: Path
) -> None:
    def killed_at(done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    whole = invert(planted, vectors, keys)
    with pytest.raises(KeyboardInterrupt):
        invert(planted, vectors, keys, folder=tmp_path, progress=killed_at)
    before = planted.module.calls["features"]  # type: ignore[index]
    seen: list[tuple[int, int]] = []
    again = invert(planted, vectors, keys, folder=tmp_path, progress=lambda done, total: seen.append((done, total)))
    assert planted.module.calls["features"] - before == QUICK.steps + 1  # type: ignore[index]
    assert seen == [(2, 5), (4, 5), (5, 5)]
    assert again.images.tobytes() == whole.images.tobytes()
    assert again.faithfulness.tobytes() == whole.faithfulness.tobytes()


def test_batches_made_with_other_settings_are_not_taken(
    planted: Classifier, vectors: np.ndarray, keys: list[IconKey], tmp_path: Path
) -> None:
    first = invert(planted, vectors, keys, folder=tmp_path)
    other = invert(planted, vectors, keys, replace(QUICK, steps=20), folder=tmp_path)
    assert not np.array_equal(first.images, other.images)


def test_without_transforms_and_decorrelation_icons_are_made_too(
    planted: Classifier, vectors: np.ndarray, keys: list[IconKey]
) -> None:
    made = invert(planted, vectors, keys, replace(QUICK, transforms=False, decorrelate=False))
    assert made.faithfulness.min() > 0.8


def test_bfloat16_reaches_nearly_what_float32_does(planted: Classifier, vectors: np.ndarray, keys: list[IconKey]) -> None:
    full, half = (invert(planted, vectors, keys, replace(QUICK, precision=p)).faithfulness for p in ("float32", "bfloat16"))
    assert np.abs(full - half).max() < 0.1


def test_no_cells_make_no_icons(planted: Classifier) -> None:
    assert len(invert(planted, np.zeros((0, 5), np.float32), [])) == 0


def test_what_does_not_fit_is_refused(planted: Classifier, vectors: np.ndarray, keys: list[IconKey]) -> None:
    with pytest.raises(InputError, match="keys"):
        invert(planted, vectors, keys[:3])
    with pytest.raises(InputError, match="channels"):
        invert(planted, vectors[:, :4], keys)
    with pytest.raises(InputError, match="not finite"):
        invert(planted, vectors * np.nan, keys)
    with pytest.raises(InputError, match="parents are"):
        invert(planted, vectors, keys, parents=Parents(np.zeros((1, 8, 8, 3), np.uint8), np.zeros(5, np.int64)))


def test_a_picture_that_failed_is_tried_once_more_with_another_seed(
    planted: Classifier, vectors: np.ndarray, keys: list[IconKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[list[int]] = []
    ordinary = invert_module.start_coefficients

    def broken_at_first(asked: list[IconKey], side: int) -> torch.Tensor:
        tried.append([key.attempt for key in asked])
        made = ordinary(asked, side)
        for place, key in enumerate(asked):
            if key.column in (1, 3) and (key.attempt == 0 or key.column == 3):
                made[place] = torch.nan
        return made

    monkeypatch.setattr(invert_module, "start_coefficients", broken_at_first)
    made = invert(planted, vectors, keys, replace(QUICK, steps=8, batch=5))
    assert tried == [[0] * 5, [1, 1]]
    assert np.isnan(made.faithfulness).tolist() == [False, False, False, True, False]
    assert (made.images[3] == 0).all()
    assert made.steps.tolist() == [8, 16, 8, 16, 8]


def test_a_run_killed_within_a_batch_goes_on_at_its_step(
    planted: Classifier, vectors: np.ndarray, keys: list[IconKey], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = invert(planted, vectors, keys, replace(QUICK, batch=5))
    monkeypatch.setattr(invert_module, "Saved", partial(Saved, seconds=0.0))
    calls = planted.module.calls
    before = calls["features"]

    def stop(*_: object) -> None:
        if calls["features"] - before > 40:
            raise KeyboardInterrupt

    handle = planted.module.features.register_forward_pre_hook(stop)
    with pytest.raises(KeyboardInterrupt):
        invert(planted, vectors, keys, replace(QUICK, batch=5), folder=tmp_path)
    handle.remove()
    before = calls["features"]
    again = invert(planted, vectors, keys, replace(QUICK, batch=5), folder=tmp_path)
    assert calls["features"] - before < 25
    assert np.array_equal(again.images, whole.images)
    assert [path.suffixes for path in tmp_path.iterdir()] == [[".npz"]]


def test_the_centred_score_is_the_faithfulness_and_smoothness_takes_noise_away(
    planted: Classifier, vectors: np.ndarray, keys: list[IconKey]
) -> None:
    few = replace(QUICK, steps=20, transforms=False, batch=5)
    method, centred = (invert(planted, vectors, keys, replace(few, centred=on)) for on in (False, True))
    assert centred.faithfulness.mean() >= method.faithfulness.mean() - 0.02
    smooth = invert(planted, vectors, keys, replace(few, centred=True, smoothness=5.0))
    assert variation(smooth) < 0.8 * variation(centred)


def variation(made: IconBatch) -> float:
    return float(np.abs(np.diff(made.images.astype(float), axis=1)).mean())
