from tests.collections_app.fields.making import (
    REQUIRED,
    at_least,
    at_most,
    error_of,
    made,
    option_errors,
)


def test_validate_counts_bytes():
    assert error_of(made("editor", required=True), "") == REQUIRED
    assert error_of(made("editor", maxSize=6), "ééé") is None
    assert error_of(made("editor", maxSize=5), "ééé") == {
        "code": "validation_content_size_limit",
        "message": "The maximum allowed content size is 5 bytes.",
        "params": {"maxSize": 5},
    }
    assert error_of(made("editor"), "x" * (5 << 20)) is None
    assert error_of(made("editor"), "x" * ((5 << 20) + 1))["params"] == {"maxSize": 5 << 20}


def test_nothing_is_sanitised():
    assert made("editor").prepare("<script>x</script>") == "<script>x</script>"


def test_check_options():
    assert option_errors(made("editor", maxSize=-1)) == {"maxSize": at_least(0)}
    assert option_errors(made("editor", maxSize=2**53)) == {"maxSize": at_most(2**53 - 1)}


def test_body_allowance():
    assert made("editor").body_allowance == 5 << 20
    assert made("editor", maxSize=7).body_allowance == 7
