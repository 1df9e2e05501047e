"""Medians and percentiles of repeated calls, interleaved so that a slow moment of the machine hits all alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def interleaved(calls: dict[str, Callable[[], object]], *, runs: int) -> dict[str, list[float]]:
    """Milliseconds of every run of every call; one warm-up of each is not counted."""
    for call in calls.values():
        call()
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(runs):
        for name, call in calls.items():
            began = time.perf_counter()
            call()
            times[name].append((time.perf_counter() - began) * 1000)
    return times


def table(title: str, times: dict[str, list[float]], *, against: str) -> None:
    base = statistics.median(times[against])
    print(f"\n{title}\n{'':44s} median ms   p95 ms    ratio to {against}")
    for name, values in times.items():
        p95 = statistics.quantiles(values, n=20)[-1]
        print(f"{name:44s} {statistics.median(values):9.1f} {p95:8.1f} {statistics.median(values) / base:8.2f}")
