//! Strings that stay strings: quoted for Python and for a POSIX shell so that no name, however hostile, ends them.

use std::fmt::Write as _;

/// A Python string literal of exactly this text, in printable ASCII where a character could be mistaken.
pub(super) fn python(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for character in text.chars() {
        match character {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if is_plain(c) => literal.push(c),
            c => {
                // Writing into a string does not fail.
                let _ = match u32::from(c) {
                    code if code < 0x100 => write!(literal, "\\x{code:02x}"),
                    code if code < 0x1_0000 => write!(literal, "\\u{code:04x}"),
                    code => write!(literal, "\\U{code:08x}"),
                };
            }
        }
    }
    literal.push('"');
    literal
}

/// One word of a POSIX shell, exactly this text. What a terminal would obey is written by bash's `$'…'`.
pub(super) fn shell(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(safe) && !text.starts_with(['-', '=']) {
        return text.to_owned();
    }
    if text.chars().all(is_plain) {
        return format!("'{}'", text.replace('\'', "'\\''"));
    }
    let mut word = String::from("$'");
    for character in text.chars() {
        match character {
            '\'' => word.push_str("\\'"),
            '\\' => word.push_str("\\\\"),
            c if is_plain(c) => word.push(c),
            c => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    // Three octal digits: a hexadecimal escape would swallow digits that follow it in some shells.
                    let _ = write!(word, "\\{byte:03o}");
                }
            }
        }
    }
    word.push('\'');
    word
}

/// A key in a URL's path: everything but unreserved characters and slashes as `%XX`.
pub(super) fn path(key: &str) -> String {
    let mut encoded = String::with_capacity(key.len());
    for byte in key.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Letters, marks and signs that look like what they are: nothing that draws nothing or turns the line around.
fn is_plain(character: char) -> bool {
    crate::names::is_visible(character)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    const HOSTILE: &[&str] = &[
        "",
        " ",
        "a b",
        "it's",
        "\"",
        "$(touch x)",
        "`id`",
        "${HOME}",
        "a\\",
        "\\'",
        "-rf",
        "--exec=x",
        "!!",
        "a\nb",
        "\u{7}",
        "\u{202E}gpj.exe",
        "名前",
        "é",
        "%s",
        "a;b|c&d",
        "*?[x]",
        "~",
        "#",
        "\u{1}1",
        "\u{FEFF}x",
        "=x",
        "🦆",
        "\u{E0001}7",
    ];

    #[test]
    fn a_shell_gets_exactly_the_text() {
        for text in HOSTILE {
            let script = format!("printf %s {}", shell(text));
            let output = Command::new("bash").arg("-c").arg(&script).output().unwrap();
            assert_eq!(output.stdout, text.as_bytes(), "{script}");
        }
    }

    #[test]
    fn python_gets_exactly_the_text() {
        let literals: Vec<String> = HOSTILE.iter().map(|text| python(text)).collect();
        let script = format!(
            "import sys\nfor s in [{}]: sys.stdout.buffer.write(s.encode() + b'\\0')",
            literals.join(",")
        );
        let output = Command::new("python3").arg("-c").arg(&script).output().unwrap();
        let expected: Vec<u8> = HOSTILE.iter().flat_map(|text| text.bytes().chain([0])).collect();
        assert_eq!(output.stdout, expected, "{}", String::from_utf8_lossy(&output.stderr));
    }

    #[test]
    fn paths_are_encoded_once_and_keep_their_slashes() {
        assert_eq!(path("a b+c/é//x.txt"), "a%20b%2Bc/%C3%A9//x.txt");
        assert_eq!(path("#?%&"), "%23%3F%25%26");
    }

    proptest! {
        #[test]
        fn no_text_ends_its_quotes(text in any::<String>()) {
            let word = shell(&text);
            if let Some(inside) = word.strip_prefix('\'').and_then(|word| word.strip_suffix('\'')) {
                prop_assert!(!inside.replace("'\\''", "").contains('\''));
            }
            prop_assert!(word.chars().chain(python(&text).chars()).all(|c| is_plain(c) || c == ' '));
        }
    }
}
