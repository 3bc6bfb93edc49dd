//! How many bytes a second, as it is typed.

use std::fmt;

/// Reads `500K`, `2M`, `1.5G` or a plain number of bytes; a K is a thousand, as everywhere in Dipper.
pub(crate) fn rate(text: &str) -> Result<u64, RateError> {
    let (number, unit) = match text.chars().next_back().map(|last| last.to_ascii_uppercase()) {
        Some('K') => (&text[..text.len() - 1], 1_000),
        Some('M') => (&text[..text.len() - 1], 1_000_000),
        Some('G') => (&text[..text.len() - 1], 1_000_000_000),
        _ => (text, 1),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let is_number = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit());
    // Three places are a byte of a K, and nobody needs more.
    if whole.is_empty() || part.len() > 3 || number.ends_with('.') || !is_number(whole) || !is_number(part) {
        return Err(RateError);
    }
    let whole: u64 = whole.parse().map_err(|_| RateError)?;
    let part: u64 = format!("{part:0<3}").parse().map_err(|_| RateError)?;
    let rate = whole
        .checked_mul(unit)
        .and_then(|whole| whole.checked_add(part * unit / 1_000));
    rate.filter(|rate| *rate > 0).ok_or(RateError)
}

/// A text that is no rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateError;

impl fmt::Display for RateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write bytes a second, as in 500K, 2M, 1.5G")
    }
}

impl std::error::Error for RateError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_people_write_them() {
        for (text, expected) in [
            ("2M", 2_000_000),
            ("500k", 500_000),
            ("1.5G", 1_500_000_000),
            ("0.25M", 250_000),
            ("65536", 65_536),
        ] {
            assert_eq!(rate(text), Ok(expected), "{text}");
        }
        for text in [
            "",
            "M",
            "0",
            "0K",
            ".5M",
            "2.M",
            "1.2345M",
            "-1",
            "2MB",
            "2 M",
            "2é",
            "99999999999999999999",
        ] {
            assert_eq!(rate(text), Err(RateError), "{text}");
        }
        assert_eq!(rate("99999999999999999G"), Err(RateError));
    }
}
