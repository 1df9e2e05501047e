"""Files as a malicious examiner would make them: every household found, no other row, nothing silently wrong."""

from __future__ import annotations

import pytest

from tests.beneficiaries.intake.wild import books, scoring


@pytest.mark.parametrize("seed", range(110))
def test_every_row_and_value_of_a_file_is_found_or_told(seed, tmp_path):
    book = books.draw(seed, size=18)

    assert scoring.score(book, tmp_path).failures[:5] == [], book.style


@pytest.mark.parametrize("seed", [*range(10_000, 10_040), 10_078, 10_188, 10_213, 10_222, 10_339, 10_370, 10_391])
def test_every_row_and_value_of_a_file_that_grew_over_the_years_is_found_or_told(seed, tmp_path):
    book = books.draw(seed, size=18, worse=True)

    assert scoring.score(book, tmp_path).failures[:5] == [], book.style


@pytest.mark.parametrize("seed", [*range(10_500, 10_530), 10_564, 10_577, 10_677, 10_695])
def test_every_mistake_in_a_file_that_grew_over_the_years_is_told(seed, tmp_path):
    book = books.draw(seed, mistakes=0.5, size=18, worse=True)

    assert scoring.score(book, tmp_path).failures[:5] == [], book.style


@pytest.mark.parametrize("seed", range(500, 590))
def test_every_planted_mistake_is_told_at_its_field(seed, tmp_path):
    book = books.draw(seed, mistakes=0.5, size=18)

    assert scoring.score(book, tmp_path).failures[:5] == [], book.style
