"""Optimising a batch: Adam's own steps, icons let go, and a run that goes on where it was killed."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch
from torch import Tensor

from ganatlas.errors import InputError
from ganatlas.icons.optimise import NEVER, Saved, Stopping, optimise


@dataclass
class Distance:
    """Each icon wants to be at its own goal; icons far from it need longer. looked: which icons were asked for, by step."""

    goals: Tensor
    fatal: int = 10**9
    looked: list[list[int]] = field(default_factory=list)

    def loss(self, coefficients: Tensor, icons: Tensor, step: int) -> Tensor:
        if step == self.fatal:
            raise KeyboardInterrupt
        self.looked.append(icons.tolist())
        return (coefficients - self.goals[icons]).square().mean(1)

    def faithfulness(self, coefficients: Tensor, icons: Tensor) -> Tensor:
        return -(coefficients - self.goals[icons]).square().mean(1)


GOALS = torch.tensor([[0.1], [3.0], [0.2], [9.0]]).expand(4, 5)
START = torch.zeros(4, 5)


def clock() -> float:
    """A clock on which an hour passes from look to look, so that every step is written."""
    clock.now += 3600.0
    return clock.now


clock.now = 0.0


def test_it_is_adam() -> None:
    made, spent = optimise(START, Distance(GOALS), 25, 0.05, NEVER)
    variable = START.clone().requires_grad_()
    adam = torch.optim.Adam([variable], lr=0.05)
    for _ in range(25):
        adam.zero_grad()
        (variable - GOALS).square().mean(1).sum().backward()
        adam.step()
    assert torch.equal(made, variable.detach())
    assert (spent == 25).all()
    assert torch.equal(START, torch.zeros(4, 5))


def test_icons_that_no_longer_gain_are_let_go_and_the_others_do_not_notice() -> None:
    objective = Distance(GOALS)
    made, spent = optimise(START, objective, 80, 0.05, Stopping(every=8, gain=0.004))
    assert spent[0] < spent[2] + 1 < spent[1]
    assert spent[3] == 80
    assert objective.looked[0] == [0, 1, 2, 3]
    assert objective.looked[-1] == [1, 3] or objective.looked[-1] == [3]
    alone, _ = optimise(START, Distance(GOALS), 80, 0.05, NEVER)
    torch.testing.assert_close(made[3], alone[3])


def test_icons_that_have_enough_take_no_step() -> None:
    made, spent = optimise(START, Distance(GOALS), 40, 0.05, Stopping(every=4, enough=-0.02))
    assert spent[0] == 0  # at a distance of 0.1 it began with enough
    assert 0 < spent[2] < 40
    assert torch.equal(made[0], START[0])


def test_an_icon_that_is_lost_is_let_go() -> None:
    goals = GOALS.clone()
    goals[1] = torch.nan
    _, spent = optimise(START, Distance(goals), 20, 0.05, Stopping(every=5))
    assert spent[1] == 0
    assert spent[3] == 20


@pytest.mark.parametrize("stopping", [NEVER, Stopping(every=8, gain=0.004)])
def test_a_killed_run_goes_on_and_ends_with_the_same_numbers(tmp_path: Path, stopping: Stopping) -> None:
    whole, spent = optimise(START, Distance(GOALS), 60, 0.05, stopping)
    saved = Saved(tmp_path / "part.npz", seconds=1, clock=clock)
    with pytest.raises(KeyboardInterrupt):
        optimise(START, Distance(GOALS, fatal=41), 60, 0.05, stopping, saved)
    rest = Distance(GOALS)
    again, both = optimise(START, rest, 60, 0.05, stopping, saved)
    assert torch.equal(again, whole)
    assert torch.equal(both, spent)
    assert len(rest.looked) < 25
    finished = Distance(GOALS)
    assert torch.equal(optimise(START, finished, 60, 0.05, stopping, saved)[0], whole)
    assert not finished.looked


def test_a_quick_run_writes_nothing(tmp_path: Path) -> None:
    optimise(START, Distance(GOALS), 5, 0.05, NEVER, Saved(tmp_path / "part.npz", seconds=3600))
    assert not list(tmp_path.iterdir())


def test_no_steps_change_nothing() -> None:
    made, spent = optimise(START, Distance(GOALS), 0, 0.05, NEVER)
    assert torch.equal(made, START)
    assert (spent == 0).all()


def test_stopping_that_means_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="0 for never"):
        Stopping(every=-1)
