"""What the driver says when the scheduler of a cluster goes away while it waits."""

from __future__ import annotations

import pytest

from siege_sim.errors import SiegeError
from siege_sim.runner import cluster

distributed = pytest.importorskip("distributed")


class GoneFuture:
    """A batch whose scheduler is gone."""

    def done(self) -> bool:
        return True

    def result(self) -> None:
        raise distributed.CancelledError

    def release(self) -> None:
        pass


class GoneClient:
    """A client whose scheduler goes away as soon as it has a batch."""

    def nthreads(self) -> dict[str, int]:
        return {"worker": 1}

    def submit(self, *_: object, **__: object) -> GoneFuture:
        return GoneFuture()


@pytest.mark.parametrize("while_waiting", [True, False], ids=["while it waits", "when it asks"])
def test_a_scheduler_that_is_gone_is_said_with_the_way_on(monkeypatch, while_waiting):
    def wait(*_: object, **__: object) -> None:
        if while_waiting:
            raise distributed.CancelledError

    monkeypatch.setattr(distributed, "wait", wait)
    with pytest.raises(SiegeError, match=r"the scheduler is gone; .* the same command continues"):
        list(cluster._run_all(GoneClient(), enumerate(["batch"]), len, lambda: False))
