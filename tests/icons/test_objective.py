import numpy as np
import pytest
import torch

from ganatlas.errors import InputError
from ganatlas.icons.objective import centre, cosine, score
from ganatlas.icons.settings import IconSettings
from ganatlas.icons.whitening import measure_moments


def test_the_score_is_the_formula_worked_by_hand() -> None:
    target, activation = torch.tensor([[3.0, 4.0]]), torch.tensor([[2.0, 0.0]])
    # h'·v = 6, cos = 6 / (5 · 2) = 0.6
    assert torch.isclose(score(target, activation, 4), torch.tensor([6 * 0.6**4]))
    assert torch.isclose(score(target, activation, 1), torch.tensor([3.6]))


def test_the_cosine_has_both_norms() -> None:
    target, activation = torch.tensor([[1.0, 1.0, 0.0]]), torch.tensor([[1.0, 0.0, 1.0]])
    for factor in (1e-3, 1.0, 1e3):
        assert torch.isclose(cosine(target, activation * factor), torch.tensor([0.5]))
        assert torch.isclose(cosine(target * factor, activation), torch.tensor([0.5]))
        assert torch.isclose(score(target, activation * factor, 4), factor * torch.tensor([0.5**4]))


def test_below_its_floor_the_cosine_counts_as_a_tenth() -> None:
    target, activation = torch.tensor([[1.0, 0.0]]), torch.tensor([[-2.0, 5.0]])
    assert torch.isclose(score(target, activation, 4), torch.tensor([-2 * 0.1**4]))


def test_an_activation_of_zero_has_a_finite_gradient() -> None:
    activation = torch.zeros(1, 4, requires_grad=True)
    score(torch.ones(1, 4), activation, 4).sum().backward()
    assert activation.grad is not None
    assert torch.isfinite(activation.grad).all()


def test_the_centre_is_the_middle_position() -> None:
    maps = torch.arange(2 * 3 * 5 * 5).reshape(2, 3, 5, 5).float()
    assert torch.equal(centre(maps), maps[:, :, 2, 2])


def test_whitening_is_the_ridge_inverse_of_the_balanced_second_moment() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(1, 2, (9000, 6)), rng.normal(-1, 1, (300, 6))
    moments = measure_moments(np.concatenate([first, second]).astype(np.float32), np.repeat([0, 1], [9000, 300]))
    truth = (first.T @ first / 9000 + second.T @ second / 300) / 2
    inverse = np.linalg.inv(truth + 1e-2 * np.trace(truth) / 6 * np.eye(6))
    assert np.allclose(moments.second, truth, rtol=1e-6)
    assert np.allclose(moments.mean, (first.mean(0) + second.mean(0)) / 2, atol=1e-6)
    assert np.allclose(moments.whitening(1e-2).numpy(), inverse, rtol=1e-4)


def test_repeating_a_dataset_changes_no_moment() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(0, 1, (50, 4)), rng.normal(3, 1, (20, 4))
    once = measure_moments(np.concatenate([a, b]), np.repeat([0, 3], [50, 20]))
    again = measure_moments(np.concatenate([a, a, a, b]), np.repeat([0, 3], [150, 20]))
    assert np.allclose(once.second, again.second)


def test_a_dead_layer_is_not_whitened() -> None:
    moments = measure_moments(np.zeros((10, 3), np.float16), np.zeros(10, np.uint8))
    assert torch.equal(moments.whitening(), torch.eye(3))


def test_an_activation_that_overflowed_is_refused() -> None:
    with pytest.raises(InputError, match="not finite"):
        measure_moments(np.array([[1.0, np.inf]], np.float16), np.zeros(1, np.uint8))


def test_whitening_is_off_for_the_two_earliest_inception_layers() -> None:
    assert not IconSettings().whitens("inception3a")
    assert not IconSettings().whitens("inception3b")
    assert IconSettings().whitens("inception4a")
    assert not IconSettings(whitening=False).whitens("inception4a")


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"lr": -1.0}, {"batch": 0}])
def test_settings_that_cannot_work_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match=next(iter(wrong))):
        IconSettings(**wrong)  # type: ignore[arg-type]
