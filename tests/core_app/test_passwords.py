import bcrypt
import pytest

from core_app import passwords

#: what PocketBase made of "1234567890"
FOREIGN = "$2a$10$pI72cbKiTS.DM8SxH.CAmOXe40O9FIK4b.s/0ks5Ats5KwUvLsoIq"


def test_hash_and_verify():
    hashed = passwords.make_hash("pässword", 4)
    assert hashed.startswith("$2a$04$")
    assert passwords.verify("pässword", hashed)
    assert not passwords.verify("password", hashed)


def test_hashes_of_pocketbase_are_ours():
    assert passwords.verify("1234567890", FOREIGN)
    assert not passwords.verify("1234567891", FOREIGN)


def test_only_72_bytes_are_verified_and_no_more_are_hashed():
    hashed = passwords.make_hash("x" * 72, 4)
    assert passwords.verify("x" * 100, hashed)
    assert not passwords.verify("x" * 71, hashed)
    with pytest.raises(passwords.TooLong):
        passwords.make_hash("é" * 37, 4)


PLAINS = ["1234567890", "pässword", "\xff\xa3", "ÿ" * 20, "a\0b", "é" * 36, "x" * 72]


@pytest.fixture(params=["system", "package"])
def by(request, monkeypatch):
    """Both ways of hashing, whichever this machine would take."""
    if request.param == "package":
        monkeypatch.setattr(passwords, "_crypt", None)
    elif passwords._crypt is None:
        pytest.skip("the system has no libxcrypt")


@pytest.mark.parametrize("plain", PLAINS)
def test_hashes_are_everybodys(by, plain):
    made = passwords.make_hash(plain, 4)
    assert made.startswith("$2a$04$")
    assert bcrypt.checkpw(plain.encode(), made.encode())
    for prefix in (b"2a", b"2b"):
        foreign = bcrypt.hashpw(plain.encode(), bcrypt.gensalt(4, prefix)).decode()
        assert passwords.verify(plain, foreign)
        assert not passwords.verify(f"!{plain}"[:70], foreign)


@pytest.mark.parametrize(
    "hashed",
    [
        "",
        "plain",
        "é",
        "pbkdf2_sha256$1$a$b",
        "*0",
        "$2a$",
        "$2a$04$short",
        "$1$abcdefgh$x",
        f"$2a$04${'!' * 53}",
        f"$2a$99${'a' * 53}",
    ],
)
def test_what_is_no_hash_is_nobodys_password(by, hashed):
    assert not passwords.verify("x", hashed)
    assert not passwords.verify("", hashed)
