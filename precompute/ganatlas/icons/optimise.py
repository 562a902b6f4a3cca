"""Adam on the coefficients of a batch of icons. Icons that no longer gain are let go; a killed run goes on at its step.

Data flow: `invert_cells`, `decode_cells` give an :class:`Objective` -> :func:`optimise` -> coefficients.

Source: Kingma and Ba 2015, "Adam: a method for stochastic optimization"; letting icons go is ours.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from ganatlas.errors import InputError
from ganatlas.pipeline.workspace import load_arrays, save_arrays


@dataclass(frozen=True)
class Stopping:
    """When an icon is done before its last step.

    every: steps from one look at the faithfulness to the next, 0 for none. gain: an icon is done that gained less than this
    since the last look. enough: one is done that has reached this, whatever it gains.
    """

    every: int = 0
    gain: float = 0.0
    enough: float = float("inf")

    def __post_init__(self) -> None:
        if self.every < 0 or self.gain < 0:
            raise InputError(f"icons: stopping early with {self}; expected every and gain ≥ 0, 0 for never")


NEVER = Stopping()


class Objective(Protocol):
    """What some icons of a batch are optimised for; `icons` are their places in the batch, int64."""

    def loss(self, coefficients: Tensor, icons: Tensor, step: int) -> Tensor:
        """Differentiable, one number an icon; the lower the better."""
        ...

    def faithfulness(self, coefficients: Tensor, icons: Tensor) -> Tensor:
        """One number an icon; the higher the better."""
        ...


@dataclass(frozen=True)
class Saved:
    """Where a run is written from time to time. seconds: between two writes. clock: seconds, monotonic."""

    path: Path
    seconds: float = 30.0
    clock: Callable[[], float] = time.monotonic


@dataclass
class _Run:
    """All that the next step depends on.

    variable: the coefficients still optimised, of the icons `alive`. final: those of all icons, up to date for the ones let go.
    spent: steps of each icon. last: the faithfulness found at the last look.
    """

    step: int
    variable: Tensor
    optimiser: torch.optim.Adam
    alive: Tensor
    final: Tensor
    spent: Tensor
    last: Tensor


def optimise(
    coefficients: Tensor,
    objective: Objective,
    steps: int,
    rate: float,
    stopping: Stopping,
    saved: Saved | None = None,
    check: Callable[[], None] | None = None,
) -> tuple[Tensor, Tensor]:
    """Optimise a batch.

    Args:
        coefficients: float32 (icons, ...), the start; left as it is. steps: at most, 0 for none. rate: of Adam.
        saved: a run that was killed goes on from there, and ends with the same numbers. The file is left behind.
        check: called before every step; it ends the run by raising.

    Returns:
        The coefficients, and how many steps each icon took, int64 (icons,).
    """
    run = _start(coefficients, rate)
    if saved is not None and saved.path.exists():
        run = _load(saved.path, run, rate)
    written = begun = saved.clock() if saved is not None else 0.0
    while run.step < steps and len(run.alive):
        if check is not None:
            check()
        if stopping.every and run.step % stopping.every == 0:
            _let_go(run, objective, stopping, rate)
            if not len(run.alive):
                break
        (run.variable.grad,) = torch.autograd.grad(objective.loss(run.variable, run.alive, run.step).sum(), run.variable)
        run.optimiser.step()
        run.spent[run.alive] += 1
        run.step += 1
        if saved is not None and saved.clock() - written >= saved.seconds:
            _save(saved.path, run)
            written = saved.clock()
    run.final[run.alive] = run.variable.detach()
    if saved is not None and written > begun:  # it took long: what follows in this batch must not begin here again
        run.step = steps
        _save(saved.path, run)
    return run.final, run.spent


def _start(coefficients: Tensor, rate: float) -> _Run:
    count, device = len(coefficients), coefficients.device
    variable = coefficients.detach().clone().requires_grad_(True)
    return _Run(
        step=0,
        variable=variable,
        optimiser=torch.optim.Adam([variable], lr=rate),
        alive=torch.arange(count, device=device),
        final=coefficients.detach().clone(),
        spent=torch.zeros(count, dtype=torch.int64, device=device),
        last=torch.full((count,), -torch.inf, device=device),
    )


def _let_go(run: _Run, objective: Objective, stopping: Stopping, rate: float) -> None:
    """Leave out the icons that have enough, or gained too little since the last look; and those that are lost (NaN)."""
    with torch.no_grad():
        reached = objective.faithfulness(run.variable, run.alive)
    going = (reached < stopping.enough) & ((reached - run.last[run.alive] >= stopping.gain) | (run.step == 0))
    run.last[run.alive] = reached
    if bool(going.all()):
        return
    run.final[run.alive] = run.variable.detach()
    state = run.optimiser.state[run.variable]
    kept = {name: value if name == "step" else value[going] for name, value in state.items()}
    run.alive = run.alive[going]
    run.variable = run.variable.detach()[going].requires_grad_(True)
    run.optimiser = torch.optim.Adam([run.variable], lr=rate)
    run.optimiser.state[run.variable] = kept


def _save(path: Path, run: _Run) -> None:
    state = run.optimiser.state[run.variable]
    tensors = {
        "variable": run.variable.detach(),
        "alive": run.alive,
        "final": run.final,
        "spent": run.spent,
        "last": run.last,
        **{f"adam_{name}": state[name] for name in ("exp_avg", "exp_avg_sq") if name in state},
    }
    taken = np.array([run.step, int(state["step"]) if "step" in state else 0])
    save_arrays(path, taken=taken, **{name: value.cpu().numpy() for name, value in tensors.items()})


def _load(path: Path, fresh: _Run, rate: float) -> _Run:
    stored = load_arrays(path)
    device = fresh.final.device
    tensors = {name: torch.from_numpy(value).to(device) for name, value in stored.items() if name != "taken"}
    variable = tensors["variable"].requires_grad_(True)
    optimiser = torch.optim.Adam([variable], lr=rate)
    if "adam_exp_avg" in tensors:
        adam = {name: tensors[f"adam_{name}"] for name in ("exp_avg", "exp_avg_sq")}
        optimiser.state[variable] = {"step": torch.tensor(float(stored["taken"][1])), **adam}
    step = int(stored["taken"][0])
    return _Run(step, variable, optimiser, tensors["alive"], tensors["final"], tensors["spent"], tensors["last"])
