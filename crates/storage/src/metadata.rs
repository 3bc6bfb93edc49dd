//! User metadata in headers: what a header cannot hold travels as RFC 2047 encoded words, as Amazon and boto do it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// How many bytes of text fit into one encoded word of 75 characters.
const WORD_BYTES: usize = 45;

/// A value as it goes into a header.
pub(crate) fn encode(value: &str) -> String {
    let plain =
        value.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) && value.trim() == value && !value.contains("=?");
    if plain {
        value.to_owned()
    } else {
        words(value).join(" ")
    }
}

fn words(value: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = value;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.floor_char_boundary(WORD_BYTES));
        words.push(format!("=?UTF-8?B?{}?=", BASE64_STANDARD.encode(word)));
        rest = after;
    }
    words
}

/// A value as people mean it. What is no encoded word, or a broken one, stays as it is.
pub(crate) fn decode(value: &str) -> String {
    let mut decoded = String::new();
    let mut rest = value;
    let mut after_word = false;
    while let Some(start) = rest.find("=?") {
        let (before, candidate) = rest.split_at(start);
        let Some((text, length)) = first_word(candidate) else {
            decoded.push_str(&rest[..start + 2]);
            rest = &rest[start + 2..];
            after_word = false;
            continue;
        };
        // Space between two encoded words belongs to the encoding.
        if !(after_word && before.trim().is_empty()) {
            decoded.push_str(before);
        }
        decoded.push_str(&text);
        rest = &candidate[length..];
        after_word = true;
    }
    decoded + rest
}

/// The text of the encoded word at the beginning, and how long the word is.
fn first_word(text: &str) -> Option<(String, usize)> {
    let mut parts = text.strip_prefix("=?")?.splitn(3, '?');
    let (charset, encoding, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let payload = &rest[..rest.find("?=")?];
    let bytes = match encoding {
        "B" | "b" => BASE64_STANDARD.decode(payload).ok()?,
        "Q" | "q" => quoted(payload)?,
        _ => return None,
    };
    let length = 2 + charset.len() + 1 + encoding.len() + 1 + payload.len() + 2;
    let text = match charset.to_ascii_lowercase().as_str() {
        "utf-8" | "us-ascii" => String::from_utf8(bytes).ok()?,
        "iso-8859-1" => bytes.into_iter().map(char::from).collect(),
        _ => return None,
    };
    Some((text, length))
}

fn quoted(payload: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(payload.len());
    let mut rest = payload.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'_' => b' ',
            b'=' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_text_is_left_alone() {
        assert_eq!(encode("a plain value; with = and ?"), "a plain value; with = and ?");
        assert_eq!(
            decode("a plain value; with = and ? =? =?x?= "),
            "a plain value; with = and ? =? =?x?= "
        );
    }

    #[test]
    fn words_of_other_programs_are_read() {
        assert_eq!(decode("=?UTF-8?Q?caf=C3=A9_noir?="), "café noir");
        assert_eq!(decode("=?iso-8859-1?q?caf=E9?= and more"), "café and more");
        assert_eq!(decode("=?UTF-8?B?5ZCN?= =?utf-8?b?5YmN?="), "名前");
        assert_eq!(decode("=?UTF-8?B?%%%?="), "=?UTF-8?B?%%%?=");
    }

    proptest! {
        #[test]
        fn every_value_survives_the_journey(value in any::<String>()) {
            let sent = encode(&value);
            prop_assert!(http::HeaderValue::from_str(&sent).is_ok());
            prop_assert_eq!(sent.trim(), &sent);
            prop_assert_eq!(decode(&sent), value);
        }
    }
}
