"""Work that takes turns: each round has all of it, and the first isn't counted."""

from __future__ import annotations

from benchmarks.rounds import in_turn


def test_each_round_has_each_work_and_the_first_is_not_counted() -> None:
    done: list[str] = []
    clock = [0.0]

    def work(name: str, takes: float) -> None:
        done.append(name)
        # The first round is when caches fill.
        clock[0] += takes * (10 if len(done) <= 3 else 1)

    seconds = in_turn(
        {
            "floor": (lambda: [lambda: work("floor", 1)], 1),
            "ours": (lambda: [lambda: work("ours", 3)] * 2, 2),
        },
        lambda: clock[0],
        rounds=2,
    )
    assert done == ["floor", "ours", "ours"] * 3
    assert seconds == {"floor": [1, 1], "ours": [3, 3]}
