"""Identity numbers: matched by a keyed hash, shown from a sealed text, absent from the database in clear."""

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from beneficiaries.names import fold
from beneficiaries.sealing import fingerprint, seal, seal_json, unseal, unseal_json
from tests.factories import make_household


@given(st.text(min_size=1))
def test_what_is_sealed_can_be_shown_again_and_is_never_the_same_twice(text):
    first, second = seal(text), seal(text)
    assert unseal(first) == unseal(second) == text
    assert first != second


def test_empty_numbers_are_neither_sealed_nor_matched():
    assert seal("") is None
    assert fingerprint("") is None
    assert unseal(None) == ""


def test_a_changed_seal_is_noticed():
    sealed = bytearray(seal("060170000123"))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        unseal(bytes(sealed))


def test_the_same_number_has_the_same_fingerprint_under_one_key_only(settings):
    from beneficiaries import sealing

    one = fingerprint("060170000123")
    assert one == fingerprint("060170000123") != fingerprint("060170000124")
    settings.IDENTITY_KEY = "ff" * 32
    sealing._key.cache_clear()
    try:
        assert fingerprint("060170000123") != one
    finally:
        sealing._key.cache_clear()


def test_structures_survive_sealing():
    value = {"họ tên": "Nguyễn Thị Mẫu", "dòng": [1, None, True]}
    assert unseal_json(seal_json(value)) == value


@pytest.mark.django_db
def test_the_database_holds_no_number_in_clear(everywhere):
    make_household(identity="060170987654")
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text FROM beneficiaries_person p")
        rows = " ".join(row for (row,) in cursor.fetchall())
    assert "060170987654" not in rows
    assert b"060170987654".hex() not in rows


@pytest.mark.django_db
@given(text=st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyÁÀẢÃẠẮỒỞỰÝỴĐ'’- .", max_size=30))
def test_the_database_folds_names_like_the_program(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT fold_vi(%s)", [text])
        assert cursor.fetchone() == (fold(text),)
