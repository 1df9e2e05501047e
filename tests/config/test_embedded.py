"""The servers of one's own: where their data lies, and a start after one that was killed half-way."""

from __future__ import annotations

from pathlib import Path

from config.embedded import Cluster, data_folder


def test_a_relative_data_folder_is_meant_from_where_the_command_runs(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRAO_DATA", "so-lieu")

    assert data_folder("demo") == tmp_path / "so-lieu" / "demo"


def test_a_start_that_was_killed_half_way_leaves_nothing_in_the_way_of_the_next(tmp_path: Path):
    cluster = Cluster(tmp_path / "data", durable=False)
    for name in ("pg", "pg.new"):
        (cluster.pgdata.parent / name / "base").mkdir(parents=True)

    cluster.start()

    try:
        assert cluster.is_running()
        assert not (cluster.pgdata.parent / "pg.new").exists()
    finally:
        cluster.stop()
