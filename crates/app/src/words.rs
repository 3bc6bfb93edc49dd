//! Figures in words: sizes with three significant digits, counts with thin spaces, nouns in the right number.

use time::OffsetDateTime;
use time::macros::format_description;

/// `4.82 MB`, `812 MB`, `12 B`: decimal units, three significant digits.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    let mut unit = 0;
    let mut scale = 1_000_u64;
    while bytes / scale >= 1_000 && unit + 1 < UNITS.len() {
        scale *= 1_000;
        unit += 1;
    }
    let hundredths = (u128::from(bytes) * 100 / u128::from(scale)).min(99_999);
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    match whole {
        0..=9 => format!("{whole}.{rest:02} {}", UNITS[unit]),
        10..=99 => format!("{whole}.{} {}", rest / 10, UNITS[unit]),
        _ => format!("{whole} {}", UNITS[unit]),
    }
}

/// `14 204`, with thin spaces between thousands.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{2009}');
        }
        text.push(digit);
    }
    text
}

/// `1 object`, `3 objects`.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", count(number))
}

/// `2026-11-22 12:04:31 UTC`.
pub(crate) fn utc(time: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    time.to_offset(time::UtcOffset::UTC)
        .format(format)
        .unwrap_or_else(|_| time.unix_timestamp().to_string())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn sizes_have_three_significant_digits() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.00 KB"),
            (4_820_000, "4.82 MB"),
            (58_600_000, "58.6 MB"),
            (812_900_000, "812 MB"),
            (999_999, "999 KB"),
            (2_060_000_000, "2.06 GB"),
            (u64::MAX, "18.4 EB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn counts_are_grouped_and_agree_with_their_noun() {
        assert_eq!(count(999), "999");
        assert_eq!(count(14_204), "14\u{2009}204");
        assert_eq!(count(1_234_567), "1\u{2009}234\u{2009}567");
        assert_eq!(counted(1, "object"), "1 object");
        assert_eq!(counted(3, "object"), "3 objects");
    }

    #[test]
    fn times_are_exact_and_say_their_zone() {
        assert_eq!(
            utc(OffsetDateTime::from_unix_timestamp(1_316_027_075).unwrap()),
            "2011-09-14 19:04:35 UTC"
        );
    }
}
