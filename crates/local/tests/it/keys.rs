//! Any key is a key.

use std::collections::BTreeSet;

use crate::client::{Answer, Fixture, Sign, encode, encode_path, get, put};

fn odd_keys() -> BTreeSet<String> {
    let mut keys: BTreeSet<String> = [
        "a",
        "a/b",
        "a/",
        "a//b",
        "/",
        "//",
        "/a",
        "a/../b",
        "..",
        ".",
        "./a",
        "a b",
        " ",
        "a+b",
        "a%b",
        "a%2Fb",
        "100%.txt",
        "a?b",
        "a#b",
        "a&b=c",
        "a\\b",
        "\"quoted\"",
        "'single'",
        "<script>alert(1)</script>",
        "]]>",
        "&amp;",
        "a*b",
        "~",
        "a:b",
        "a;b",
        "é",
        "e\u{301}",
        "名前",
        "\u{1F600}",
        "\u{202E}rtl",
        "שלום",
        "con",
        "NUL.txt",
        "a\tb",
        "a\nb",
        "a\rb",
        "\u{1}",
        "\u{7f}",
        "\u{0}nul",
        "{\"json\":1}",
        "'; DROP TABLE objects; --",
        "-rf",
        "$HOME",
        "\u{FFFD}",
        "\u{10FFFF}",
    ]
    .map(str::to_owned)
    .into();
    keys.insert("x".repeat(1024));
    keys.insert("é".repeat(512));
    keys.extend((1_u8..0x20).map(|byte| format!("control-{}", char::from(byte))));
    keys
}

fn decoded_keys(answer: &Answer) -> BTreeSet<String> {
    let decode = |key: String| {
        percent_encoding::percent_decode_str(&key)
            .decode_utf8()
            .unwrap()
            .into_owned()
    };
    answer.elements("Key").into_iter().map(decode).collect()
}

#[tokio::test]
async fn odd_keys_go_in_and_come_out_unchanged() {
    let fixture = Fixture::with_bucket().await;
    let keys = odd_keys();
    for key in &keys {
        let target = format!("/bucket/{}", encode_path(key));
        fixture
            .client
            .put(&target, format!("content of {key}"))
            .await
            .expect_status(200);
    }
    for key in &keys {
        let expected = format!("content of {key}");
        let spellings = [encode(key), encode_path(key)];
        for path in spellings {
            for sign in [Sign::V4, Sign::V2] {
                let answer = fixture
                    .client
                    .send(get(&format!("/bucket/{path}")), sign)
                    .await
                    .expect_status(200);
                assert_eq!(answer.text(), expected, "{key:?} {sign:?}");
            }
        }
    }
    let listed = fixture
        .client
        .get("/bucket?list-type=2&encoding-type=url")
        .await
        .expect_status(200);
    assert_eq!(decoded_keys(&listed), keys);
    for key in &keys {
        fixture
            .client
            .delete(&format!("/bucket/{}", encode_path(key)))
            .await
            .expect_status(204);
    }
    fixture.client.delete("/bucket").await.expect_status(204);
}

#[tokio::test]
async fn a_key_is_too_long_from_1025_bytes() {
    let fixture = Fixture::with_bucket().await;
    for key in ["x".repeat(1025), "é".repeat(513)] {
        fixture
            .client
            .put(&format!("/bucket/{}", encode(&key)), "")
            .await
            .expect_error(400, "KeyTooLongError");
    }
}

#[tokio::test]
async fn paths_that_are_not_utf8_are_refused() {
    let fixture = Fixture::with_bucket().await;
    fixture
        .client
        .send(get("/bucket/%FF%FE"), Sign::No)
        .await
        .expect_error(400, "InvalidURI");
    let escape = put("/bucket/../../../etc/passwd").body("x");
    fixture.client.v4(escape).await.expect_status(200);
    let listed = fixture.client.get("/bucket").await;
    assert_eq!(
        listed.element("Key"),
        "../../../etc/passwd",
        "it is a key like any other"
    );
    fixture.expect_files(1).await;
}
